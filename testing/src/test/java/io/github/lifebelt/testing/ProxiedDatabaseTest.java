package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.lifebelt.testing.internal.system.Processes;
import io.github.lifebelt.testing.internal.system.Waiting;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProxiedDatabaseTest {
    private static TestDatabase database;
    private FaultProxy proxy;

    @BeforeAll
    static void startServer() {
        database = TestDatabase.postgres().start();
    }

    @AfterAll
    static void stopServer() {
        database.close();
    }

    @BeforeEach
    void startProxy() {
        proxy = FaultProxy.to(database.host(), database.port());
    }

    @AfterEach
    void stopProxy() {
        proxy.close();
    }

    @Test
    void tlsIsVerifiedFullyThroughTheProxy() throws Exception {
        assertThat(database.url(proxy)).isEqualTo(database.url().replace(":" + database.port(), ":" + proxy.port()));
        try (Connection connection = open()) {
            assertThat(Sessions.answers(connection)).isTrue();
            assertThat(proxy.bytesToServer()).isPositive();
            assertThat(proxy.bytesToClient()).isPositive();
        }
    }

    @Test
    void aQuerySendsAndReceivesBytesThatAreCountedWhenItsAnswerIsThere() throws Exception {
        try (Connection connection = open()) {
            assertThat(Sessions.answers(connection)).isTrue();
            long toServer = proxy.bytesToServer();
            long toClient = proxy.bytesToClient();
            assertThat(connection.isClosed()).isFalse();
            assertThat(proxy.bytesToServer()).isEqualTo(toServer);
            assertThat(Sessions.answers(connection)).isTrue();
            assertThat(proxy.bytesToServer()).isGreaterThan(toServer);
            assertThat(proxy.bytesToClient()).isGreaterThan(toClient);
        }
    }

    @Test
    void aQueryIsOneRoundTripWhateverItSendsAtOnce() throws Exception {
        try (Connection connection = open()) {
            assertThat(Sessions.answers(connection)).isTrue();
            long before = proxy.roundTrips();
            assertThat(Sessions.answers(connection)).isTrue();
            assertThat(proxy.roundTrips()).isEqualTo(before + 1);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT 1; SELECT 2; SELECT 3");
            }
            assertThat(proxy.roundTrips()).isEqualTo(before + 2);
        }
    }

    @Test
    void aQueryTakesTheLatencyTwice() throws Exception {
        try (Connection connection = open()) {
            assertThat(Sessions.answers(connection)).isTrue();
            proxy.latency(Duration.ofMillis(20));
            long start = System.nanoTime();
            assertThat(Sessions.answers(connection)).isTrue();
            assertThat(System.nanoTime() - start).isBetween(40_000_000L, 1_000_000_000L);
        }
    }

    @Test
    void aResetIsABrokenSession() throws Exception {
        try (Connection connection = open()) {
            proxy.reset();
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Sessions.query(connection, "SELECT 1"))
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08006"));
        }
    }

    @Test
    void afterAFinishTheServersSessionEndsToo() throws Exception {
        try (Connection connection = open()) {
            ProcessHandle backend = ProcessHandle.of(Sessions.pid(connection)).orElseThrow();
            proxy.finish();
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Sessions.query(connection, "SELECT 1"))
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08006"));
            assertThat(Waiting.until(Duration.ofSeconds(10), () -> Processes.isGone(backend)))
                    .isTrue();
        }
    }

    @Test
    void aBlackholeIsFeltOnlyByATimeout() throws Exception {
        try (Connection connection = open()) {
            ProcessHandle backend = ProcessHandle.of(Sessions.pid(connection)).orElseThrow();
            connection.setNetworkTimeout(Runnable::run, 100);
            proxy.blackhole();
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Sessions.query(connection, "SELECT 1"))
                    .withRootCauseInstanceOf(SocketTimeoutException.class);
            assertThat(Processes.isGone(backend)).isFalse();
            proxy.heal();
            try (Connection next = open()) {
                assertThat(Sessions.answers(next)).isTrue();
            }
        }
    }

    private Connection open() throws SQLException {
        return Sessions.open(database, database.jdbcUrl(proxy));
    }
}
