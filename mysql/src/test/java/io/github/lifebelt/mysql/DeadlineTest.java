package io.github.lifebelt.mysql;

import static io.github.lifebelt.mysql.Connects.since;
import static io.github.lifebelt.mysql.Servers.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.mysql.Connects.Connected;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.Stalls;
import io.github.lifebelt.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Connecting and asking end by the deadline, whatever the other side does not do. */
@ParameterizedClass(name = "tls={0}")
@ValueSource(booleans = {false, true})
class DeadlineTest {

    private static final Duration DEADLINE = Duration.ofMillis(500);
    private static final Duration LATEST = DEADLINE.plusMillis(250);
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int FAILURES = 100;
    // What drivers and test tools start for themselves, once.
    private static final int FEW = 5;
    // More than the buffers on the way take, and less than a packet of either server.
    private static final int MUCH = 15 * 1024 * 1024;

    @Parameter
    boolean tls;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Stalls stalls = new Stalls();

    /** Loading driver and TLS for the first time takes longer than what is measured here. */
    @BeforeEach
    void warmUp() throws SQLException {
        Connects.open(server()).close();
    }

    @AfterEach
    void healTheServer() {
        Servers.heal(server());
        threads.shutdownNow();
        stalls.close();
    }

    private TestDatabase server() {
        return Servers.get(tls);
    }

    private static SQLException fails(ConnectRequest request) {
        return catchThrowableOfType(SQLException.class, () -> {
            try (Connection unexpected = Connects.dialect().connect(request)) {
                throw new AssertionError("connected: " + unexpected);
            }
        });
    }

    private void endsInTime(String url) {
        ConnectRequest request = Connects.request(url, DEADLINE);
        long begin = System.nanoTime();
        SQLException failure = fails(request);
        Duration took = since(begin);
        assertThat((Throwable) failure).isNotNull();
        assertThat(took).isBetween(DEADLINE.minusMillis(10), stalls.allowFor(LATEST));
        assertThat(Connects.whileConnecting(failure)).isEqualTo(Verdict.DATABASE_DOWN);
        assertThat(Connects.dialect().connectProblem(failure)).isEqualTo(ConnectProblem.TIMED_OUT);
    }

    @Test
    @Tag("smoke")
    void connectingToAFrozenServerEndsInTime() {
        server().faults().freeze();
        endsInTime(server().url());
    }

    @Test
    void connectingIntoABlackHoleEndsInTime() {
        try (FaultProxy proxy = server().proxy()) {
            proxy.blackhole();
            endsInTime(server().url(proxy));
        }
    }

    @Test
    void connectingToAListenerThatNeverAnswersEndsInTime() {
        try (FaultProxy proxy = server().proxy()) {
            proxy.acceptAndStaySilent();
            endsInTime(server().url(proxy));
        }
    }

    /** Each packet comes in time, and all of them do not. */
    @Test
    void aSlowHandshakeEndsInTime() {
        try (FaultProxy proxy = server().proxy()) {
            proxy.slowHandshake(Duration.ofMillis(200));
            endsInTime(server().url(proxy));
        }
    }

    /** Nor does a second host get a deadline of its own. */
    @Test
    void allAttemptsOfOneConnectShareTheDeadline() {
        try (FaultProxy proxy = server().proxy()) {
            proxy.acceptAndStaySilent();
            String address = "localhost:" + proxy.port();
            endsInTime(server().url(proxy).replace(address, address + "," + address + "," + address));
        }
    }

    /** A limit of the driver's own is not needed, and one that is longer changes nothing. */
    @Test
    void theDriversOwnTimeoutsDoNotProlongIt() {
        try (FaultProxy proxy = server().proxy()) {
            proxy.acceptAndStaySilent();
            endsInTime(server().url(proxy) + "&connectTimeout=5000&socketTimeout=60000");
        }
    }

