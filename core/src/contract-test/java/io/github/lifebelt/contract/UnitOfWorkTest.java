package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static io.github.lifebelt.testing.PoolAssertions.nothingLeftInTransaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.tx.CommitOutcomeUnknownException;
import io.github.lifebelt.tx.ConnectionUnavailableException;
import io.github.lifebelt.tx.DatabaseException.Effect;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A unit is stored whole or not at all, and its caller hears which. */
class UnitOfWorkTest extends PoolTest {

    private ConnectionPool pool;
    private UnitOfWork unit;

    @BeforeEach
    void begin() throws SQLException {
        pool = open(builder().maxSize(2));
        unit = UnitOfWork.on(pool).named("order");
        try (Connection connection = bare()) {
            execute(connection, "drop table if exists orders");
            execute(connection, "create table orders (n int)");
        }
    }

    @AfterEach
    void leavesNothingOpen() {
        Servers.heal(server());
        assertThat(pool.stats().active()).isZero();
        assertThat(pool.stats().pending()).isZero();
        nothingLeftInTransaction(server());
    }

    private int stored() throws SQLException {
        try (Connection connection = bare()) {
            return Integer.parseInt(query(connection, "select count(*) from orders"));
        }
    }

    private static void insert(Transaction tx, int n) throws SQLException {
        try (PreparedStatement statement = tx.connection().prepareStatement("insert into orders values (?)")) {
            statement.setInt(1, n);
            statement.executeUpdate();
        }
    }

