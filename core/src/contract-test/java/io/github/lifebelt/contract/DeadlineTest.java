package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Connects.fails;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Connecting and asking end by the deadline, whatever the other side does not do. */
class DeadlineTest extends ConnectDeadlines {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int FAILURES = 100;
    // What drivers and test tools start for themselves, once.
    private static final int FEW = 5;
    // More than the buffers on the way take, and less than a packet of either server.
    private static final int MUCH = 15 * 1024 * 1024;

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

    /** Nor does a second host get a deadline of its own, nor a fall-back from one mode of TLS to the other. */
    @Test
    void allAttemptsOfOneConnectShareTheDeadline() {
        try (FaultProxy proxy = server().proxy()) {
            proxy.acceptAndStaySilent();
            String address = "localhost:" + proxy.port();
            String url = server().url(proxy).replace(address, address + "," + address + "," + address);
            endsInTime(url);
            endsInTime(
                    DatabaseUrl.parse(url).toBuilder().sslMode(SslMode.PREFER).build());
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
            assertThat(since(begin)).isLessThan(atMost(Duration.ofMillis(250)));
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
            assertThat(since(begin)).isBetween(DEADLINE.minusMillis(10), atMost(LATEST));
            assertThat(connected.socket().missedDeadline()).isTrue();
            assertThat(failure.getSQLState()).isEqualTo(Sql.BROKEN_LINE_STATE);
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
            assertThat(since(begin)).isBetween(DEADLINE.minusMillis(10), atMost(LATEST));
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
            assertThat(since(begin)).isLessThan(atMost(LATEST.plusSeconds(1)));
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
