package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.lifebelt.tx.DatabaseException;
import io.github.lifebelt.tx.DatabaseException.Effect;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.Isolation;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work is run again only where that was asked for, only after nothing of it was stored, and each time from the start. */
class RetryTest extends UnitTest {

    private static final RetryPolicy CONFLICTS = RetryPolicy.conflicts();
    private static final RetryPolicy LOST = RetryPolicy.conflictsAndLostConnections();

    private final AtomicInteger runs = new AtomicInteger();

    private interface Part {
        void go(Transaction tx, CyclicBarrier bothAreThere) throws Exception;
    }

    /** Two at once, which meet in their first runs, and may meet again. Returns how often the work was run. */
    private int together(UnitOfWork settings, Part one, Part two) throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        List<Future<?>> units = new ArrayList<>();
        for (Part part : List.of(one, two)) {
            units.add(threads.submit(() -> settings.call(tx -> {
                runs.incrementAndGet();
                part.go(tx, both);
                insert(tx, 1);
                return true;
            })));
        }
        for (Future<?> each : units) {
            each.get(30, TimeUnit.SECONDS);
        }
        return runs.get();
    }

    private static void meet(Transaction tx, CyclicBarrier both) throws Exception {
        if (tx.attempt() == 1) {
            both.await(10, TimeUnit.SECONDS);
        }
    }

    private static Part crossing(int first, boolean swallows) {
        return (tx, both) -> {
            touch(tx, first);
            meet(tx, both);
            if (swallows) {
                swallowing(() -> touch(tx, 3 - first));
                swallowing(() -> insert(tx, 7));
            } else {
                touch(tx, 3 - first);
            }
        };
    }

    @Test
    @Tag("smoke")
    void theVictimOfADeadlockIsRunAgainAndBothAreStoredOnce() throws Exception {
        assertThat(together(unit.retry(CONFLICTS), crossing(1, false), crossing(2, false)))
                .isGreaterThanOrEqualTo(3);
        assertThat(sum()).isEqualTo("4");
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void aVictimThatSwallowsTheDeadlockIsRunAgainToo() throws Exception {
        assertThat(together(unit.retry(CONFLICTS), crossing(1, true), crossing(2, true)))
                .isGreaterThanOrEqualTo(3);
        assertThat(sum()).isEqualTo("4");
        assertThat(stored()).isEqualTo(4);
    }

    @Test
    void aSerialisationConflictIsRunAgainAndNoUpdateIsLost() throws Exception {
        Part increment = (tx, both) -> {
            String n = query(tx.connection(), "select n from accounts where id = 1");
            meet(tx, both);
            execute(tx.connection(), "update accounts set n = " + n + " + 1 where id = 1");
        };
        UnitOfWork settings = unit.isolation(Isolation.SERIALIZABLE).retry(CONFLICTS);
        assertThat(together(settings, increment, increment)).isGreaterThanOrEqualTo(3);
        assertThat(sum()).isEqualTo("2");
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void withoutAPolicyNothingIsRunTwice() throws Exception {
        List<Ending> failing = List.of(UnitTest::conflict, this::killAndInsert, tx -> {
            throw new IOException("own");
        });
        for (Ending step : failing) {
            runs.set(0);
            assertThat(catchThrowable(() -> unit.run(tx -> {
                        runs.incrementAndGet();
                        insert(tx, 1);
                        step.go(tx);
                    })))
                    .isNotNull();
            assertThat(runs).hasValue(1);
        }
        assertThat(stored()).isZero();
    }

    private interface Ending {
        void go(Transaction tx) throws Exception;
    }

    private void killAndInsert(Transaction tx) throws SQLException {
        kill(tx);
        insert(tx, 2);
    }

    @Test
    void aUnitThatLostItsConnectionIsRunAgainOnAnother() throws SQLException {
        List<Long> sessions = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        List<Transaction> transactions = new ArrayList<>();
        int attempt = unit.retry(LOST).call(tx -> {
            sessions.add(sessionId(tx.connection()));
            ids.add(tx.id());
            transactions.add(tx);
            insert(tx, 1);
            if (tx.attempt() == 1) {
                killAndInsert(tx);
            }
            return tx.attempt();
        });
        assertThat(attempt).isEqualTo(2);
        assertThat(sessions).hasSize(2).doesNotHaveDuplicates();
        assertThat(ids).hasSize(2).doesNotHaveDuplicates();
        assertThat(transactions.get(0)).isNotSameAs(transactions.get(1));
        assertThat(stored()).isOne();
    }

    @Test
    void aLostConnectionIsNoConflict() throws SQLException {
        assertThatThrownBy(() -> unit.retry(CONFLICTS).run(tx -> {
                    runs.incrementAndGet();
                    killAndInsert(tx);
                }))
                .isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.CONNECTION_LOST);
                    assertThat(e.retryable()).isTrue();
                    assertThat(e.attempts()).hasSize(1);
                });
        assertThat(runs).hasValue(1);
        assertThat(stored()).isZero();
    }

    @Test
    void theCallersOwnExceptionEndsTheUnitAndTellsOfEarlierRuns() throws SQLException {
        IOException own = new IOException("own");
        Throwable thrown = catchThrowable(() -> unit.retry(LOST).run(tx -> {
            runs.incrementAndGet();
            insert(tx, 1);
            if (tx.attempt() == 1) {
                conflict(tx);
            }
            throw own;
        }));
        assertThat(thrown).isSameAs(own);
        assertThat(runs).hasValue(2);
        assertThat(thrown.getSuppressed())
                .singleElement()
                .isInstanceOfSatisfying(
                        TransactionRolledBackException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.DEADLOCK));
        assertThat(stored()).isZero();
    }

    /** Who has seen the failure and throws something else has made up his mind. */
    @Test
    void theCallersOwnExceptionIsFinalAlsoAfterAFailureThatWouldPass() throws SQLException {
        IllegalStateException own = new IllegalStateException("own");
        Throwable thrown = catchThrowable(() -> unit.retry(LOST).run(tx -> {
            runs.incrementAndGet();
            insert(tx, 1);
            swallowing(() -> conflict(tx));
            throw own;
        }));
        assertThat(thrown).isSameAs(own).hasNoSuppressedExceptions();
        assertThat(runs).hasValue(1);
        assertThat(stored()).isZero();
    }

    @Test
    void aFailureThatALibraryHasWrappedIsRunAgainAndPassesAsItIs() throws SQLException {
        List<Throwable> thrown = new ArrayList<>();
        Throwable last = catchThrowable(() -> unit.retry(LOST.maxAttempts(3).backoff(Duration.ZERO, Duration.ZERO))
                .run(tx -> {
                    insert(tx, 1);
                    try {
                        wrapping(() -> killAndInsert(tx));
                    } catch (Wrapped e) {
                        thrown.add(e);
                        throw e;
                    }
                }));
        assertThat(thrown).hasSize(3);
        assertThat(last).isSameAs(thrown.get(2));
        assertThat(last.getSuppressed()).containsExactly(thrown.get(0), thrown.get(1));
        assertThat(stored()).isZero();

        unit.retry(CONFLICTS).run(tx -> {
            insert(tx, 1);
            if (tx.attempt() == 1) {
                wrapping(() -> conflict(tx));
            }
        });
        assertThat(stored()).isOne();
    }

    @Test
    void whatAnotherDatabaseSaysIsNoReasonToRunAgain() throws SQLException {
        assertThatThrownBy(() -> unit.retry(LOST).run(tx -> {
                    runs.incrementAndGet();
                    insert(tx, 1);
                    try (Connection other = bare()) {
                        server().faults().killSession(sessionId(other));
                        query(other, "select 1");
                    }
                }))
                .isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.STATEMENT_ERROR);
                    assertThat(e.retryable()).isFalse();
                });
        assertThat(runs).hasValue(1);
        assertThat(stored()).isZero();
    }

    @Test
    void theLastFailureTellsOfAllRuns() throws SQLException {
        assertThatThrownBy(() -> unit.retry(CONFLICTS.maxAttempts(3)).run(tx -> {
                    insert(tx, 1);
                    conflict(tx);
                }))
                .isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.DEADLOCK);
                    assertThat(e.effect()).isEqualTo(Effect.NONE);
                    assertThat(e.attempts())
                            .extracting(DatabaseException.Attempt::number)
                            .containsExactly(1, 2, 3);
                    assertThat(e.attempts().get(2).failure()).isSameAs(e);
                    assertThat(e.getSuppressed())
                            .containsExactly(
                                    e.attempts().get(0).failure(),
                                    e.attempts().get(1).failure());
                    assertThat(e.attempts())
                            .allSatisfy(each -> assertThat(each.took()).isPositive());
                });
        assertThat(stored()).isZero();
    }

    @Test
    void whatAFailedRunWantedDoneAfterTheCommitIsDropped() throws SQLException {
        List<Integer> done = new ArrayList<>();
        unit.retry(CONFLICTS).run(tx -> {
            insert(tx, 1);
            int attempt = tx.attempt();
            tx.afterCommit(() -> done.add(attempt));
            if (attempt < 3) {
                conflict(tx);
            }
        });
        assertThat(done).containsExactly(3);
        assertThat(stored()).isOne();
    }

    @Test
    void aLockThatWasWaitedForInVainIsAReasonOnlyIfToldSo() throws SQLException {
        try (Connection holder = bare()) {
            holder.setAutoCommit(false);
            execute(holder, "update accounts set n = 7 where id = 1");
            UnitOfWork waiting = unit.lockTimeout(Duration.ofSeconds(1));
            assertThatThrownBy(() -> waiting.retry(LOST).run(tx -> {
                        runs.incrementAndGet();
                        touch(tx, 1);
                    }))
                    .isInstanceOfSatisfying(
                            TransactionRolledBackException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.LOCK_TIMEOUT));
            assertThat(runs).hasValue(1);
            waiting.retry(LOST.alsoOn(Reason.LOCK_TIMEOUT)).run(tx -> {
                if (tx.attempt() == 2) {
                    holder.rollback();
                }
                touch(tx, 1);
                assertThat(tx.attempt()).isEqualTo(2);
            });
        }
        assertThat(sum()).isEqualTo("1");
    }

    @Test
    void aStaleStatementIsWorthOneMoreRun() {
        assertThatThrownBy(() -> unit.retry(CONFLICTS).run(tx -> {
                    runs.incrementAndGet();
                    fail(tx, "26000", 1615);
                }))
                .isInstanceOfSatisfying(
                        TransactionRolledBackException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.STALE_STATEMENT));
        assertThat(runs).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeadlockInANestedPartIsRunAgainWholeWhetherSwallowedOrNot(boolean swallowed) throws SQLException {
        unit.retry(CONFLICTS).run(tx -> {
            runs.incrementAndGet();
            insert(tx, 1);
            tx.nested(part -> {
                if (part.attempt() > 1) {
                    return 1;
                }
                if (swallowed) {
                    swallowing(() -> conflict(part));
                    swallowing(() -> insert(part, 2));
                } else {
                    conflict(part);
                }
                return 2;
            });
        });
        assertThat(runs).hasValue(2);
        assertThat(stored()).isOne();
    }

    /** Retries of a pool that fails as a whole would only add to its load. */
    @Test
    void aPoolWhoseUnitsAllFailRepeatsOnlySoMany() {
        RetryPolicy atOnce = CONFLICTS.maxAttempts(1_000).backoff(Duration.ZERO, Duration.ZERO);
        long begin = System.nanoTime();
        Stream.of(1, 2, 3)
                .forEach(each -> assertThatThrownBy(() -> unit.retry(atOnce).run(tx -> {
                            runs.incrementAndGet();
                            conflict(tx);
                        }))
                        .isInstanceOf(TransactionRolledBackException.class));
        int credit = (int) (since(begin).toMillis() / 100) + 1;
        assertThat(runs.get()).isBetween(103, 103 + credit);
    }
}
