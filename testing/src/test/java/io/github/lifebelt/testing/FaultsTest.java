package io.github.lifebelt.testing;

import static io.github.lifebelt.testing.Errors.assertThatConnectionsAreRefused;
import static io.github.lifebelt.testing.Errors.assertThatDatabaseAnswers;
import static io.github.lifebelt.testing.Errors.assertThatFailsWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.testing.internal.system.Processes;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.github.lifebelt.testing.Products#withAndWithoutTls")
class FaultsTest {
    private static final Executor SAME_THREAD = Runnable::run;
    private static final Duration SOON = Duration.ofSeconds(10);

    private static TestDatabase database;
    private static Faults faults;

    @Parameter(0)
    private DatabaseProduct product;

    @Parameter(1)
    private boolean tls;

    @BeforeParameterizedClassInvocation
    static void start(DatabaseProduct product, boolean tls) throws SQLException {
        database = TestDatabase.of(product).tls(tls).start();
        faults = database.faults();
        try (Connection connection = Sessions.open(database)) {
            Sessions.execute(connection, "CREATE TABLE something (id int)");
        }
    }

    @AfterEach
    void heal() {
        faults.thaw();
        faults.start();
        faults.killSessions();
        // MySQL undoes what they did before it forgets them.
        awaitSessions(0);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        database.close();
    }

    @Test
    void aKilledSessionIsSeenByABareConnection() throws Exception {
        try (Connection one = Sessions.open(database);
                Connection two = Sessions.open(database)) {
            int pid = Sessions.pid(one);
            assertThat(faults.killSession(pid)).isTrue();
            awaitSessions(1);
            assertThatFailsWith(one, killed());
            assertThat(Sessions.answers(two)).isTrue();
            assertThat(faults.killSession(pid)).isFalse();
        }
    }

