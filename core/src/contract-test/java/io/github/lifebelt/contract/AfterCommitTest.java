package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.tx.DatabaseException.AfterCommitException;
import io.github.lifebelt.tx.DatabaseException.Effect;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import io.github.lifebelt.tx.UnitOfWork;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** What follows from how a unit has ended: its actions, what listeners hear, what the log says. */
class AfterCommitTest extends UnitTest {

    /** What a listener heard. */
    private record Heard(String what, String name, int attempts, Throwable failure) {}

    private final List<String> done = new ArrayList<>();
    private final List<Heard> heard = new ArrayList<>();

    @BeforeEach
    void listen() {
        pool.addListener(new PoolListener() {
            @Override
            public void unitCommitted(String name, Duration took, int attempts) {
                assertThat(took).isPositive();
                heard.add(new Heard("committed", name, attempts, null));
            }

            @Override
            public void unitFailed(String name, Duration took, int attempts, Throwable failure) {
                assertThat(took).isPositive();
                heard.add(new Heard("failed", name, attempts, failure));
            }

            @Override
            public void unitRetried(String name, int attempt, Throwable failure, Duration pause) {
                assertThat(pause).isBetween(Duration.ZERO, Duration.ofSeconds(1));
                heard.add(new Heard("retried", name, attempt, failure));
            }
        });
    }

    @AfterEach
    void forgetTheLog() {
        MDC.clear();
    }

    @Test
    @Tag("smoke")
    void actionsAreDoneOnceInOrderAfterTheConnectionCameBack() throws SQLException {
        ConnectionPool one = open(builder().maxSize(1).borrowTimeout(Duration.ofSeconds(2)));
        UnitOfWork.on(one).run(tx -> {
            insert(tx, 1);
            tx.afterCommit(() -> {
                try (Connection connection = one.getConnection()) {
                    done.add("first, with " + Sql.query(connection, "select count(*) from orders"));
                }
            });
            tx.afterCommit(() -> UnitOfWork.on(one).run(inner -> {
                insert(inner, 2);
                inner.afterCommit(() -> done.add("inner"));
            }));
            tx.afterCommit(() -> done.add("last"));
            assertThat(done).isEmpty();
        });
        assertThat(done).containsExactly("first, with 1", "inner", "last");
        assertThat(stored()).isEqualTo(2);
        assertThat(one.stats().active()).isZero();
    }

    @Test
    void nothingIsDoneAfterAnythingButACommit() throws SQLException {
        List<Exit> exits = List.of(
                tx -> {
                    throw new IOException("checked");
                },
                tx -> {
                    throw new AssertionError("an error");
                },
                tx -> execute(tx.connection(), Sql.FAILING),
                UnitTest::conflict,
                tx -> swallowing(() -> conflict(tx)),
                tx -> tx.setRollbackOnly("no more of it"),
                tx -> Thread.currentThread().interrupt(),
                tx -> {
                    kill(tx);
                    insert(tx, 2);
                });
        for (Exit exit : exits) {
            assertThat(catchThrowable(() -> unit.run(tx -> {
                        insert(tx, 1);
                        tx.afterCommit(() -> done.add("done"));
                        exit.go(tx);
                    })))
                    .isNotNull();
            // One of them has set it.
            Thread.interrupted();
        }
        try (Transaction tx = unit.begin()) {
            insert(tx, 1);
            tx.afterCommit(() -> done.add("done"));
        }
        assertThat(done).isEmpty();
        assertThat(stored()).isZero();
        assertThat(heard)
                .hasSize(exits.size() + 1)
                .allSatisfy(each -> assertThat(each.what()).isEqualTo("failed"));
    }

    private interface Exit {
        void go(Transaction tx) throws Exception;
    }

