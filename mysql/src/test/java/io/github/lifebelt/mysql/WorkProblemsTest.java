package io.github.lifebelt.mysql;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mysql.cj.jdbc.exceptions.MySQLStatementCancelledException;
import com.mysql.cj.jdbc.exceptions.MySQLTimeoutException;
import com.mysql.cj.jdbc.exceptions.PacketTooBigException;
import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.spi.Dialect.WorkProblem;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import java.io.EOFException;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Why statements fail: the table, and what real servers report. */
class WorkProblemsTest {

    private static final TestDatabase SERVER = Servers.get(false);

    @AfterEach
    void healTheServer() {
        Servers.heal(SERVER);
    }

    private static WorkProblem problem(SQLException failure) {
        return Connects.dialect().workProblem(failure);
    }

    private static void is(WorkProblem expected, ThrowingCallable work) {
        SQLException failure = catchThrowableOfType(SQLException.class, work);
        assertThat((Throwable) failure).isNotNull();
        String as = failure.getSQLState() + " " + failure.getErrorCode() + " " + failure;
        assertThat(problem(failure)).as(as).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "1213, 40001, DEADLOCK",
        "1614, XA102, DEADLOCK",
        "1020, HY000, CONFLICT",
        "3101, 40000, CONFLICT",
        "1205, 40001, LOCK_TIMEOUT",
        "3572, HY000, LOCK_TIMEOUT",
        "1053, 08S01, CONNECTION_LOST",
        "1927, 70100, CONNECTION_LOST",
        "3168, HY000, CONNECTION_LOST",
        "4031, HY000, CONNECTION_LOST",
        "2013, HY000, CONNECTION_LOST",
        "1154, 08S01, CONNECTION_LOST",
        "0, 08S01, CONNECTION_LOST",
        "0, 08003, CONNECTION_LOST",
        "0, 08007, CONNECTION_LOST",
        "1836, HY000, READ_ONLY_SERVER",
        "1792, 25006, STATEMENT",
        "3024, HY000, TIMEOUT",
        "1969, 70100, TIMEOUT",
        "1317, 70100, CANCELLED",
        "1062, 23000, CONSTRAINT",
        "1048, 23000, CONSTRAINT",
        "1451, 23000, CONSTRAINT",
        "1452, 23000, CONSTRAINT",
        "3819, HY000, CONSTRAINT",
        "4025, 23000, CONSTRAINT",
        "1615, HY000, STALE_STATEMENT",
        "1243, HY000, STALE_STATEMENT",
        "1153, 08S01, STATEMENT",
        "1064, 42000, STATEMENT",
        "1180, HY000, STATEMENT",
        "0, S1009, STATEMENT",
        "0, , STATEMENT"
    })
    void theTable(int number, String state, WorkProblem expected) {
        assertThat(problem(new SQLException("failed", state, number))).isEqualTo(expected);
    }

    @Test
    void onlyAServerThatIsReadOnlyTakesNoWrites() {
        assertThat(problem(new SQLException("running with the --read-only option", "HY000", 1290)))
                .isEqualTo(WorkProblem.READ_ONLY_SERVER);
        assertThat(problem(new SQLException("running with the --secure-file-priv option", "HY000", 1290)))
                .isEqualTo(WorkProblem.STATEMENT);
    }

    @Test
    void whatTheDriverFindsOutByItself() {
        assertThat(problem(new MySQLTimeoutException())).isEqualTo(WorkProblem.TIMEOUT);
        assertThat(problem(new MySQLStatementCancelledException())).isEqualTo(WorkProblem.CANCELLED);
        assertThat(problem(new PacketTooBigException("Packet for query is too large")))
                .isEqualTo(WorkProblem.STATEMENT);
        assertThat(problem(new SQLException("Can't call commit when autocommit=true", "08003")))
                .isEqualTo(WorkProblem.STATEMENT);
        assertThat(problem(new SQLException("within a result", "S1000", new EOFException())))
                .isEqualTo(WorkProblem.CONNECTION_LOST);
    }

    @Test
    void ofSeveralTheOneThatPromisesMost() {
        SQLException batch = new BatchUpdateException("Duplicate entry", "23000", 1062, new int[0]);
        batch.setNextException(new SQLException("Deadlock found", "40001", 1213));
        assertThat(problem(batch)).isEqualTo(WorkProblem.DEADLOCK);
        batch.setNextException(new SQLException("Communications link failure", "08S01"));
        assertThat(problem(batch)).isEqualTo(WorkProblem.CONNECTION_LOST);
        assertThat(problem(new SQLException("wrapped", new SQLException("Duplicate entry", "23000", 1062))))
                .isEqualTo(WorkProblem.CONSTRAINT);
    }

    @Test
    void constraintsOfEachKind() throws SQLException {
        try (Connected connected = Connects.open(SERVER)) {
            Connection jdbc = connected.jdbc();
            execute(jdbc, "create table if not exists parent (id int primary key) engine = innodb");
            execute(
                    jdbc,
                    "create table if not exists child (id int not null unique, parent int, x int, check (x > 0),"
                            + " foreign key (parent) references parent (id)) engine = innodb");
            execute(jdbc, "replace into parent values (1)");
            execute(jdbc, "replace into child values (1, 1, 1)");
            is(WorkProblem.CONSTRAINT, () -> execute(jdbc, "insert into child values (1, 1, 1)"));
            is(WorkProblem.CONSTRAINT, () -> execute(jdbc, "insert into child values (null, 1, 1)"));
            is(WorkProblem.CONSTRAINT, () -> execute(jdbc, "insert into child values (2, 9, 1)"));
            is(WorkProblem.CONSTRAINT, () -> execute(jdbc, "insert into child values (2, 1, 0)"));
            is(WorkProblem.CONSTRAINT, () -> execute(jdbc, "delete from parent"));
            is(WorkProblem.STATEMENT, () -> execute(jdbc, "insert into nowhere values (1)"));
            is(WorkProblem.STATEMENT, () -> query(jdbc, "selec 1"));
            jdbc.setReadOnly(true);
            is(WorkProblem.STATEMENT, () -> execute(jdbc, "insert into parent values (2)"));
        }
    }

    @Test
    void locksAndDeadlocks() throws Exception {
        try (Connected one = Connects.open(SERVER);
                Connected two = Connects.open(SERVER)) {
            execute(one.jdbc(), "create table if not exists locked (id int primary key, x int) engine = innodb");
            execute(one.jdbc(), "replace into locked values (1, 0), (2, 0)");
            one.jdbc().setAutoCommit(false);
            two.jdbc().setAutoCommit(false);
            execute(one.jdbc(), "update locked set x = 1 where id = 1");
            is(
                    WorkProblem.LOCK_TIMEOUT,
                    () -> query(two.jdbc(), "select x from locked where id = 1 for update nowait"));
            execute(two.jdbc(), "set session innodb_lock_wait_timeout = 1");
            is(WorkProblem.LOCK_TIMEOUT, () -> execute(two.jdbc(), "update locked set x = 2 where id = 1"));
            execute(two.jdbc(), "set session innodb_lock_wait_timeout = 50");
            execute(two.jdbc(), "update locked set x = 2 where id = 2");
            CompletableFuture<SQLException> first = CompletableFuture.supplyAsync(() -> catchThrowableOfType(
                    SQLException.class, () -> execute(one.jdbc(), "update locked set x = 1 where id = 2")));
            SQLException second = catchThrowableOfType(
                    SQLException.class, () -> execute(two.jdbc(), "update locked set x = 2 where id = 1"));
            SQLException victim = second != null ? second : first.get(30, TimeUnit.SECONDS);
            assertThat(problem(victim)).isEqualTo(WorkProblem.DEADLOCK);
            Connects.dialect().rollback(two.jdbc());
            first.get(30, TimeUnit.SECONDS);
            Connects.dialect().rollback(one.jdbc());
        }
    }

    /** MariaDB's own: with it a snapshot that is out of date is not overwritten. */
    @Test
    void aSnapshotThatIsOutOfDate() throws SQLException {
        if (!Servers.isMariaDb(SERVER)) {
            return;
        }
        try (Connected one = Connects.open(SERVER);
                Connected two = Connects.open(SERVER)) {
            execute(one.jdbc(), "create table if not exists seen (id int primary key, x int) engine = innodb");
            execute(one.jdbc(), "replace into seen values (1, 0)");
            one.jdbc().setAutoCommit(false);
            execute(one.jdbc(), "set session innodb_snapshot_isolation = on");
            query(one.jdbc(), "select x from seen");
            execute(two.jdbc(), "update seen set x = 1");
            is(WorkProblem.CONFLICT, () -> execute(one.jdbc(), "update seen set x = 2"));
            Connects.dialect().rollback(one.jdbc());
        }
    }

    @Test
    void timeOutsOfServerAndDriver() throws SQLException {
        try (Connected connected = Connects.open(SERVER);
                Statement statement = connected.jdbc().createStatement()) {
            String slow = "select count(*) from information_schema.columns a, information_schema.columns b,"
                    + " information_schema.columns c";
            execute(
                    connected.jdbc(),
                    Servers.isMariaDb(SERVER)
                            ? "set session max_statement_time = 0.2"
                            : "set session max_execution_time = 200");
            is(WorkProblem.TIMEOUT, () -> statement.execute(slow));
            execute(
                    connected.jdbc(),
                    Servers.isMariaDb(SERVER)
                            ? "set session max_statement_time = 0"
                            : "set session max_execution_time = 0");
            is(WorkProblem.CANCELLED, () -> statement.execute("kill query connection_id()"));
        }
    }

    @Test
    void sessionsThatAreGone() throws SQLException {
        try (Connected killed = Connects.open(SERVER)) {
            SERVER.faults().killSession(sessionId(killed.jdbc()));
            is(WorkProblem.CONNECTION_LOST, () -> query(killed.jdbc(), "select 1"));
            is(WorkProblem.CONNECTION_LOST, () -> query(killed.jdbc(), "select 1"));
        }
        try (FaultProxy proxy = SERVER.proxy();
                Connected cut = Connects.open(SERVER, proxy)) {
            proxy.reset();
            is(WorkProblem.CONNECTION_LOST, () -> query(cut.jdbc(), "select 1"));
        }
    }

    @Test
    void aServerThatTakesNoWrites() throws SQLException {
        try (Connected connected = Connects.open(SERVER)) {
            execute(connected.jdbc(), "create table if not exists written (x int)");
            SERVER.faults().makeReadOnly();
            is(WorkProblem.READ_ONLY_SERVER, () -> execute(connected.jdbc(), "insert into written values (1)"));
        }
    }

    @Test
    void aStatementThatTheServerHasForgotten() throws SQLException {
        try (Connected connected = Connects.open(SERVER.url() + "&useServerPrepStmts=true");
                PreparedStatement prepared = connected.jdbc().prepareStatement("select ?")) {
            Connects.dialect().resetSession(connected.jdbc());
            prepared.setInt(1, 1);
            is(WorkProblem.STALE_STATEMENT, prepared::executeQuery);
        }
    }
}
