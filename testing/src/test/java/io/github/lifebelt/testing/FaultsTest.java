package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.testing.internal.system.Processes;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultsTest {
    private static final Executor SAME_THREAD = Runnable::run;
    private static final Duration SOON = Duration.ofSeconds(10);

    private static TestDatabase database;
    private static Faults faults;

    @BeforeAll
    static void start() {
        database = TestDatabase.postgres().start();
        faults = database.faults();
    }

    @AfterEach
    void heal() {
        faults.thaw();
        faults.start();
        faults.killSessions();
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @Test
    void aKilledSessionIsSeenByABareConnection() throws Exception {
        try (Connection one = Sessions.open(database);
                Connection two = Sessions.open(database)) {
            int pid = Sessions.pid(one);
            assertThat(faults.killSession(pid)).isTrue();
            awaitGone(pid);
            assertThatFailsWith(one, "57P01");
            assertThat(Sessions.answers(two)).isTrue();
            assertThat(faults.killSession(pid)).isFalse();
        }
    }

    @Test
    void killingAllSessionsLeavesNoneAndCountsThem() throws Exception {
        try (Connection idle = Sessions.open(database);
                Connection inTransaction = Sessions.open(database)) {
            inTransaction.setAutoCommit(false);
            int idlePid = Sessions.pid(idle);
            int busyPid = Sessions.pid(inTransaction);
            assertThat(faults.killSessions()).isEqualTo(2);
            awaitGone(idlePid);
            awaitGone(busyPid);
            assertThatFailsWith(idle, "57P01");
            assertThatFailsWith(inTransaction, "57P01");
            assertThat(faults.killSessions()).isZero();
        }
    }

    @Test
    void killingIdleSessionsSparesTransactions() throws Exception {
        try (Connection idle = Sessions.open(database);
                Connection inTransaction = Sessions.open(database)) {
            inTransaction.setAutoCommit(false);
            int pid = Sessions.pid(idle);
            assertThat(Sessions.answers(inTransaction)).isTrue();
            assertThat(faults.killIdleSessions()).isEqualTo(1);
            awaitGone(pid);
            assertThatFailsWith(idle, "57P01");
            assertThat(Sessions.answers(inTransaction)).isTrue();
        }
    }

    @Test
    void aCrashedBackendEndsAllSessionsAndTheServerRecovers() throws Exception {
        try (Connection one = Sessions.open(database);
                Connection two = Sessions.open(database)) {
            faults.crashBackend(Sessions.pid(one));
            assertThat(Sessions.answers(one)).isFalse();
            assertThat(Sessions.answers(two)).isFalse();
            assertThat(faults.isRunning()).isTrue();
            faults.start();
            assertThatDatabaseAnswers();
        }
    }

    @Test
    void onlyTheServersOwnProcessesCanBeCrashed() {
        int foreign = Math.toIntExact(ProcessHandle.current().pid());
        assertThatIllegalArgumentException().isThrownBy(() -> faults.crashBackend(foreign));
        assertThatIllegalArgumentException().isThrownBy(() -> faults.crashBackend(Integer.MAX_VALUE));
    }

    @Test
    void aFrozenServerAnswersNothingAndGoesOnWhenThawed() throws Exception {
        try (Connection connection = Sessions.open(database);
                Connection patient = Sessions.open(database)) {
            connection.setNetworkTimeout(SAME_THREAD, 100);
            patient.setNetworkTimeout(SAME_THREAD, 20_000);

            faults.freeze();
            faults.freeze();

            assertThat(faults.isRunning()).isTrue();
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Sessions.query(connection, "SELECT 1"))
                    .withRootCauseInstanceOf(SocketTimeoutException.class);
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return Sessions.query(patient, "SELECT 'late'");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Sessions.open(database, database.jdbcUrl() + "&loginTimeout=1"));
            assertThat(answer).isNotDone();
            assertThatIllegalStateException().isThrownBy(faults::killSessions).withMessageContaining("thaw()");
            assertThatIllegalStateException().isThrownBy(faults::start).withMessageContaining("thaw()");

            faults.thaw();

            assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("late");
            assertThatDatabaseAnswers();
        }
    }

    @ParameterizedTest
    @EnumSource(StopMode.class)
    void aStoppedServerRefusesAndComesBackOnItsPortWithItsData(StopMode mode) throws Exception {
        int port = database.port();
        try (Connection connection = Sessions.open(database)) {
            Sessions.execute(connection, "CREATE TABLE kept_" + mode + " AS SELECT 42 AS answer");

            faults.stop(mode);
            faults.stop(mode);

            assertThat(faults.isRunning()).isFalse();
            assertThat(faults.killSessions()).isZero();
            assertThatConnectionsAreRefused();
            if (mode == StopMode.FAST) {
                assertThatFailsWith(connection, "57P01");
            } else {
                assertThat(Sessions.answers(connection)).isFalse();
            }
        }
        faults.start();
        assertThat(database.port()).isEqualTo(port);
        try (Connection connection = Sessions.open(database)) {
            assertThat(Sessions.query(connection, "SELECT answer FROM kept_" + mode))
                    .isEqualTo("42");
        }
    }

    @Test
    void aCrashedServerTakesItsSessionsAlongAndRecovers() throws Exception {
        try (Connection connection = Sessions.open(database)) {
            Sessions.execute(connection, "CREATE TABLE kept_crash AS SELECT 42 AS answer");
            ProcessHandle backend = ProcessHandle.of(Sessions.pid(connection)).orElseThrow();

            faults.crash();
            faults.crash();

            assertThat(faults.isRunning()).isFalse();
            assertThat(Processes.isGone(backend)).isTrue();
            assertThatConnectionsAreRefused();
            assertThatFailsWith(connection, "08006");
        }
        faults.start();
        try (Connection connection = Sessions.open(database)) {
            assertThat(Sessions.query(connection, "SELECT answer FROM kept_crash"))
                    .isEqualTo("42");
        }
    }

    @Test
    void aFrozenServerCanBeStoppedAndCrashed() throws Exception {
        faults.freeze();
        faults.stop(StopMode.FAST);
        assertThat(faults.isRunning()).isFalse();
        faults.start();
        faults.freeze();
        faults.crash();
        assertThat(faults.isRunning()).isFalse();
        assertThatIllegalStateException().isThrownBy(faults::freeze).withMessageContaining("does not run");
        faults.start();
        assertThatDatabaseAnswers();
    }

    @Test
    void anInterruptIsKeptAndDoesNotLeaveTheServerHalfStopped() throws Exception {
        Thread.currentThread().interrupt();
        faults.stop(StopMode.FAST);
        faults.start();
        faults.freeze();
        faults.thaw();
        assertThat(Thread.interrupted()).isTrue();
        assertThatDatabaseAnswers();
    }

    private static void awaitGone(int pid) {
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> ProcessHandle.of(pid).map(Processes::isGone).orElse(true));
    }

    private static void assertThatDatabaseAnswers() throws SQLException {
        try (Connection connection = Sessions.open(database)) {
            assertThat(Sessions.answers(connection)).isTrue();
        }
    }

    private static void assertThatFailsWith(Connection connection, String sqlState) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> Sessions.query(connection, "SELECT 1"))
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo(sqlState));
    }

    private static void assertThatConnectionsAreRefused() {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> Sessions.open(database))
                .withRootCauseInstanceOf(ConnectException.class);
    }
}
