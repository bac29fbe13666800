package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How good the network is: latency, bandwidth, slow handshakes. */
class NetworkConditionsTest extends ProxiedEchoTest {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkConditionsTest.class);

    @ParameterizedTest
    @ValueSource(longs = {250_000, 2_000_000})
    void aRoundTripTakesTwiceTheLatencyAndLittleMore(long oneWayNanos) throws Exception {
        try (Socket socket = connect()) {
            long without = medianRoundTripNanos(socket, 300);
            proxy.latency(Duration.ofNanos(oneWayNanos));
            long[] with = roundTripsNanos(socket, 300);
            long median = with[with.length / 2];
            LOG.info(
                    "round trip: {} us without, {} us with twice {} us (least {}, p95 {})",
                    without / 1_000,
                    median / 1_000,
                    oneWayNanos / 1_000,
                    with[0] / 1_000,
                    with[with.length * 95 / 100] / 1_000);
            // The least: what a busy machine adds is not the proxy's doing.
            assertThat(with[0]).isBetween(2 * oneWayNanos, 2 * oneWayNanos + 1_000_000);
        }
    }

    @Test
    void latencyDoesNotLimitThroughput() throws Exception {
        proxy.latency(Duration.ofMillis(50));
        byte[] sent = new byte[8_000_000];
        new Random(1).nextBytes(sent);
        try (Socket socket = connect()) {
            long start = System.nanoTime();
            CompletableFuture<Void> writing = writeInBackground(socket, sent);
            byte[] received = socket.getInputStream().readNBytes(sent.length);
            long millis = (System.nanoTime() - start) / 1_000_000;
            assertThat(Arrays.equals(received, sent)).isTrue();
            writing.get(10, TimeUnit.SECONDS);
            // One after another its 123 pieces and more would take 2 x 50 ms each.
            assertThat(millis).isBetween(100L, 3_000L);
        }
    }

    @Test
    void orderIsKeptWhenLatencyFalls() throws Exception {
        try (Socket socket = connect()) {
            proxy.latency(Duration.ofMillis(100));
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            socket.getOutputStream().write(2);
            await().pollInterval(Duration.ofMillis(1)).until(() -> proxy.bytesToServer() == 2);
            proxy.latency(Duration.ZERO);
            socket.getOutputStream().write(3);
            assertThat(socket.getInputStream().readNBytes(2)).containsExactly(2, 3);
        }
    }

    @Test
    void jitterVariesTheDelayAndKeepsTheOrder() throws Exception {
        try (Socket socket = connect()) {
            proxy.latency(Duration.ofMillis(1), Duration.ofMillis(10));
            long[] nanos = roundTripsNanos(socket, 100);
            assertThat(nanos[0]).isGreaterThanOrEqualTo(2_000_000);
            assertThat(nanos[99] - nanos[0]).isGreaterThan(5_000_000);
            byte[] sent = new byte[1_000_000];
            new Random(3).nextBytes(sent);
            CompletableFuture<Void> writing = writeInBackground(socket, sent);
            byte[] received = socket.getInputStream().readNBytes(sent.length);
            assertThat(Arrays.equals(received, sent)).isTrue();
            writing.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void bandwidthLimitsEachDirectionOfEachConnectionUntilItIsLifted() throws Exception {
        try (Socket socket = connect();
                Socket other = connect()) {
            assertThat(roundTrip(other, 1)).isEqualTo(1);
            proxy.bandwidth(100_000);
            byte[] sent = new byte[50_000];
            new Random(5).nextBytes(sent);
            long start = System.nanoTime();
            CompletableFuture<Void> writing = writeInBackground(socket, sent);
            CompletableFuture<Void> otherWriting = writeInBackground(other, sent);
            assertThat(Arrays.equals(socket.getInputStream().readNBytes(sent.length), sent))
                    .isTrue();
            assertThat(Arrays.equals(other.getInputStream().readNBytes(sent.length), sent))
                    .isTrue();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(500_000_000);
            writing.get(10, TimeUnit.SECONDS);
            otherWriting.get(10, TimeUnit.SECONDS);
            proxy.bandwidth(1);
            long before = proxy.bytesToServer();
            byte[] hours = new byte[10_000];
            new Random(6).nextBytes(hours);
            socket.getOutputStream().write(hours);
            await().until(() -> proxy.bytesToServer() > before);
            assertThat(proxy.bytesToServer()).isLessThan(before + hours.length);
            proxy.bandwidth(0);
            assertThat(socket.getInputStream().readNBytes(hours.length)).isEqualTo(hours);
        }
    }

    @Test
    void aSenderIsHeldBackByASlowLine() throws Exception {
        try (Socket socket = connect()) {
            proxy.bandwidth(100_000);
            CompletableFuture<Void> writing = writeInBackground(socket, new byte[64_000_000]);
            await().during(Duration.ofMillis(SILENCE_MILLIS)).until(() -> !writing.isDone());
            proxy.reset();
            await().until(writing::isDone);
        }
    }

    @Test
    void aSlowHandshakeBringsTheFirstBytesOneAtATime() throws Exception {
        try (Socket old = connect()) {
            assertThat(roundTrip(old, 1)).isEqualTo(1);
            proxy.slowHandshake(Duration.ofMillis(1));
            assertThat(roundTrip(old, 1)).isEqualTo(1);
            try (Socket socket = connect()) {
                byte[] sent = new byte[10_000];
                new Random(9).nextBytes(sent);
                long start = System.nanoTime();
                socket.getOutputStream().write(sent);
                byte[] first = new byte[2_000];
                assertThat(socket.getInputStream().read(first)).isLessThan(first.length);
                assertThat(socket.getInputStream().readNBytes(sent.length - first.length).length)
                        .isPositive();
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2_000_000_000);
            }
        }
    }

    @Test
    void healEndsLatencyBandwidthAndSlowHandshakes() throws Exception {
        proxy.slowHandshake(Duration.ofSeconds(3_600));
        try (Socket socket = connect()) {
            socket.getOutputStream().write(1);
            await().until(() -> proxy.bytesToServer() == 1);
            proxy.latency(Duration.ofSeconds(3_600), Duration.ofSeconds(3_600)).bandwidth(1);
            proxy.heal();
            assertThat(socket.getInputStream().read()).isEqualTo(1);
            socket.getOutputStream().write(new byte[10_000]);
            assertThat(socket.getInputStream().readNBytes(10_000)).hasSize(10_000);
        }
        try (Socket next = connect()) {
            assertThat(roundTrip(next, 2)).isEqualTo(2);
        }
    }

    @Test
    void negativeNumbersAreRefused() {
        Duration negative = Duration.ofNanos(-1);
        assertThatIllegalArgumentException().isThrownBy(() -> proxy.latency(negative));
        assertThatIllegalArgumentException().isThrownBy(() -> proxy.latency(Duration.ZERO, negative));
        assertThatIllegalArgumentException().isThrownBy(() -> proxy.slowHandshake(negative));
        assertThatIllegalArgumentException().isThrownBy(() -> proxy.bandwidth(-1));
    }

    private static long medianRoundTripNanos(Socket socket, int times) throws IOException {
        return roundTripsNanos(socket, times)[times / 2];
    }

    private static long[] roundTripsNanos(Socket socket, int times) throws IOException {
        long[] nanos = new long[times];
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            roundTrip(socket, 1);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos;
    }
}