    @Test
    @Tag("smoke")
    void returningCommits() throws SQLException {
        String result = unit.call(tx -> {
            insert(tx, 1);
            assertThat(tx.connection().getAutoCommit()).isFalse();
            return tx.name();
        });
        assertThat(result).isEqualTo("order");
        unit.run(tx -> insert(tx, 2));
        assertThat(stored()).isEqualTo(2);
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
        }
    }

    @Test
    void aResultMayBeNull() {
        String nothing = unit.call(tx -> null);
        assertThat(nothing).isNull();
    }

    @Test
    void theCallersExceptionsPassAsTheyAreAndNothingIsStored() throws SQLException {
        List<Throwable> all = List.of(
                new IOException("checked"),
                new IllegalArgumentException("unchecked"),
                new StackOverflowError("an error"),
                new InterruptedException("interrupted"));
        for (Throwable thrown : all) {
            assertThat(catchThrowable(() -> unit.run(tx -> {
                        insert(tx, 1);
                        sneak(thrown);
                    })))
                    .isSameAs(thrown)
                    .hasNoSuppressedExceptions();
        }
        assertThat(stored()).isZero();
        assertThat(pool.stats().replaced()).isZero();
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void sneak(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Test
    void checkedExceptionsAreDeclaredByTheCaller() {
        assertThatThrownBy(() -> throwsIo(unit)).isInstanceOf(IOException.class);
    }

    private static int throwsIo(UnitOfWork unit) throws IOException {
        return unit.call(tx -> {
            if (tx.connection().isClosed()) {
                return 1;
            }
            throw new IOException("declared");
        });
    }

    @Test
    void aStatementThatFailsRollsBackAndComesAsTheCause() throws SQLException {
        assertThatThrownBy(() -> unit.run(tx -> {
                    insert(tx, 1);
                    execute(tx.connection(), Sql.FAILING);
                }))
                .isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.STATEMENT_ERROR);
                    assertThat(e.effect()).isEqualTo(Effect.NONE);
                    assertThat(e.sqlState()).isEqualTo(Sql.FAILING_STATE);
                })
                .hasMessageContaining("[STATEMENT_ERROR] unit 'order'")
                .hasCauseInstanceOf(SQLException.class);
        assertThat(stored()).isZero();
    }

    @Test
    void aSwallowedFailureNeverStoresAPartOfWhatReturned() throws SQLException {
        Throwable ending = catchThrowable(() -> unit.run(tx -> {
            insert(tx, 1);
            assertThatThrownBy(() -> execute(tx.connection(), Sql.FAILING))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(Sql.FAILING_STATE));
            Throwable next = catchThrowable(() -> insert(tx, 2));
            if (Sql.FAILURE_ENDS_TRANSACTION) {
                assertThat(next).hasMessageContaining("aborted");
            } else {
                assertThat(next).isNull();
            }
        }));
        if (Sql.FAILURE_ENDS_TRANSACTION) {
            // The server has given the transaction up, whatever we think of the failure.
            assertThat(ending).isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
                assertThat(e.reason()).isEqualTo(Reason.SWALLOWED_ERROR);
                assertThat(e.sqlState()).isEqualTo(Sql.FAILING_STATE);
            });
            assertThat(stored()).isZero();
        } else {
            // The server has undone the one statement and nothing else, which is what the caller chose to live with.
            assertThat(ending).isNull();
            assertThat(stored()).isEqualTo(2);
        }
    }

    @Test
    void aFailureUndoneToASavepointIsNoObstacle() throws SQLException {
        unit.run(tx -> {
            insert(tx, 1);
            Savepoint savepoint = tx.connection().setSavepoint();
            assertThatThrownBy(() -> execute(tx.connection(), Sql.FAILING)).isInstanceOf(SQLException.class);
            tx.connection().rollback(savepoint);
            insert(tx, 2);
        });
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void aKilledConnectionIsARollbackNotADoubtBeforeCommit() throws SQLException {
        assertThatThrownBy(() -> unit.run(tx -> {
                    insert(tx, 1);
                    server().faults().killSession(sessionId(tx.connection()));
                    insert(tx, 2);
                }))
                .isInstanceOfSatisfying(
                        TransactionRolledBackException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.CONNECTION_LOST));
        assertThatThrownBy(() -> unit.run(tx -> {
                    insert(tx, 1);
                    server().faults().killSession(sessionId(tx.connection()));
                    assertThat(catchThrowable(() -> insert(tx, 2))).isInstanceOf(SQLException.class);
                }))
                .isInstanceOfSatisfying(
                        TransactionRolledBackException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.CONNECTION_LOST));
        assertThat(stored()).isZero();
    }

    @Test
    void theCallersExceptionWinsOverWhatFailsInCleaningUp() throws SQLException {
        IllegalStateException thrown = new IllegalStateException("business");
        assertThat(catchThrowable(() -> unit.run(tx -> {
                    insert(tx, 1);
                    server().faults().killSession(sessionId(tx.connection()));
                    throw thrown;
                })))
                .isSameAs(thrown);
        assertThat(stored()).isZero();
    }

    @Test
    void aConnectionThatBreaksDuringCommitLeavesTheOutcomeOpen() throws Exception {
        try (FaultProxy proxy = server().proxy();
                ConnectionPool behind = ConnectionPool.fromUrl(server().url(proxy))) {
            AtomicReference<Transaction> open = new AtomicReference<>();
            assertThatThrownBy(() -> UnitOfWork.on(behind)
                            .commitOutcome(CommitOutcome.OFF)
                            .named("paid")
                            .run(tx -> {
                                open.set(tx);
                                insert(tx, 1);
                                // Nothing gets through any more, and what is sent is not known to have arrived.
                                proxy.blackhole();
                                tx.connection().setNetworkTimeout(Runnable::run, 300);
                            }))
                    .isInstanceOfSatisfying(
                            CommitOutcomeUnknownException.class,
                            e -> assertThat(e.effect()).isEqualTo(Effect.UNKNOWN))
                    .hasMessageContaining("[COMMIT_OUTCOME_UNKNOWN] unit 'paid'");
            assertThatThrownBy(() -> open.get().connection().createStatement())
                    .hasMessageContaining("[UNIT_ENDED]")
                    .hasMessageContaining("COMMIT was not answered");
            assertThat(behind.stats().active()).isZero();
        }
    }

    @Test
    void anInterruptWhileTheUnitRunsRollsItBackWithTheFlagKept() throws SQLException {
        assertThatThrownBy(() -> unit.run(tx -> {
                    insert(tx, 1);
                    Thread.currentThread().interrupt();
                    insert(tx, 2);
                }))
                .isInstanceOfSatisfying(
                        TransactionRolledBackException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.INTERRUPTED));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(stored()).isZero();
        assertThat(pool.stats().replaced()).isZero();
    }

    @Test
    void aUnitBegunOnAnInterruptedThreadCommits() throws SQLException {
        Thread.currentThread().interrupt();
        unit.run(tx -> insert(tx, 1));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(stored()).isOne();
    }

    @Test
    void beginCommitsWhenToldAndRollsBackElse() throws SQLException {
        try (Transaction tx = unit.begin()) {
            insert(tx, 1);
            tx.commit();
            assertThatThrownBy(tx::commit).hasMessageContaining("[UNIT_ENDED]");
        }
        try (Transaction tx = unit.begin()) {
            insert(tx, 2);
        }
        Transaction twice = unit.begin();
        twice.close();
        twice.close();
        assertThat(stored()).isOne();
    }

    @Test
    void theScopedConnectionRefusesWhatWouldEndTheTransaction() throws SQLException {
        unit.run(tx -> {
            Connection connection = tx.connection();
            insert(tx, 1);
            assertThatThrownBy(connection::commit)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("[UNIT_OWNS_TRANSACTION]")
                    .hasMessageContaining("return normally");
            assertThatThrownBy(connection::rollback).hasMessageContaining("throw from the unit");
            assertThatThrownBy(() -> connection.setAutoCommit(true)).hasMessageContaining("one transaction");
            assertThatThrownBy(connection::close).hasMessageContaining("gives its connection back");
            assertThatThrownBy(tx::commit).hasMessageContaining("commits when it returns");
            assertThatThrownBy(tx::close).hasMessageContaining("ends when it returns");
        });
        assertThat(stored()).isOne();
    }

    @Test
    void nothingOfTheUnitCanBeUsedAfterIt() throws SQLException {
        List<AutoCloseable> leaked = new ArrayList<>();
        unit.run(tx -> {
            Statement statement = tx.connection().createStatement();
            ResultSet rows = statement.executeQuery("select 1");
            leaked.addAll(List.of(tx.connection(), statement, rows));
        });
        Connection connection = (Connection) leaked.get(0);
        Statement statement = (Statement) leaked.get(1);
        ResultSet rows = (ResultSet) leaked.get(2);
        assertThatThrownBy(connection::createStatement)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[UNIT_ENDED] unit 'order' has ended (committed)");
        assertThatThrownBy(() -> statement.execute("select 1")).hasMessageContaining("[UNIT_ENDED]");
        assertThatThrownBy(rows::next).hasMessageContaining("[UNIT_ENDED]");
        statement.close();
        rows.close();
        assertThat(connection.isClosed()).isTrue();
    }

    @Test
    void theUnitBelongsToItsThreadButMayBeCancelledFromAnother() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        AtomicReference<Statement> shared = new AtomicReference<>();
        Future<Throwable> other = threads.submit(() -> {
            running.await();
            Throwable refused = catchThrowable(() -> shared.get().execute("select 2"));
            // A cancel that arrives between two statements hits nothing.
            await().until(() -> {
                shared.get().cancel();
                return ended.getCount() == 0;
            });
            return refused;
        });
        assertThatThrownBy(() -> unit.run(tx -> {
                    Statement statement = tx.connection().createStatement();
                    shared.set(statement);
                    running.countDown();
                    for (int i = 0; i < 600; i++) {
                        statement.execute(Sql.sleep(0.1));
                    }
                }))
                .isInstanceOfSatisfying(
                        TransactionRolledBackException.class,
                        e -> assertThat(e.getCause()).matches(Sql::isCancelled));
        ended.countDown();
        assertThat(other.get(10, TimeUnit.SECONDS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[WRONG_THREAD]");
    }

    @Test
    void withoutAConnectionNothingWasSent() {
        server().faults().stop(StopMode.FAST);
        try (ConnectionPool down = builder().failFast().open()) {
            assertThatThrownBy(() -> UnitOfWork.on(down).run(tx -> insert(tx, 1)))
                    .isInstanceOfSatisfying(ConnectionUnavailableException.class, e -> {
                        assertThat(e.effect()).isEqualTo(Effect.NONE);
                        assertThat(e.code()).isEqualTo("CONNECTION_UNAVAILABLE");
                    })
                    .hasMessageContaining("[DATABASE_UNAVAILABLE]");
        }
    }

    @Test
    void anOpenUnitDoesNotKeepAClosedPoolFromEnding() throws SQLException {
        ConnectionPool own = open();
        try (Transaction tx = UnitOfWork.on(own).begin()) {
            insert(tx, 1);
            own.close(Duration.ZERO);
            assertThatThrownBy(() -> insert(tx, 2)).isInstanceOf(SQLException.class);
            assertThatThrownBy(tx::commit).isInstanceOf(TransactionRolledBackException.class);
        }
        assertThat(stored()).isZero();
    }
}
