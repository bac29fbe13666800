package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link FaultsTest} asserts of an embedded server, of one in a container. */
@Tag("containers")
class ContainerFaultsTest {
    private static final Executor SAME_THREAD = Runnable::run;
    private static final Duration SOON = Duration.ofSeconds(20);

    private static TestDatabase database;
    private static Faults faults;

    @BeforeAll
    static void start() {
        database =
                TestDatabase.postgres().provider(ServerProvider.TESTCONTAINERS).start();
        faults = database.faults();
    }

    @AfterEach
    void heal() {
        faults.heal();
        faults.killSessions();
        await().atMost(SOON).until(() -> database.sessions() == 0);
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
            await().atMost(SOON).until(() -> database.sessions() == 1);
            assertThatFailsWith(one, "57P01");
            assertThat(Sessions.answers(two)).isTrue();
            assertThat(faults.killSession(pid)).isFalse();
        }
    }

    @Test
    void killingIdleSessionsSparesTransactions() throws Exception {
        try (Connection idle = Sessions.open(database);
                Connection inTransaction = Sessions.open(database)) {
            inTransaction.setAutoCommit(false);
            assertThat(Sessions.answers(inTransaction)).isTrue();
            assertThat(faults.killIdleSessions()).isEqualTo(1);
            await().atMost(SOON).until(() -> database.sessions() == 1);
            assertThatFailsWith(idle, "57P01");
            assertThat(Sessions.answers(inTransaction)).isTrue();
            assertThat(faults.killSessions()).isEqualTo(1);
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
        assertThatIllegalArgumentException().isThrownBy(() -> faults.crashBackend(1));
        assertThatIllegalArgumentException().isThrownBy(() -> faults.crashBackend(Integer.MAX_VALUE));
        assertThatIllegalArgumentException().isThrownBy(() -> faults.crashBackend(-1));
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

            faults.crash();
            faults.crash();

            assertThat(faults.isRunning()).isFalse();
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
        assertThat(faults.isRunning()).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        assertThatDatabaseAnswers();
    }

    @Test
    void writesAreRefusedUntilTheServerIsWritableAgain() throws Exception {
        try (Connection connection = Sessions.open(database)) {
            faults.makeReadOnly();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThatExceptionOfType(SQLException.class)
                            .isThrownBy(() ->
                                    Sessions.execute(connection, "CREATE TABLE refused (id int); DROP TABLE refused"))
                            .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("25006")));
        }
    }

    @Test
    void aRotatedPasswordIsWantedFromNewSessions() throws Exception {
        String old = database.password();
        faults.rotatePassword("another$one");
        assertThatDatabaseAnswers();
        faults.heal();
        assertThat(database.password()).isEqualTo(old);
        assertThatDatabaseAnswers();
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
