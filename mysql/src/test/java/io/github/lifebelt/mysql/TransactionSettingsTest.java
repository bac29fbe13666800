package io.github.lifebelt.mysql;

import static io.github.lifebelt.contract.Connects.since;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mysql.cj.jdbc.JdbcConnection;
import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.TransactionStart;
import io.github.lifebelt.spi.Dialect.TransactionState;
import io.github.lifebelt.spi.Dialect.WorkProblem;
import io.github.lifebelt.testing.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a transaction has of its own is in force in it, and nowhere else. */
class TransactionSettingsTest {

    private static final TestDatabase SERVER = Servers.get(false);
    private static final Dialect DIALECT = Connects.dialect();
    private static final TransactionStart NOTHING = new TransactionStart(null, false, null, null, null, false);
    private static final TransactionStart READ_ONLY = new TransactionStart(null, true, null, null, null, false);
    private static final TransactionStart READ_COMMITTED =
            new TransactionStart(Connection.TRANSACTION_READ_COMMITTED, false, null, null, null, false);
    private static final TransactionStart EVERYTHING = new TransactionStart(
            Connection.TRANSACTION_SERIALIZABLE,
            true,
            Duration.ofMillis(1500),
            Duration.ofMillis(2500),
            Duration.ofSeconds(9),
            false);
    private static final String TIMEOUTS = "select concat_ws(' ', @@session.innodb_lock_wait_timeout,"
            + " @@session.lock_wait_timeout, @@session."
            + (Servers.isMariaDb(SERVER) ? "max_statement_time * 1000" : "max_execution_time")
            + " + 0)";

    private Connected connected;
    private Connection jdbc;

    @BeforeEach
    void open() throws SQLException {
        connected = Connects.open(SERVER);
        jdbc = connected.jdbc();
        execute(jdbc, "create table if not exists settings (id int primary key, x int) engine = innodb");
        execute(jdbc, "replace into settings values (1, 0)");
        jdbc.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        DIALECT.rollback(jdbc);
        connected.close();
    }

    private void begin(TransactionStart start) throws SQLException {
        assertThat(DIALECT.begin(jdbc, start, DIALECT.serverFacts(jdbc))).isNull();
    }

    private void end(TransactionStart start) throws SQLException {
        DIALECT.rollback(jdbc);
        DIALECT.endOf(jdbc, start);
    }

    /** Whether what others commit is seen between two queries of the transaction. */
    private boolean seesOthersCommits() throws SQLException {
        String before = query(jdbc, "select x from settings");
        try (Connected other = Connects.open(SERVER)) {
            execute(other.jdbc(), "update settings set x = x + 1");
        }
        return !query(jdbc, "select x from settings").equals(before);
    }

    private static String timeouts(Connection jdbc) throws SQLException {
        return query(jdbc, TIMEOUTS).replaceAll("\\.0+$", "");
    }

    /** How many commands the server has received from this session. */
    private long commands() throws SQLException {
        try (Statement statement = jdbc.createStatement();
                ResultSet row = statement.executeQuery("show session status like 'Questions'")) {
            row.next();
            return row.getLong(2);
        }
    }

    private void costs(int commands, ThrowingCallable work) throws Throwable {
        long before = commands();
        work.call();
        assertThat(commands() - before - 1).isEqualTo(commands);
    }

    @Test
    void whatIsAskedForCostsOneRoundTripAndWhatIsNotNone() throws Throwable {
        Dialect.ServerFacts facts = DIALECT.serverFacts(jdbc);
        costs(0, () -> DIALECT.begin(jdbc, NOTHING, facts));
        costs(0, () -> DIALECT.endOf(jdbc, NOTHING));
        costs(1, () -> DIALECT.begin(jdbc, READ_ONLY, facts));
        DIALECT.rollback(jdbc);
        costs(0, () -> DIALECT.endOf(jdbc, READ_ONLY));
        costs(1, () -> DIALECT.begin(jdbc, READ_COMMITTED, facts));
        costs(1, () -> DIALECT.endOf(jdbc, READ_COMMITTED));
        costs(1, () -> DIALECT.begin(jdbc, EVERYTHING, facts));
        assertThat(DIALECT.transactionState(jdbc)).isEqualTo(TransactionState.IDLE);
        costs(1, () -> DIALECT.endOf(jdbc, EVERYTHING));
        assertThat(DIALECT.transactionState(jdbc)).isEqualTo(TransactionState.IDLE);
    }

    @Test
    void theIsolationIsThisTransactionsOnly() throws SQLException {
        begin(READ_COMMITTED);
        assertThat(seesOthersCommits()).isTrue();
        end(READ_COMMITTED);
        assertThat(seesOthersCommits()).isFalse();
    }

    @Test
    void aSerializableTransactionLocksWhatItReads() throws SQLException {
        begin(EVERYTHING);
        query(jdbc, "select x from settings");
        try (Connected other = Connects.open(SERVER)) {
            execute(other.jdbc(), "set session innodb_lock_wait_timeout = 1");
            SQLException failure = catchThrowableOfType(
                    SQLException.class, () -> execute(other.jdbc(), "update settings set x = x + 1"));
            assertThat(DIALECT.workProblem(failure)).isEqualTo(WorkProblem.LOCK_TIMEOUT);
        }
        end(EVERYTHING);
        assertThat(seesOthersCommits()).isFalse();
    }

    @Test
    void aReadOnlyTransactionRefusesWritesAndTheNextDoesNot() throws SQLException {
        for (TransactionStart start : new TransactionStart[] {READ_ONLY, EVERYTHING}) {
            begin(start);
            assertThatThrownBy(() -> execute(jdbc, "update settings set x = 7"))
                    .hasMessageContaining("READ ONLY transaction");
            end(start);
            execute(jdbc, "update settings set x = 7");
            jdbc.commit();
        }
    }