    @Test
    void aSessionAnswersNothingOnceItIsKilled() throws Exception {
        for (int round = 0; round < 5; round++) {
            List<Connection> connections = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                connections.add(Sessions.open(database));
            }
            assertThat(faults.killSessions()).isEqualTo(connections.size());
            // The one that was told last first.
            Collections.reverse(connections);
            for (Connection connection : connections) {
                assertThatFailsWith(connection, killed());
                connection.close();
            }
        }
    }

    @Test
    void killingAllSessionsLeavesNoneAndCountsThem() throws Exception {
        try (Connection idle = Sessions.open(database);
                Connection inTransaction = Sessions.open(database)) {
            begin(inTransaction);
            assertThat(faults.killSessions()).isEqualTo(2);
            awaitSessions(0);
            assertThatFailsWith(idle, killed());
            assertThatFailsWith(inTransaction, killed());
            assertThat(faults.killSessions()).isZero();
        }
    }

    @Test
    void killingIdleSessionsSparesTransactions() throws Exception {
        try (Connection idle = Sessions.open(database);
                Connection inTransaction = Sessions.open(database)) {
            begin(inTransaction);
            awaitInTransaction(1);
            assertThat(faults.killIdleSessions()).isEqualTo(1);
            awaitSessions(1);
            assertThatFailsWith(idle, killed());
            assertThat(Sessions.answers(inTransaction)).isTrue();
        }
    }

    @Test
    void killingSessionsInTransactionSparesIdleOnes() throws Exception {
        try (Connection idle = Sessions.open(database);
                Connection inTransaction = Sessions.open(database)) {
            assertThat(database.sessionsInTransaction()).isZero();
            begin(inTransaction);
            awaitInTransaction(1);
            assertThat(faults.killSessionsInTransaction()).isEqualTo(1);
            awaitSessions(1);
            assertThatFailsWith(inTransaction, killed());
            assertThat(Sessions.answers(idle)).isTrue();
            assertThat(faults.killSessionsInTransaction()).isZero();
        }
    }

    /** A server answers, and only then writes down that it waits for its client again. */
    @Test
    void aSessionWaitsForItsClientOnceItHasAnswered() throws Exception {
        for (int round = 0; round < 100; round++) {
            Connection connection = Sessions.open(database);
            try {
                begin(connection);
                assertThat(faults.killSessionsInTransaction())
                        .as("round %d", round)
                        .isEqualTo(1);
            } finally {
                connection.abort(SAME_THREAD);
            }
        }
    }

    @Test
    void aTransactionIsOneFromItsBeginningToItsEnd() throws Exception {
        try (Connection connection = Sessions.open(database)) {
            Sessions.execute(connection, "START TRANSACTION");
            if (product != DatabaseProduct.MARIADB) {
                awaitInTransaction(1);
            }
            Sessions.execute(connection, "INSERT INTO something VALUES (1)");
            awaitInTransaction(1);
            Sessions.execute(connection, "ROLLBACK");
            awaitInTransaction(0);
        }
    }

    @Test
    void aCrashedBackendEndsAllSessionsAndTheServerRecovers() throws Exception {
        if (product != DatabaseProduct.POSTGRESQL) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> faults.crashBackend(1))
                    .withMessageContaining("one process for all sessions");
            return;
        }
        try (Connection one = Sessions.open(database);
                Connection two = Sessions.open(database)) {
            int foreign = Math.toIntExact(ProcessHandle.current().pid());
            assertThatIllegalArgumentException().isThrownBy(() -> faults.crashBackend(foreign));
            assertThatIllegalArgumentException().isThrownBy(() -> faults.crashBackend(Integer.MAX_VALUE));
            faults.crashBackend(Sessions.pid(one));
            assertThat(Sessions.answers(one)).isFalse();
            assertThat(Sessions.answers(two)).isFalse();
            assertThat(faults.isRunning()).isTrue();
            faults.start();
            assertThatDatabaseAnswers(database);
        }
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
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> Sessions.openInASecond(database));
            assertThat(answer).isNotDone();
            assertThatIllegalStateException().isThrownBy(faults::killSessions).withMessageContaining("thaw()");
            assertThatIllegalStateException().isThrownBy(faults::start).withMessageContaining("thaw()");

            faults.thaw();

            assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("late");
            assertThatDatabaseAnswers(database);
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
            assertThatConnectionsAreRefused(database);
            if (mode == StopMode.FAST) {
                assertThatFailsWith(connection, killed());
            } else {
                assertThat(Sessions.answers(connection)).isFalse();
            }
        }
        faults.start();
        assertThat(database.port()).isEqualTo(port);
        try (Connection connection = Sessions.open(database)) {
            assertThat(Sessions.query(connection, "SELECT answer FROM kept_" + mode))
                    .isEqualTo("42");
            Sessions.execute(connection, "CREATE TABLE made_after_" + mode + " AS SELECT 42 AS answer");
        }
    }

    @Test
    void aCrashedServerTakesItsSessionsAlongAndRecovers() throws Exception {
        try (Connection connection = Sessions.open(database)) {
            Sessions.execute(connection, "CREATE TABLE kept_crash AS SELECT 42 AS answer");
            Optional<ProcessHandle> backend = product == DatabaseProduct.POSTGRESQL
                    ? ProcessHandle.of(Sessions.pid(connection))
                    : Optional.empty();

            faults.crash();
            faults.crash();

            assertThat(faults.isRunning()).isFalse();
            assertThat(backend.map(Processes::isGone)).isNotEqualTo(Optional.of(false));
            assertThatConnectionsAreRefused(database);
            assertThatFailsWith(connection, Errors.of(database, "08006", "08S01"));
        }
        faults.start();
        try (Connection connection = Sessions.open(database)) {
            assertThat(Sessions.query(connection, "SELECT answer FROM kept_crash"))
                    .isEqualTo("42");
            Sessions.execute(connection, "CREATE TABLE made_after_crash AS SELECT 42 AS answer");
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
        assertThatDatabaseAnswers(database);
    }

    @Test
    void anInterruptIsKeptAndDoesNotLeaveTheServerHalfStopped() throws Exception {
        Thread.currentThread().interrupt();
        faults.stop(StopMode.FAST);
        faults.start();
        faults.freeze();
        faults.thaw();
        assertThat(Thread.interrupted()).isTrue();
        assertThatDatabaseAnswers(database);
    }

    private static String killed() {
        return Errors.of(database, "57P01", "08S01");
    }

    private static void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        Sessions.query(connection, "SELECT count(*) FROM something");
    }

    private static void awaitSessions(int number) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(2)).until(() -> database.sessions() == number);
    }

    private static void awaitInTransaction(int number) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(2)).until(() -> database.sessionsInTransaction() == number);
    }
}
