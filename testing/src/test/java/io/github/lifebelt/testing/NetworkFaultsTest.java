package io.github.lifebelt.testing;

import static io.github.lifebelt.testing.ProxyTestServer.manyRows;
import static io.github.lifebelt.testing.ProxyTestServer.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What bare drivers and servers see of a bad network, through both kinds of proxy. */
@ParameterizedClass
@MethodSource("serversAndKindsOfProxy")
class NetworkFaultsTest {
    private static final int SILENCE_MILLIS = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int SLOW_BYTES = 2_000;

    @Parameter(0)
    private ProxyTestServer server;

    @Parameter(1)
    private boolean aiming;

    private FaultProxy proxy;

    static Stream<Arguments> serversAndKindsOfProxy() {
        return Arrays.stream(ProxyTestServer.values())
                .flatMap(server -> Stream.of(Arguments.of(server, false), Arguments.of(server, true)));
    }

    @BeforeEach
    void start() {
        proxy = aiming ? server.protocolProxy() : server.faultProxy();
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    @Test
    void allWorksWithoutAFault() throws Exception {
        try (Connection connection = open();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(manyRows(900))) {
            for (int i = 1; i <= 900; i++) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(i);
            }
            assertThat(rows.next()).isFalse();
            assertThat(proxy.bytesToServer()).isPositive();
            assertThat(proxy.bytesToClient()).isGreaterThan(90_000);
            assertThat(proxy.connections()).isEqualTo(1);
        }
        await().atMost(PATIENCE).until(() -> proxy.connections() == 0);
    }

    @Test
    void latencyWithJitterIsPaidTwiceAQuery() throws Exception {
        try (Connection connection = open()) {
            proxy.latency(Duration.ofMillis(5), Duration.ofMillis(20));
            long[] nanos = new long[20];
            for (int i = 0; i < nanos.length; i++) {
                nanos[i] = nanosOf(connection, "SELECT 1");
            }
            Arrays.sort(nanos);
            assertThat(nanos[0]).isGreaterThanOrEqualTo(10_000_000);
            // The sum of two random delays of 0 to 20 ms does not stay within 5 ms for 20 times.
            assertThat(nanos[nanos.length - 1] - nanos[0]).isGreaterThan(5_000_000);
        }
    }

    @Test
    void aResultTakesItsTimeOverASlowLine() throws Exception {
        try (Connection connection = open()) {
            proxy.bandwidth(200_000);
            long received = proxy.bytesToClient();
            long nanos = nanosOf(connection, manyRows(900));
            received = proxy.bytesToClient() - received;
            assertThat(received).isGreaterThan(90_000);
            assertThat(nanos).isGreaterThanOrEqualTo(received * 1_000_000_000 / 200_000);
            proxy.bandwidth(0);
            assertThat(number(connection, "SELECT 1")).isEqualTo(1);
        }
    }

    @Test
    void aLoginCanTakeLongerThanAnyOfItsReads() throws Exception {
        // What a driver receives on login, and what goes over the line for it; slow enough to be longer than a
        // time-out.
        boolean littleToReceive = server == ProxyTestServer.POSTGRESQL_PLAIN;
        Duration pause = Duration.ofMillis(littleToReceive ? 4 : 1);
        proxy.slowHandshake(pause);
        long start = System.nanoTime();
        try (Connection connection = server.open(proxy.port(), 1_000, "")) {
            long millis = (System.nanoTime() - start) / 1_000_000;
            long slow = Math.min(SLOW_BYTES, proxy.bytesToClient());
            assertThat(millis).isGreaterThanOrEqualTo(slow * pause.toMillis()).isGreaterThan(1_000);
            assertThat(number(connection, "SELECT 1")).isEqualTo(1);
        }
    }

    @Test
    void refusedConnections() throws Exception {
        try (Connection old = open()) {
            proxy.refuse();
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(this::open)
                    .satisfies(e -> assertThat(Throwables.getRootCause(e)).isInstanceOf(ConnectException.class));
            assertThat(number(old, "SELECT 1")).isEqualTo(1);
            proxy.heal();
            assertThatANewConnectionWorks();
        }
    }

    @Test
    void aListenerThatSaysNothing() throws Exception {
        proxy.acceptAndStaySilent();
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> server.open(proxy.port(), server.isPostgres() ? 1_000 : SILENCE_MILLIS, ""))
                .satisfies(e -> assertThat(Throwables.getRootCause(e)).isInstanceOf(SocketTimeoutException.class));
        proxy.heal();
        assertThatANewConnectionWorks();
    }

    @Test
    void aReset() throws Exception {
        try (Connection connection = open()) {
            long session = server.session(connection);
            proxy.reset();
            assertBroken(connection);
            await().atMost(PATIENCE).until(() -> !server.has(session));
        }
        assertThat(proxy.connections()).isZero();
        assertThatANewConnectionWorks();
    }

    @Test
    void anOrderlyEnd() throws Exception {
        try (Connection connection = open()) {
            long session = server.session(connection);
            proxy.finish();
            assertBroken(connection);
            await().atMost(PATIENCE).until(() -> !server.has(session));
        }
        await().atMost(PATIENCE).until(() -> proxy.connections() == 0);
        assertThatANewConnectionWorks();
    }

    @Test
    void aBlackhole() throws Exception {
        try (Connection connection = open();
                Connection quiet = open()) {
            long session = server.session(connection);
            proxy.blackhole();
            assertTimesOut(connection);
            assertThat(server.has(session)).isTrue();
            proxy.heal();
            assertThat(number(quiet, "SELECT 1")).isEqualTo(1);
            assertThatANewConnectionWorks();
        }
    }

    @Test
    void aHalfOpenConnection() throws Exception {
        try (Connection connection = open();
                Connection quiet = open()) {
            long session = server.session(connection);
            long quietSession = server.session(quiet);
            proxy.halfOpen();
            proxy.halfOpen();
            await().atMost(PATIENCE).until(() -> !server.has(session) && !server.has(quietSession));
            assertThat(proxy.connections()).isEqualTo(2);
            assertTimesOut(connection);
            proxy.heal();
            assertTimesOut(quiet);
            assertThatANewConnectionWorks();
        }
        await().atMost(PATIENCE).until(() -> proxy.connections() == 0);
    }

    private Connection open() throws SQLException {
        return server.open(proxy.port());
    }

    private void assertThatANewConnectionWorks() throws SQLException {
        try (Connection connection = open()) {
            assertThat(number(connection, "SELECT 1")).isEqualTo(1);
        }
    }

    private void assertBroken(Connection connection) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> number(connection, "SELECT 1"))
                .satisfies(e -> {
                    assertThat(e.getSQLState()).isIn(server.brokenStates());
                    assertThat(Throwables.getRootCause(e)).isNotInstanceOf(SocketTimeoutException.class);
                });
    }

    private void assertTimesOut(Connection connection) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, SILENCE_MILLIS);
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> number(connection, "SELECT 1"))
                .satisfies(e -> assertThat(Throwables.getRootCause(e)).isInstanceOf(SocketTimeoutException.class));
    }

    private static long nanosOf(Connection connection, String sql) throws SQLException {
        long start = System.nanoTime();
        number(connection, sql);
        return System.nanoTime() - start;
    }
}
