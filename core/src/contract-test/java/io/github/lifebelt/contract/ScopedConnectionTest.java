package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.tx.DatabaseException;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The connection inside a unit: what it says after a failure, and what it does not let happen. */
class ScopedConnectionTest extends UnitTest {

    private static final boolean IMPLICIT_COMMITS = !Sql.FAILURE_ENDS_TRANSACTION;

    /** Each of them, since each finds out by itself. */
    private static List<ThrowingCallable> uses(Connection connection, Statement statement, PreparedStatement prepared) {
        return List.of(
                connection::createStatement,
                () -> connection.prepareStatement("select 2"),
                connection::setSavepoint,
                connection::getMetaData,
                () -> statement.executeQuery("select 3"),
                prepared::executeUpdate);
    }

    @Test
    @Tag("smoke")
    void afterTheConnectionWasLostEachUseReportsTheFirstFailure() {
        assertThatThrownBy(() -> unit.run(tx -> {
                    Connection connection = tx.connection();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select 1");
                    PreparedStatement prepared = connection.prepareStatement("insert into orders values (1)");
                    kill(tx);
                    SQLException first = (SQLException) catchThrowable(prepared::executeUpdate);
                    for (ThrowingCallable use : uses(connection, statement, prepared)) {
                        assertThat(catchThrowable(use))
                                .isInstanceOfSatisfying(SQLException.class, e -> {
                                    assertThat(e.getSQLState()).isEqualTo(first.getSQLState());
                                    assertThat(e.getErrorCode()).isEqualTo(first.getErrorCode());
                                })
                                .hasCause(first)
                                .hasMessageContaining("[UNIT_POISONED] unit 'order' cannot go on after: ");
                    }
                    rows.close();
                    prepared.close();
                    statement.close();
                }))
                .isInstanceOfSatisfying(
                        TransactionRolledBackException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.CONNECTION_LOST));
    }

    @Test
    void afterTheTransactionWasTakenEachUseReportsTheFirstFailure() throws SQLException {
        assertThatThrownBy(() -> unit.run(tx -> {
                    Connection connection = tx.connection();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select 1");
                    PreparedStatement prepared = connection.prepareStatement("insert into orders values (1)");
                    Throwable first = catchThrowable(() -> conflict(tx));
                    Throwable second = catchThrowable(prepared::executeUpdate);
                    if (Sql.FAILURE_ENDS_TRANSACTION) {
                        // The server's own words, to which the driver adds the failure that it began with.
                        assertThat(second)
                                .isInstanceOfSatisfying(
                                        SQLException.class,
                                        e -> assertThat(e.getSQLState()).isEqualTo("25P02"))
                                .hasCause(first);
                    } else {
                        for (ThrowingCallable use : uses(connection, statement, prepared)) {
                            assertThat(catchThrowable(use)).hasCause(first).hasMessageContaining("[UNIT_POISONED]");
                        }
                    }
                    rows.close();
                    prepared.close();
                    statement.close();
                }))
                .isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.SWALLOWED_ERROR);
                    assertThat(e.getCause()).hasMessageContaining("made");
                });
        assertThat(stored()).isZero();
    }

    @Test
    void aFailureThatFollowsFromAnotherIsReportedAsTheFirst() {
        assertThatThrownBy(() -> unit.run(tx -> {
                    insert(tx, 1);
                    swallowing(() -> conflict(tx));
                    insert(tx, 2);
                }))
                .isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.DEADLOCK);
                    assertThat(e.retryable()).isTrue();
                });
    }

    @Test
    void blocksThatCloseWhatTheyOpenedShowTheFirstFailureOnly() {
        SQLException[] first = new SQLException[1];
        assertThatThrownBy(() -> unit.run(tx -> {
                    insert(tx, 1);
                    try (Statement statement = tx.connection().createStatement();
                            ResultSet rows = statement.executeQuery("select 1")) {
                        rows.next();
                        kill(tx);
                        try {
                            insert(tx, 2);
                        } catch (SQLException e) {
                            first[0] = e;
                            throw e;
                        }
                    }
                }))
                .isInstanceOfSatisfying(
                        TransactionRolledBackException.class,
                        e -> assertThat(e.getCause()).isSameAs(first[0]).hasNoSuppressedExceptions());
    }

    @Test
    void afterTheTimeOutOnlyClosingIsQuiet() {
        assertThatThrownBy(() -> unit.timeout(Duration.ofMillis(200)).run(tx -> {
                    Statement statement = tx.connection().createStatement();
                    ResultSet rows = statement.executeQuery("select 1");
                    await().pollInSameThread()
                            .pollInterval(Duration.ofMillis(5))
                            .until(() -> catchThrowable(rows::getMetaData) != null);
                    assertThat(catchThrowable(() -> statement.execute("select 2")))
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("[UNIT_POISONED] unit 'order' has run past its time-out");
                    rows.close();
                    statement.close();
                }))
                .isInstanceOfSatisfying(
                        TransactionRolledBackException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT));
    }

    @Test
    void aStatementThatCommitsIsToldAndStopsTheUnit() throws SQLException {
        for (String ending : List.of("commit", "rollback")) {
            assertThatThrownBy(() -> unit.retry(RetryPolicy.conflictsAndLostConnections())
                            .run(tx -> {
                                insert(tx, 1);
                                execute(tx.connection(), ending);
                                insert(tx, 2);
                            }))
                    .isInstanceOf(IllegalStateException.class)
                    .isNotInstanceOf(DatabaseException.class)
                    .hasMessageContaining("[TRANSACTION_ENDED_BY_STATEMENT]")
                    .hasMessageContaining("leave the end to the unit");
        }
        // What the caller has committed behind the unit's back is committed, and no more.
        assertThat(stored()).isOne();
    }

    @Test
    void aStatementThatCommitsIsToldAlsoIfNothingFollows() throws SQLException {
        assertThatThrownBy(() -> unit.run(tx -> {
                    Statement statement = tx.connection().createStatement();
                    statement.execute("insert into orders values (1)");
                    statement.execute("commit");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[TRANSACTION_ENDED_BY_STATEMENT]");
        Transaction tx = unit.begin();
        Statement statement = tx.connection().createStatement();
        statement.execute("insert into orders values (2)");
        statement.execute("rollback");
        assertThatThrownBy(tx::commit).hasMessageContaining("[TRANSACTION_ENDED_BY_STATEMENT]");
        tx.close();
        assertThat(stored()).isOne();
    }

    @Test
    void aTableMadeInTheMiddleIsToldWhereThatCommits() throws SQLException {
        Throwable ending = catchThrowable(() -> unit.run(tx -> {
            insert(tx, 1);
            execute(tx.connection(), "create table made_in_unit (n int)");
            insert(tx, 2);
        }));
        if (IMPLICIT_COMMITS) {
            assertThat(ending).hasMessageContaining("[TRANSACTION_ENDED_BY_STATEMENT]");
            assertThat(stored()).isOne();
        } else {
            assertThat(ending).isNull();
            assertThat(stored()).isEqualTo(2);
        }
        unit.run(tx -> execute(tx.connection(), "drop table made_in_unit"));
    }

    @Test
    void aTableMadeInANestedPartIsToldWhereThatCommits() throws SQLException {
        Throwable ending = catchThrowable(() -> unit.run(tx -> {
            insert(tx, 1);
            tx.nested(part -> {
                Statement statement = part.connection().createStatement();
                return statement.execute("create table made_in_unit (n int)");
            });
        }));
        if (IMPLICIT_COMMITS) {
            assertThat(ending)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("[TRANSACTION_ENDED_BY_STATEMENT]");
        } else {
            assertThat(ending).isNull();
        }
        assertThat(stored()).isOne();
        unit.run(tx -> execute(tx.connection(), "drop table made_in_unit"));
    }

    @Test
    void aUnitOfNothingButTablesIsFine() throws SQLException {
        unit.run(tx -> {
            execute(tx.connection(), "create table made_in_unit (n int)");
            execute(tx.connection(), "alter table made_in_unit add m int");
            execute(tx.connection(), "drop table made_in_unit");
        });
        try (Connection connection = bare()) {
            assertThatThrownBy(() -> query(connection, "select 1 from made_in_unit"))
                    .isInstanceOf(SQLException.class);
        }
    }

    /** From there on Connector/J does not know whether a transaction is open. */
    @Test
    void aFailureHalfWayThroughAResultIsNotTakenForAnEnd() throws SQLException {
        Throwable ending = catchThrowable(() -> unit.run(tx -> {
            insert(tx, 1);
            swallowing(() -> execute(tx.connection(), Sql.FAILING_LATE));
            swallowing(() -> insert(tx, 2));
        }));
        if (Sql.FAILURE_ENDS_TRANSACTION) {
            assertThat(ending).isInstanceOf(TransactionRolledBackException.class);
            assertThat(stored()).isZero();
        } else {
            assertThat(ending).isNull();
            assertThat(stored()).isEqualTo(2);
            unit.run(tx -> {
                insert(tx, 3);
                swallowing(() -> execute(tx.connection(), Sql.FAILING_LATE));
            });
            assertThat(stored()).isEqualTo(3);
        }
    }

    /** And neither is one that has been told to come to an end. */
    @Test
    void aCommitAfterAFailureIsStillTold() throws SQLException {
        assertThatThrownBy(() -> unit.run(tx -> {
                    insert(tx, 1);
                    swallowing(() -> execute(tx.connection(), Sql.FAILING));
                    execute(tx.connection(), "rollback");
                    insert(tx, 2);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[TRANSACTION_ENDED_BY_STATEMENT]");
        assertThat(stored()).isZero();
    }

    @Test
    void anotherThreadMayHelpIfItIsNamed() throws Exception {
        unit.run(tx -> {
            Statement statement = tx.connection().createStatement();
            var refused =
                    threads.submit(() -> catchThrowable(() -> statement.execute("insert into orders values (1)")));
            assertThat(refused.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("[WRONG_THREAD]")
                    .hasMessageContaining("allowThread");
            var allowed = threads.submit(() -> {
                tx.allowThread(Thread.currentThread());
                return catchThrowable(() -> {
                    statement.execute("insert into orders values (2)");
                    insert(tx, 3);
                });
            });
            assertThat(allowed.get(10, TimeUnit.SECONDS)).isNull();
            insert(tx, 4);
        });
        assertThat(stored()).isEqualTo(3);
    }

    @Test
    void savepointsOfTheCallersOwnWork() throws SQLException {
        unit.run(tx -> {
            Connection connection = tx.connection();
            insert(tx, 1);
            Savepoint named = connection.setSavepoint("mine");
            insert(tx, 2);
            connection.rollback(named);
            Savepoint other = connection.setSavepoint();
            insert(tx, 3);
            connection.releaseSavepoint(other);
        });
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void whateverIsPrintedKeepsTheSecrets() throws SQLException {
        String password = server().password();
        AtomicReference<Transaction> leaked = new AtomicReference<>();
        UnitOfWork settings = unit.retry(RetryPolicy.conflicts()).timeout(Duration.ofSeconds(5));
        settings.run(tx -> {
            leaked.set(tx);
            insert(tx, 1);
            try (Statement statement = tx.connection().createStatement();
                    ResultSet rows = statement.executeQuery("select 1")) {
                assertThat(tx.toString()).startsWith("Transaction[order ").endsWith(", open]");
                for (Object each : List.of(
                        settings,
                        tx,
                        tx.connection(),
                        statement,
                        rows,
                        tx.connection().getMetaData())) {
                    assertThat(each.toString()).doesNotContain(password);
                }
            }
        });
        assertThat(settings).hasToString("UnitOfWork[order]");
        assertThat(leaked.get().toString()).endsWith(", committed]");
        assertThatCode(() -> leaked.get().connection().toString()).doesNotThrowAnyException();
        Throwable failure = catchThrowable(() -> settings.run(UnitTest::conflict));
        for (Throwable t = failure; t != null; t = t.getCause()) {
            assertThat(t.toString()).doesNotContain(password);
        }
    }
}