    @Test
    void anActionThatFailsKeepsNoOtherFromBeingDoneAndTheUnitIsStored() throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        IOException first = new IOException("first");
        AssertionError second = new AssertionError("second");
        assertThatThrownBy(() -> unit.retry(RetryPolicy.conflictsAndLostConnections())
                        .retryUnknownOutcome()
                        .run(tx -> {
                            runs.incrementAndGet();
                            insert(tx, 1);
                            tx.afterCommit(() -> {
                                throw first;
                            });
                            tx.afterCommit(() -> done.add("between"));
                            tx.afterCommit(() -> {
                                throw second;
                            });
                        }))
                .isInstanceOfSatisfying(AfterCommitException.class, e -> {
                    assertThat(e.effect()).isEqualTo(Effect.COMMITTED);
                    assertThat(e.retryable()).isFalse();
                    assertThat(e.attempts()).hasSize(1);
                })
                .hasCause(first)
                .hasSuppressedException(second)
                .hasMessageContaining("[AFTER_COMMIT_FAILED] unit 'order' is committed, but 2 things");
        assertThat(done).containsExactly("between");
        assertThat(runs).hasValue(1);
        assertThat(stored()).isOne();
        // It was committed, whatever followed.
        assertThat(heard).containsExactly(new Heard("committed", "order", 1, null));
    }

    /** Whoever sends a query on a connection in a state that a server's conflict has is not the unit. */
    @Test
    void anActionThatMeetsTheDatabaseItselfDoesNotHaveTheUnitRunAgain() throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> unit.retry(RetryPolicy.conflicts()).run(tx -> {
                    runs.incrementAndGet();
                    insert(tx, 1);
                    tx.afterCommit(() -> unit.run(UnitTest::conflict));
                }))
                .isInstanceOf(AfterCommitException.class);
        assertThat(runs).hasValue(1);
        assertThat(stored()).isOne();
    }

    @Test
    void afterTheEndNothingCanBeAskedForAnyMore() throws SQLException {
        AtomicReference<Transaction> leaked = new AtomicReference<>();
        assertThatThrownBy(() -> unit.run(tx -> {
                    leaked.set(tx);
                    insert(tx, 1);
                    tx.afterCommit(() -> tx.afterCommit(() -> done.add("never")));
                    tx.afterCommit(() -> done.add("second"));
                }))
                .isInstanceOf(AfterCommitException.class)
                .hasMessageContaining("[UNIT_ENDED]");
        assertThat(done).containsExactly("second");
        assertThat(stored()).isOne();
        assertThatThrownBy(() -> leaked.get().afterCommit(() -> done.add("never")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[UNIT_ENDED] unit 'order' has ended (committed)");
        assertThatThrownBy(() -> leaked.get().setRollbackOnly("too late")).hasMessageContaining("[UNIT_ENDED]");
        assertThatThrownBy(() -> leaked.get().nested(part -> 1)).hasMessageContaining("[UNIT_ENDED]");
    }

    @Test
    void aUnitThatWasBegunDoesItAtItsCommit() throws SQLException {
        try (Transaction tx = unit.begin()) {
            insert(tx, 1);
            tx.afterCommit(() -> done.add("done"));
            tx.commit();
            assertThat(done).containsExactly("done");
        }
        Transaction failing = unit.begin();
        insert(failing, 2);
        failing.afterCommit(() -> {
            throw new IOException("late");
        });
        assertThatThrownBy(failing::commit)
                .isInstanceOf(AfterCommitException.class)
                .hasRootCauseMessage("late");
        failing.close();
        assertThat(stored()).isEqualTo(2);
        assertThat(heard)
                .containsExactly(new Heard("committed", "order", 1, null), new Heard("committed", "order", 1, null));
    }

    @Test
    void aUnitThatIsNotToBeStoredSaysSo() throws SQLException {
        assertThatThrownBy(() -> unit.retry(RetryPolicy.conflicts()).call(tx -> {
                    insert(tx, 1);
                    tx.setRollbackOnly("only tried");
                    tx.setRollbackOnly("another reason");
                    return 1;
                }))
                .isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.ROLLBACK_ONLY);
                    assertThat(e.retryable()).isFalse();
                    assertThat(e.effect()).isEqualTo(Effect.NONE);
                    assertThat(e.getCause()).isNull();
                })
                .hasMessageContaining("(only tried)");
        try (Transaction tx = unit.begin()) {
            insert(tx, 1);
            tx.setRollbackOnly("only tried");
            assertThatThrownBy(tx::commit)
                    .isInstanceOfSatisfying(
                            TransactionRolledBackException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.ROLLBACK_ONLY));
        }
        assertThat(stored()).isZero();
    }

    @Test
    void listenersHearHowEachUnitHasEnded() {
        AtomicReference<Throwable> conflict = new AtomicReference<>();
        unit.retry(RetryPolicy.conflicts()).run(tx -> {
            if (tx.attempt() == 1) {
                try {
                    conflict(tx);
                } catch (SQLException e) {
                    conflict.set(e);
                    throw e;
                }
            }
        });
        IOException own = new IOException("own");
        assertThat(catchThrowable(() -> unit.named("other").run(tx -> {
                    throw own;
                })))
                .isSameAs(own);
        unit.begin().close();
        assertThat(heard).hasSize(4);
        assertThat(heard.get(0).what()).isEqualTo("retried");
        assertThat(heard.get(0).attempts()).isOne();
        assertThat(heard.get(0).failure()).hasCause(conflict.get());
        assertThat(heard.subList(1, 4))
                .containsExactly(
                        new Heard("committed", "order", 2, null),
                        new Heard("failed", "other", 1, own),
                        new Heard("failed", "order", 1, null));
    }

    @Test
    void theLogNamesTheUnitInsideItAndWhatWasThereBeforeOutside() {
        MDC.put("lifebelt.unit", "of the caller");
        MDC.put("request", "7");
        Map<String, String> before = MDC.getCopyOfContextMap();
        List<Map<String, String>> inside = new ArrayList<>();
        unit.retry(RetryPolicy.conflicts()).run(tx -> {
            inside.add(MDC.getCopyOfContextMap());
            assertThat(MDC.getCopyOfContextMap())
                    .containsEntry("lifebelt.unit", "order")
                    .containsEntry("lifebelt.transaction", tx.id())
                    .containsEntry("lifebelt.attempt", String.valueOf(tx.attempt()))
                    .containsEntry("lifebelt.session", String.valueOf(sessionId(tx.connection())))
                    .containsEntry("request", "7");
            tx.afterCommit(() -> assertThat(MDC.getCopyOfContextMap()).isEqualTo(before));
            if (tx.attempt() == 1) {
                conflict(tx);
            }
        });
        assertThat(inside).hasSize(2);
        assertThat(MDC.getCopyOfContextMap()).isEqualTo(before);
        Transaction tx = unit.begin();
        assertThat(MDC.get("lifebelt.transaction")).isEqualTo(tx.id());
        tx.close();
        assertThat(MDC.getCopyOfContextMap()).isEqualTo(before);
        assertThat(catchThrowable(() -> unit.run(failing -> {
                    throw new IOException("own");
                })))
                .isInstanceOf(IOException.class);
        assertThat(MDC.getCopyOfContextMap()).isEqualTo(before);
    }
}
