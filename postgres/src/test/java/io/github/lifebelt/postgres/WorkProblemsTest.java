package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Connects.dialect;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.spi.Dialect.WorkProblem;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import java.io.EOFException;
import java.io.IOException;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Why work fails: the table, and that a real server and driver fail like that. */
class WorkProblemsTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static TestDatabase server;

    private Connected one;
    private Connected two;

    @BeforeAll
    static void start() throws SQLException {
        server = TestDatabase.postgres().setting("deadlock_timeout", "50ms").start();
        try (Connected connected = Connects.open(server)) {
            execute(connected.jdbc(), "create table stock (n int primary key, left_over int)");
            execute(connected.jdbc(), "insert into stock values (1, 10), (2, 10)");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() throws SQLException {
        one = Connects.open(server);
        two = Connects.open(server);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        server.faults().heal();
        server.faults().killSessions();
        await().atMost(SOON).until(() -> server.sessions() == 0);
    }

    private static void begin(Connected connected, int isolation) throws SQLException {
        connected.jdbc().setTransactionIsolation(isolation);
        connected.jdbc().setAutoCommit(false);
    }

    private static String take(int n) {
        return "update stock set left_over = left_over - 1 where n = " + n;
    }

    private interface Action {
        void run() throws SQLException;
    }

    private static SQLException assertFails(String state, WorkProblem expected, Action action) {
        SQLException failure = catchThrowableOfType(SQLException.class, action::run);
        assertThat((Throwable) failure).isNotNull();
        assertThat(failure.getSQLState()).as("%s", failure).isEqualTo(state);
        assertThat(dialect().workProblem(failure)).as("%s", failure).isEqualTo(expected);
        return failure;
    }

    @ParameterizedTest
    @CsvSource({
        "40001, CONFLICT",
        "40P01, DEADLOCK",
        "55P03, LOCK_TIMEOUT",
        "57014, CANCELLED",
        "25P03, TIMEOUT",
        "25P04, TIMEOUT",
        "25006, READ_ONLY_SERVER",
        "26000, STALE_STATEMENT",
        "57P01, CONNECTION_LOST",
        "57P02, CONNECTION_LOST",
        "57P03, CONNECTION_LOST",
        "57P04, CONNECTION_LOST",
        "57P05, CONNECTION_LOST",
        "08000, CONNECTION_LOST",
        "08001, CONNECTION_LOST",
        "08003, CONNECTION_LOST",
        "08004, CONNECTION_LOST",
        "08006, CONNECTION_LOST",
        "08007, CONNECTION_LOST",
        "08P01, CONNECTION_LOST",
        "40003, CONNECTION_LOST",
        "23502, CONSTRAINT",
        "23505, CONSTRAINT",
        "23P01, CONSTRAINT",
        "0A000, STATEMENT",
        "22012, STATEMENT",
        "25P02, STATEMENT",
        "42P01, STATEMENT",
        "53100, STATEMENT",
        "58030, STATEMENT",
        "XX000, STATEMENT",
        ", STATEMENT"
    })
    @Tag("smoke")
    void theTable(String state, WorkProblem expected) {
        assertThat(dialect().workProblem(new SQLException("failed", state))).isEqualTo(expected);
    }

    @Test
    @Tag("smoke")
    void theNearestFailureThatSaysSomethingCounts() {
        SQLException again = new SQLException("current transaction is aborted", "25P02");
        again.initCause(new SQLException("could not serialize access", "40001"));
        assertThat(dialect().workProblem(again)).isEqualTo(WorkProblem.CONFLICT);
        SQLException batch = new BatchUpdateException("batch entry 0", "22012", 0, new int[0]);
        batch.setNextException(new SQLException("terminating connection", "57P01"));
        assertThat(dialect().workProblem(batch)).isEqualTo(WorkProblem.CONNECTION_LOST);
        SQLException line = new SQLException("an I/O error occurred", "08006", new EOFException());
        line.setNextException(new SQLException("idle in transaction", "25P03"));
        assertThat(dialect().workProblem(line)).isEqualTo(WorkProblem.TIMEOUT);
        SQLException mute = new SQLException("failed", null, new IOException("reset"));
        assertThat(dialect().workProblem(mute)).isEqualTo(WorkProblem.CONNECTION_LOST);
        SQLException told = new SQLException("cannot read the stream given", "22000", new IOException("file"));
        assertThat(dialect().workProblem(told)).isEqualTo(WorkProblem.STATEMENT);
    }

    @Test
    void aConflictIsOne() throws SQLException {
        begin(one, Connection.TRANSACTION_REPEATABLE_READ);
        query(one.jdbc(), "select count(*) from stock");
        execute(two.jdbc(), take(1));
        assertFails("40001", WorkProblem.CONFLICT, () -> execute(one.jdbc(), take(1)));
        // What follows only repeats that something has failed; the driver remembers what it was.
        assertFails("25P02", WorkProblem.CONFLICT, () -> query(one.jdbc(), "select 1"));
    }

    @Test
    void aConflictThatIsFoundAtCommitIsOneToo() throws SQLException {
        for (Connected connected : new Connected[] {one, two}) {
            begin(connected, Connection.TRANSACTION_SERIALIZABLE);
            query(connected.jdbc(), "select sum(left_over) from stock");
        }
        execute(one.jdbc(), take(1));
        execute(two.jdbc(), take(2));
        one.jdbc().commit();
        SQLException failure =
                assertFails("40001", WorkProblem.CONFLICT, () -> two.jdbc().commit());
        assertThat(dialect().commitResolver().isRefused(two.jdbc(), failure)).isTrue();
    }

    @Test
    void theVictimOfADeadlockIsOne() throws Exception {
        begin(one, Connection.TRANSACTION_READ_COMMITTED);
        begin(two, Connection.TRANSACTION_READ_COMMITTED);
        execute(one.jdbc(), take(1));
        execute(two.jdbc(), take(2));
        FutureTask<SQLException> other =
                new FutureTask<>(() -> catchThrowableOfType(SQLException.class, () -> execute(two.jdbc(), take(1))));
        new Thread(other, "waiting").start();
        SQLException failure = catchThrowableOfType(SQLException.class, () -> execute(one.jdbc(), take(2)));
        if (failure == null) {
            failure = other.get(10, TimeUnit.SECONDS);
        } else {
            one.jdbc().rollback();
            assertThat((Throwable) other.get(10, TimeUnit.SECONDS)).isNull();
        }
        assertThat(failure.getSQLState()).isEqualTo("40P01");
        assertThat(dialect().workProblem(failure)).isEqualTo(WorkProblem.DEADLOCK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " nowait"})
    void aLockThatIsNotHadIsALockTimeout(String nowait) throws SQLException {
        begin(one, Connection.TRANSACTION_READ_COMMITTED);
        execute(one.jdbc(), take(1));
        execute(two.jdbc(), "set lock_timeout = '20ms'");
        assertFails(
                "55P03",
                WorkProblem.LOCK_TIMEOUT,
                () -> query(two.jdbc(), "select * from stock where n = 1 for update" + nowait));
    }

    @Test
    void aQueryTimeoutOfTheDriverIsACancel() throws SQLException {
        try (Statement statement = one.jdbc().createStatement()) {
            statement.setQueryTimeout(1);
            assertFails("57014", WorkProblem.CANCELLED, () -> statement.execute("select pg_sleep(60)"));
        }
    }

    @Test
    void aWriteWhereNoneIsTakenIsForAnotherServer() throws SQLException {
        server.faults().makeReadOnly();
        await().atMost(SOON)
                .until(() -> query(one.jdbc(), "show transaction_read_only").equals("on"));
        assertFails("25006", WorkProblem.READ_ONLY_SERVER, () -> execute(one.jdbc(), take(1)));
    }

    @Test
    void aPlanThatDoesNotFitTheTableAnyMoreIsStale() throws SQLException {
        execute(one.jdbc(), "create table if not exists growing (a int)");
        one.jdbc().setAutoCommit(false);
        try (PreparedStatement statement = one.jdbc().prepareStatement("select * from growing")) {
            for (int i = 0; i < 6; i++) {
                statement.executeQuery();
                one.jdbc().commit();
            }
            execute(two.jdbc(), "alter table growing add b int");
            // Within a transaction the driver cannot put it right by itself.
            query(one.jdbc(), "select 1");
            assertFails("0A000", WorkProblem.STALE_STATEMENT, statement::executeQuery);
            one.jdbc().rollback();
            statement.executeQuery();
        }
        one.jdbc().rollback();
        assertFails("26000", WorkProblem.STALE_STATEMENT, () -> execute(one.jdbc(), "execute never_prepared"));
        execute(two.jdbc(), "drop table growing");
    }

    @Test
    void aFeatureThatIsMissingIsTheStatements() throws SQLException {
        assertFails(
                "0A000", WorkProblem.STATEMENT, () -> query(one.jdbc(), "select count(distinct n) over () from stock"));
    }

    @Test
    void aConstraintIsOne() throws SQLException {
        assertFails("23505", WorkProblem.CONSTRAINT, () -> execute(one.jdbc(), "insert into stock values (1, 0)"));
        assertFails("22012", WorkProblem.STATEMENT, () -> query(one.jdbc(), "select 1/0"));
        try (Statement batch = one.jdbc().createStatement()) {
            batch.addBatch(take(1));
            batch.addBatch("insert into stock values (2, 0)");
            assertFails("23505", WorkProblem.CONSTRAINT, batch::executeBatch);
        }
    }

    @Test
    void aSessionThatIsEndedIsALostConnection() throws SQLException {
        server.faults().killSession(dialect().sessionId(one.jdbc()));
        SQLException failure = catchThrowableOfType(
                SQLException.class, () -> await().atMost(SOON).until(() -> query(one.jdbc(), "select 1") == null));
        assertThat(dialect().workProblem(failure)).isEqualTo(WorkProblem.CONNECTION_LOST);
        assertFails("08003", WorkProblem.CONNECTION_LOST, () -> query(one.jdbc(), "select 1"));
    }

    @Test
    void aClientThatTakesTooLongIsATimeout() throws SQLException {
        execute(one.jdbc(), "set idle_in_transaction_session_timeout = '10ms'");
        one.jdbc().setAutoCommit(false);
        SQLException failure = catchThrowableOfType(
                SQLException.class, () -> await().atMost(SOON).until(() -> query(one.jdbc(), "select 1") == null));
        assertThat(failure.getSQLState()).isEqualTo("25P03");
        assertThat(dialect().workProblem(failure)).isEqualTo(WorkProblem.TIMEOUT);
    }

    @Test
    void aLineThatBreaksOrIsSilentIsALostConnection() throws SQLException {
        try (FaultProxy proxy = server.proxy();
                Connected cut = Connects.open(server, proxy);
                Connected silent = Connects.open(server, proxy)) {
            silent.jdbc().setNetworkTimeout(Runnable::run, 200);
            proxy.blackhole();
            assertFails("08006", WorkProblem.CONNECTION_LOST, () -> query(silent.jdbc(), "select 1"));
            proxy.reset();
            assertFails("08006", WorkProblem.CONNECTION_LOST, () -> query(cut.jdbc(), "select 1"));
        }
    }
}
