package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.lifebelt.tx.DatabaseException.Effect;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Parts of a unit that can be undone by themselves. */
class NestedTest extends UnitTest {

    private final List<String> done = new ArrayList<>();

    private void noting(Transaction tx, String what) {
        tx.afterCommit(() -> done.add(what));
    }

    @Test
    @Tag("smoke")
    void aPartIsStoredWithItsUnit() throws SQLException {
        int result = unit.call(tx -> {
            insert(tx, 1);
            int inner = tx.nested(part -> {
                assertThat(part).isSameAs(tx);
                insert(part, 2);
                noting(part, "inner");
                return 7;
            });
            assertThat(stored()).isZero();
            noting(tx, "outer");
            return inner;
        });
        assertThat(result).isEqualTo(7);
        assertThat(stored()).isEqualTo(2);
        assertThat(done).containsExactly("inner", "outer");
    }

    @Test
    void aPartIsUndoneWithItsUnit() throws SQLException {
        assertThatThrownBy(() -> unit.run(tx -> {
                    tx.nested(part -> {
                        insert(part, 1);
                        noting(part, "inner");
                        return 1;
                    });
                    throw new IOException("own");
                }))
                .isInstanceOf(IOException.class);
        assertThat(stored()).isZero();
        assertThat(done).isEmpty();
    }

    @Test
    void aPartThatThrowsIsUndoneAloneAndItsExceptionPasses() throws SQLException {
        IOException own = new IOException("own");
        unit.run(tx -> {
            insert(tx, 1);
            noting(tx, "before");
            assertThat(catchThrowable(() -> tx.nested(part -> {
                        insert(part, 2);
                        noting(part, "inner");
                        throw own;
                    })))
                    .isSameAs(own)
                    .hasNoSuppressedExceptions();
            noting(tx, "after");
            insert(tx, 3);
        });
        assertThat(stored()).isEqualTo(2);
        assertThat(done).containsExactly("before", "after");
    }