    /** The server keeps it for the next transaction, whenever that begins. */
    @Test
    void whatATransactionWithoutStatementsWasToHaveIsNotTheNextOnes() throws SQLException {
        for (TransactionStart start : new TransactionStart[] {READ_ONLY, READ_COMMITTED, EVERYTHING}) {
            begin(start);
            end(start);
            assertThat(seesOthersCommits()).isFalse();
            DIALECT.rollback(jdbc);
            execute(jdbc, "update settings set x = 8");
            jdbc.commit();
        }
    }

    @Test
    void timeOutsAreRoundedUpAndWhatTheyWereComesBack() throws SQLException {
        execute(
                jdbc,
                "set session innodb_lock_wait_timeout = 41, session lock_wait_timeout = 42, session "
                        + (Servers.isMariaDb(SERVER) ? "max_statement_time = 7.25" : "max_execution_time = 7250"));
        String before = timeouts(jdbc);
        begin(EVERYTHING);
        assertThat(timeouts(jdbc)).isEqualTo("3 3 1500");
        end(EVERYTHING);
        assertThat(timeouts(jdbc)).isEqualTo(before).isEqualTo("41 42 7250");
        assertThat(DIALECT.sessionState(jdbc)).noneMatch(words -> words.contains("lifebelt_"));
    }

    /** A statement time-out of a millisecond would end the statement that asks for it. */
    @ParameterizedTest
    @CsvSource({"PT0S, 1, 1", "PT0.0000001S, 1, 1", "PT1S, 1, 1000", "PT1.0000001S, 2, 1001"})
    void timeOutsOfAnyLength(Duration timeout, String seconds, long millis) throws SQLException {
        TransactionStart lock = new TransactionStart(null, false, null, timeout, null, false);
        begin(lock);
        assertThat(timeouts(jdbc)).startsWith(seconds + " " + seconds + " ");
        end(lock);
        TransactionStart statement = new TransactionStart(null, false, timeout, null, null, false);
        String expected =
                Servers.isMariaDb(SERVER) ? BigDecimal.valueOf(millis, 3).toPlainString() : String.valueOf(millis);
        assertThat(new TransactionSettings((JdbcConnection) jdbc, statement).before())
                .endsWith("_time = " + expected);
    }

    @Test
    void timeOutsOfAMillenniumAreTakenAsTheLongestThereAre() throws SQLException {
        Duration ages = Duration.ofDays(365_250);
        TransactionStart start = new TransactionStart(null, false, ages, ages, null, false);
        begin(start);
        String most = Servers.isMariaDb(SERVER) ? "31536000000" : "4294967295";
        assertThat(query(jdbc, "select @@session.innodb_lock_wait_timeout")).isEqualTo("100000000");
        assertThat(timeouts(jdbc)).endsWith(" " + most);
        end(start);
    }

    @Test
    void aWaitForALockEndsInTime() throws SQLException {
        TransactionStart start = new TransactionStart(null, false, null, Duration.ofMillis(200), null, false);
        try (Connected other = Connects.open(SERVER)) {
            other.jdbc().setAutoCommit(false);
            execute(other.jdbc(), "update settings set x = 1");
            begin(start);
            long begin = System.nanoTime();
            SQLException failure =
                    catchThrowableOfType(SQLException.class, () -> execute(jdbc, "update settings set x = 2"));
            assertThat(since(begin)).isLessThan(Duration.ofSeconds(5));
            assertThat(DIALECT.workProblem(failure)).isEqualTo(WorkProblem.LOCK_TIMEOUT);
            DIALECT.rollback(jdbc);
            // A table that is about to be altered.
            failure = catchThrowableOfType(
                    SQLException.class, () -> execute(jdbc, "alter table settings add column y int"));
            assertThat(since(begin)).isLessThan(Duration.ofSeconds(10));
            assertThat(DIALECT.workProblem(failure)).isEqualTo(WorkProblem.LOCK_TIMEOUT);
            other.jdbc().rollback();
            end(start);
        }
    }

    @Test
    void anIdOfTheTransactionIsNotToBeHad() throws SQLException {
        TransactionStart marked = new TransactionStart(null, false, null, null, null, true);
        Dialect.ServerFacts facts = DIALECT.serverFacts(jdbc);
        assertThatThrownBy(() -> DIALECT.begin(jdbc, marked, facts)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DIALECT.commitResolver().mark(jdbc, facts)).isInstanceOf(IllegalStateException.class);
        assertThat(DIALECT.commitResolver().supportsTransactionIds()).isFalse();
    }

    /** MySQL's own limit is for queries only. */
    @Test
    void theDriverWatchesWhatWrites() throws SQLException {
        assertThat(DIALECT.driverWatchesStatements()).isTrue();
        jdbc.setAutoCommit(true);
        try (Statement statement = jdbc.createStatement()) {
            statement.setQueryTimeout(1);
            long begin = System.nanoTime();
            SQLException failure = catchThrowableOfType(
                    SQLException.class,
                    () -> statement.executeUpdate(
                            "update settings set x = (select max(nap) from (select sleep(n) as nap from"
                                    + " (select 20 as n union all select 0) naps) napped)"));
            assertThat(since(begin)).isLessThan(Duration.ofSeconds(8));
            assertThat(DIALECT.workProblem(failure)).isIn(WorkProblem.TIMEOUT, WorkProblem.CANCELLED);
        }
    }
}