    @Test
    @Tag("smoke")
    void abortFreesAConnectingThreadAtOnce() throws Exception {
        try (FaultProxy proxy = server().proxy()) {
            proxy.acceptAndStaySilent();
            ConnectRequest request = Connects.request(server().url(proxy), Duration.ofSeconds(60));
            Future<SQLException> connecting = threads.submit(() -> fails(request));
            await().atMost(SOON).until(() -> proxy.connections() == 1);
            long begin = System.nanoTime();
            request.abort();
            assertThat((Throwable) connecting.get(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(since(begin)).isLessThan(stalls.allowFor(Duration.ofMillis(250)));
            assertThat((Throwable) fails(request)).as("nor does it begin again").isNotNull();
        }
    }

    @Test
    void abortAtAnyMomentLeavesNobodyBehind() throws Exception {
        for (int micros = 0; micros < 20_000; micros += 500) {
            ConnectRequest request = Connects.request(server().url(), Duration.ofSeconds(60));
            Future<?> connecting = threads.submit(() -> {
                try (Connection made = Connects.dialect().connect(request)) {
                    return made;
                } catch (SQLException e) {
                    return e;
                }
            });
            long abortAt = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros);
            while (System.nanoTime() < abortAt) {
                Thread.onSpinWait();
            }
            request.abort();
            try {
                connecting.get(10, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new AssertionError("aborted after " + micros + " us", e.getCause());
            }
        }
    }

    @Test
    @Tag("smoke")
    void aQueryOnAFrozenServerEndsOnceAtTheDeadline() throws SQLException {
        try (Connected connected = Connects.open(server())) {
            server().faults().freeze();
            connected.socket().deadline(System.nanoTime() + DEADLINE.toNanos());
            long begin = System.nanoTime();
            SQLException failure = catchThrowableOfType(SQLException.class, () -> query(connected.jdbc(), "select 1"));
            assertThat(since(begin)).isBetween(DEADLINE.minusMillis(10), stalls.allowFor(LATEST));
            assertThat(connected.socket().missedDeadline()).isTrue();
            assertThat(failure.getSQLState()).isEqualTo("08S01");
            assertThat(Connects.inUse(failure)).isEqualTo(Verdict.SUSPECT_ALL);
            assertThat(connected.jdbc().isClosed()).isTrue();
        }
    }

    @Test
    void aPingOfAFrozenServerEndsAtTheDeadline() throws SQLException {
        try (Connected connected = Connects.open(server())) {
            server().faults().freeze();
            connected.socket().deadline(System.nanoTime() + DEADLINE.toNanos());
            long begin = System.nanoTime();
            SQLException failure = catchThrowableOfType(
                    SQLException.class, () -> Connects.dialect().ping(connected.jdbc()));
            assertThat(since(begin)).isBetween(DEADLINE.minusMillis(10), stalls.allowFor(LATEST));
            assertThat(Connects.inUse(failure)).isEqualTo(Verdict.SUSPECT_ALL);
        }
    }

    @Test
    void aWriteThatNobodyTakesEndsAtTheDeadline() throws SQLException {
        String statement = "select length('" + "x".repeat(MUCH) + "')";
        try (Connected connected = Connects.open(server())) {
            server().faults().freeze();
            connected.socket().deadline(System.nanoTime() + DEADLINE.toNanos());
            long begin = System.nanoTime();
            SQLException failure = catchThrowableOfType(SQLException.class, () -> query(connected.jdbc(), statement));
            // Encoding the statement comes first, and takes its time.
            assertThat(since(begin)).isLessThan(stalls.allowFor(LATEST.plusSeconds(1)));
            assertThat(connected.socket().missedDeadline()).isTrue();
            assertThat(Connects.inUse(failure)).isEqualTo(Verdict.SUSPECT_ALL);
        }
    }

    @Test
    void aDeadlineThatWasTakenAwayDoesNotCount() throws SQLException {
        try (Connected connected = Connects.open(server())) {
            connected.socket().deadline(System.nanoTime());
            connected.socket().noDeadline();
            assertThat(query(connected.jdbc(), "select 1")).isEqualTo("1");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void failedConnectsLeaveNeitherFilesNorThreads() {
        try (FaultProxy proxy = server().proxy()) {
            proxy.acceptAndStaySilent();
            String silent = server().url(proxy);
            String wrong = server().url().replace(":lifebelt", ":wrong");
            // Classes and selectors of the first time stay.
            fails(Connects.request(silent, Duration.ofMillis(5)));
            fails(Connects.request(wrong, SOON));
            await().atMost(SOON).until(() -> proxy.connections() == 0);
            long files = files();
            int running = Thread.activeCount();
            for (int i = 0; i < FAILURES / 2; i++) {
                assertThat((Throwable) fails(Connects.request(silent, Duration.ofMillis(5))))
                        .isNotNull();
                assertThat((Throwable) fails(Connects.request(wrong, SOON))).isNotNull();
            }
            await().atMost(SOON).until(() -> proxy.connections() == 0);
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(files()).isLessThan(files + FEW);
                assertThat(Thread.activeCount()).isLessThan(running + FEW);
            });
        }
    }

    private static long files() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