    @Test
    void aPartInWhichAStatementFailsIsUndoneAlone() throws SQLException {
        unit.run(tx -> {
            insert(tx, 1);
            assertThat(catchThrowable(() -> tx.nested(part -> {
                        insert(part, 2);
                        execute(part.connection(), Sql.FAILING);
                        return 1;
                    })))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(Sql.FAILING_STATE))
                    .hasNoSuppressedExceptions();
            insert(tx, 3);
        });
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void aPartThatSwallowsWhatItsServerDoesNotIsUndoneAlone() throws SQLException {
        unit.run(tx -> {
            insert(tx, 1);
            Throwable ending = catchThrowable(() -> tx.nested(part -> {
                insert(part, 2);
                noting(part, "inner");
                swallowing(() -> execute(part.connection(), Sql.FAILING));
                return 1;
            }));
            if (Sql.FAILURE_ENDS_TRANSACTION) {
                assertThat(ending)
                        .isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
                            assertThat(e.reason()).isEqualTo(Reason.SWALLOWED_ERROR);
                            assertThat(e.effect()).isEqualTo(Effect.NONE);
                            assertThat(e.sqlState()).isEqualTo(Sql.FAILING_STATE);
                        })
                        .hasMessageContaining("nested part");
            } else {
                assertThat(ending).isNull();
            }
            insert(tx, 3);
        });
        assertThat(stored()).isEqualTo(Sql.FAILURE_ENDS_TRANSACTION ? 2 : 3);
        assertThat(done).hasSize(Sql.FAILURE_ENDS_TRANSACTION ? 0 : 1);
    }

    /** MySQL undoes one statement only, and what it leaves is half a part. */
    @Test
    void aLockThatWasWaitedForInVainCostsThePartAlone() throws SQLException {
        try (Connection holder = bare()) {
            holder.setAutoCommit(false);
            execute(holder, "update accounts set n = 7 where id = 2");
            for (boolean swallows : List.of(false, true)) {
                unit.lockTimeout(Duration.ofSeconds(1)).run(tx -> {
                    insert(tx, 1);
                    Throwable ending = catchThrowable(() -> tx.nested(part -> {
                        touch(part, 1);
                        if (swallows) {
                            swallowing(() -> touch(part, 2));
                        } else {
                            touch(part, 2);
                        }
                        return 1;
                    }));
                    assertThat(ending)
                            .isInstanceOf(swallows ? TransactionRolledBackException.class : SQLException.class);
                    insert(tx, 2);
                });
            }
            holder.rollback();
        }
        assertThat(stored()).isEqualTo(4);
        assertThat(sum()).isEqualTo("0");
    }

    @Test
    void partsHavePartsOfTheirOwn() throws SQLException {
        unit.run(tx -> {
            insert(tx, 1);
            tx.nested(outer -> {
                insert(outer, 2);
                noting(outer, "outer");
                assertThatThrownBy(() -> outer.nested(inner -> {
                            insert(inner, 3);
                            noting(inner, "inner");
                            throw new IOException("inner");
                        }))
                        .hasMessage("inner");
                outer.nested(inner -> {
                    insert(inner, 4);
                    noting(inner, "second");
                    return 1;
                });
                return 1;
            });
            assertThatThrownBy(() -> tx.nested(outer -> {
                        outer.nested(inner -> {
                            insert(inner, 5);
                            noting(inner, "kept by its part only");
                            return 1;
                        });
                        throw new IOException("outer");
                    }))
                    .hasMessage("outer");
        });
        assertThat(stored()).isEqualTo(3);
        assertThat(done).containsExactly("outer", "second");
    }

    @Test
    void aPartCannotOutliveTheTransactionThatADeadlockHasTaken() throws SQLException {
        assertThatThrownBy(() -> unit.run(tx -> {
                    insert(tx, 1);
                    swallowing(() -> tx.nested(part -> {
                        insert(part, 2);
                        conflict(part);
                        return 1;
                    }));
                    if (Sql.FAILURE_ENDS_TRANSACTION) {
                        throw new SQLException("made: PostgreSQL undoes it to the savepoint");
                    }
                    insert(tx, 3);
                }))
                .isInstanceOf(TransactionRolledBackException.class);
        assertThat(stored()).isZero();
    }

    @Test
    void aPartAfterTheConnectionWasLostSaysSo() throws SQLException {
        assertThatThrownBy(() -> unit.run(tx -> {
                    insert(tx, 1);
                    kill(tx);
                    SQLException first = (SQLException) catchThrowable(() -> insert(tx, 2));
                    assertThat(catchThrowable(() -> tx.nested(part -> 1)))
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("[UNIT_POISONED]")
                            .hasCause(first);
                }))
                .isInstanceOfSatisfying(
                        TransactionRolledBackException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.CONNECTION_LOST));
        assertThat(stored()).isZero();
    }

    @Test
    void aPartThatLosesTheConnectionPassesItsFailureOn() throws SQLException {
        assertThatThrownBy(() -> unit.run(tx -> {
                    insert(tx, 1);
                    tx.nested(part -> {
                        kill(part);
                        insert(part, 2);
                        return 1;
                    });
                }))
                .isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.CONNECTION_LOST);
                    assertThat(e.getCause()).hasNoSuppressedExceptions();
                });
        IOException own = new IOException("own");
        assertThat(catchThrowable(() -> unit.run(tx -> {
                    tx.nested(part -> {
                        insert(part, 1);
                        kill(part);
                        swallowing(() -> insert(part, 2));
                        throw own;
                    });
                })))
                .isSameAs(own);
        assertThat(stored()).isZero();
    }

    @Test
    void aPartThatEndsTheTransactionByAStatementIsTold() {
        assertThatThrownBy(() -> unit.run(tx -> {
                    insert(tx, 1);
                    tx.nested(part -> {
                        insert(part, 2);
                        try (var statement = part.connection().createStatement()) {
                            statement.execute("commit");
                        }
                        return 1;
                    });
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[TRANSACTION_ENDED_BY_STATEMENT]");
    }
}
