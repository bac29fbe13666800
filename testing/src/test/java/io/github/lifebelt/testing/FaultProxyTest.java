package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class FaultProxyTest {
    private static final Logger LOG = LoggerFactory.getLogger(FaultProxyTest.class);
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int SILENCE_MILLIS = 150;

    private EchoServer server;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new EchoServer();
        proxy = FaultProxy.to("127.0.0.1", server.port());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void bytesPassUnchangedAndAreCounted() throws Exception {
        byte[] sent = new byte[3_000_000];
        new Random(42).nextBytes(sent);
        try (Socket socket = connect()) {
            CompletableFuture<Void> writing = writeInBackground(socket, sent);
            byte[] received = socket.getInputStream().readNBytes(sent.length);
            assertThat(Arrays.equals(received, sent)).isTrue();
            assertThat(proxy.bytesToClient()).isEqualTo(sent.length);
            assertThat(proxy.bytesToServer()).isEqualTo(sent.length);
            writing.get(10, TimeUnit.SECONDS);
            assertThat(proxy.connections()).isEqualTo(1);
        }
        await().until(() -> proxy.connections() == 0);
    }

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
            assertThat(with[0]).isGreaterThanOrEqualTo(2 * oneWayNanos);
            assertThat(median).isLessThan(2 * oneWayNanos + 1_000_000);
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
            socket.getOutputStream().write(new byte[] {1, 2});
            await().pollInterval(Duration.ofMillis(1)).until(() -> proxy.bytesToServer() == 100_002);
            proxy.bandwidth(0);
            assertThat(socket.getInputStream().readNBytes(2)).containsExactly(1, 2);
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
                byte[] first = new byte[100];
                assertThat(socket.getInputStream().read(first)).isLessThan(100);
                assertThat(socket.getInputStream().readNBytes(sent.length - 100).length)
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
    void halfOpenClosesTheServersSideAndTellsTheClientNothing() throws Exception {
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            proxy.halfOpen();
            proxy.halfOpen();
            await().until(() -> server.lastClient().isClosed());
            long toServer = proxy.bytesToServer();
            assertThatNothingComes(socket);
            socket.getOutputStream().write(new byte[100_000]);
            assertThatNothingComes(socket);
            proxy.heal();
            socket.getOutputStream().write(1);
            assertThatNothingComes(socket);
            assertThat(proxy.bytesToServer()).isEqualTo(toServer);
            assertThat(proxy.connections()).isEqualTo(1);
            try (Socket next = connect()) {
                assertThat(roundTrip(next, 2)).isEqualTo(2);
            }
        }
        await().until(() -> proxy.connections() == 0);
    }

    @Test
    void halfOpenFreesAServerWhoseClientDoesNotRead() throws Exception {
        try (Socket socket = connect()) {
            // More than all buffers on the way there and back.
            CompletableFuture<Void> writing = writeInBackground(socket, new byte[200_000_000]);
            await().during(Duration.ofMillis(SILENCE_MILLIS)).until(() -> !writing.isDone());
            proxy.halfOpen();
            await().until(() -> writing.isDone() && server.lastClient().isClosed());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void twoProxiesListenOnTheSamePortOfTwoAddresses() throws Exception {
        try (FaultProxy first = FaultProxy.to("127.0.0.1", server.port(), new InetSocketAddress("127.0.0.2", 0));
                FaultProxy second =
                        FaultProxy.to("127.0.0.1", server.port(), new InetSocketAddress("127.0.0.3", first.port()))) {
            assertThat(second.port()).isEqualTo(first.port());
            assertThat(first.address().getAddress().getHostAddress()).isEqualTo("127.0.0.2");
            first.refuse();
            assertThatExceptionOfType(ConnectException.class)
                    .isThrownBy(() -> new Socket("127.0.0.2", first.port()).close());
            try (Socket socket = new Socket("127.0.0.3", first.port())) {
                assertThat(roundTrip(socket, 1)).isEqualTo(1);
            }
            first.heal();
            try (Socket socket = new Socket("127.0.0.2", first.port())) {
                assertThat(roundTrip(socket, 1)).isEqualTo(1);
            }
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> FaultProxy.to("127.0.0.1", server.port(), second.address()))
                    .withMessageContaining("Cannot start a proxy")
                    .withMessageContaining("127.0.0.3");
        }
    }

    @Test
    void onlyLoopbackAddressesAreListenedOn() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FaultProxy.to("127.0.0.1", server.port(), new InetSocketAddress("192.0.2.1", 0)))
                .withMessageContaining("192.0.2.1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FaultProxy.to("127.0.0.1", server.port(), new InetSocketAddress(0)));
    }

    @Test
    void negativeNumbersAreRefused() {
        Duration negative = Duration.ofNanos(-1);
        assertThatIllegalArgumentException().isThrownBy(() -> proxy.latency(negative));
        assertThatIllegalArgumentException().isThrownBy(() -> proxy.latency(Duration.ZERO, negative));
        assertThatIllegalArgumentException().isThrownBy(() -> proxy.slowHandshake(negative));
        assertThatIllegalArgumentException().isThrownBy(() -> proxy.bandwidth(-1));
    }

    @Test
    void resetCutsBothSidesOffWithoutAnOrderlyEnd() throws Exception {
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 7)).isEqualTo(7);
            proxy.reset();
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> socket.getInputStream().read())
                    .withMessageContaining("reset");
            await().until(() -> server.lastClient().isClosed());
            assertThat(proxy.connections()).isZero();
        }
        try (Socket next = connect()) {
            assertThat(roundTrip(next, 8)).isEqualTo(8);
        }
    }

    @Test
    void finishEndsTheStreamAfterWhatIsUnderWay() throws Exception {
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            proxy.latency(Duration.ofMillis(50));
            socket.getOutputStream().write(2);
            await().pollInterval(Duration.ofMillis(1)).until(() -> proxy.bytesToServer() == 2);
            // The echo is on its way back, or about to be.
            proxy.latency(Duration.ZERO);
            socket.getOutputStream().write(3);
            await().pollInterval(Duration.ofMillis(1)).until(() -> proxy.bytesToClient() == 3);
            proxy.finish();
            assertThat(socket.getInputStream().readAllBytes()).containsExactly(2, 3);
            await().until(() -> server.lastClient().isClosed());
        }
        await().until(() -> proxy.connections() == 0);
    }

    @Test
    void whoSendsAfterFinishIsReset() throws Exception {
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            proxy.finish();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            await().untilAsserted(() -> assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> socket.getOutputStream().write(2)));
        }
    }

    @Test
    void aServersCloseReachesTheClientAndAClientsTheServer() throws Exception {
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            server.lastClient().close();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().until(() -> proxy.connections() == 0);
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(server.lastClient().isClosed()).isTrue();
        }
    }

    @Test
    void aServersResetReachesTheClient() throws Exception {
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            server.lastClient().setSoLinger(true, 0);
            server.lastClient().close();
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> socket.getInputStream().read())
                    .withMessageContaining("reset");
        }
    }

    @Test
    void aBlackholeSwallowsInBothDirectionsAndTellsNobody() throws Exception {
        try (Socket asking = connect();
                Socket quiet = connect()) {
            assertThat(roundTrip(asking, 1)).isEqualTo(1);
            assertThat(roundTrip(quiet, 1)).isEqualTo(1);
            Socket serversSide = server.lastClient();
            long toServer = proxy.bytesToServer();

            proxy.blackhole();

            asking.getOutputStream().write(new byte[100_000]);
            assertThatNothingComes(asking);
            try (Socket fresh = connect()) {
                fresh.getOutputStream().write(1);
                assertThatNothingComes(fresh);
                assertThat(server.connectionsAccepted()).isEqualTo(2);

                proxy.heal();

                fresh.getOutputStream().write(1);
                assertThatNothingComes(fresh);
            }
            asking.getOutputStream().write(1);
            assertThatNothingComes(asking);
            assertThat(proxy.bytesToServer()).isEqualTo(toServer);
            assertThat(roundTrip(quiet, 2)).isEqualTo(2);
            assertThat(serversSide.isClosed()).isFalse();
        }
        try (Socket next = connect()) {
            assertThat(roundTrip(next, 3)).isEqualTo(3);
        }
    }

    @Test
    void noClientHearsInABlackholeThatItsServerClosed() throws Exception {
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            proxy.blackhole();
            server.lastClient().close();
            assertThatNothingComes(socket);
            proxy.heal();
            assertThatNothingComes(socket);
        }
        await().until(() -> proxy.connections() == 0);
    }

    @Test
    void noServerHearsInABlackholeThatItsClientClosed() throws Exception {
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            proxy.blackhole();
        }
        await().during(Duration.ofMillis(SILENCE_MILLIS))
                .until(() -> !server.lastClient().isClosed() && proxy.connections() == 1);
        proxy.heal();
        proxy.reset();
        await().until(() -> server.lastClient().isClosed() && proxy.connections() == 0);
    }

    @Test
    void finishEndsASilentConnectionToo() throws Exception {
        proxy.acceptAndStaySilent();
        try (Socket socket = connect()) {
            socket.getOutputStream().write(1);
            assertThatNothingComes(socket);
            proxy.finish();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().until(() -> proxy.connections() == 0);
    }

    @Test
    void newConnectionsMeetSilenceWhileOldOnesGoOn() throws Exception {
        try (Socket old = connect()) {
            assertThat(roundTrip(old, 1)).isEqualTo(1);
            proxy.acceptAndStaySilent();
            try (Socket fresh = connect()) {
                fresh.getOutputStream().write(1);
                assertThatNothingComes(fresh);
                assertThat(roundTrip(old, 2)).isEqualTo(2);
                proxy.heal();
                assertThatNothingComes(fresh);
            }
            try (Socket next = connect()) {
                assertThat(roundTrip(next, 3)).isEqualTo(3);
            }
        }
        await().until(() -> proxy.connections() == 0);
    }

    @Test
    void refusedConnectionsAreTakenAgainOnTheSamePort() throws Exception {
        int port = proxy.port();
        try (Socket old = connect()) {
            assertThat(roundTrip(old, 1)).isEqualTo(1);
            for (int i = 0; i < 20; i++) {
                proxy.refuse();
                proxy.refuse();
                assertThatExceptionOfType(ConnectException.class).isThrownBy(this::connect);
                assertThat(roundTrip(old, 2)).isEqualTo(2);
                proxy.heal();
                proxy.heal();
                try (Socket next = connect()) {
                    assertThat(roundTrip(next, 3)).isEqualTo(3);
                }
            }
        }
        assertThat(proxy.port()).isEqualTo(port);
    }

    @Test
    void aServerThatIsGoneShowsAsAReset() throws Exception {
        server.close();
        try (Socket socket = connect()) {
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> socket.getInputStream().read())
                    .withMessageContaining("reset");
        }
    }

    @Test
    void closeEndsAllConnectionsThreadsAndThePort() throws Exception {
        proxy.latency(Duration.ofSeconds(60));
        try (Socket one = connect();
                Socket two = connect()) {
            one.getOutputStream().write(1);
            await().until(() -> proxy.connections() == 2 && server.connectionsAccepted() == 2);
            proxy.close();
            proxy.close();
            assertThat(proxy.connections()).isZero();
            assertThatExceptionOfType(ConnectException.class).isThrownBy(this::connect);
            assertThatTheOtherSideIsGone(one);
            assertThatTheOtherSideIsGone(two);
        }
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("lifebelt-proxy-" + proxy.port())));
        new ServerSocket(proxy.port(), 1, InetAddress.getByName("127.0.0.1")).close();
        assertThatIllegalStateException().isThrownBy(proxy::heal).withMessageContaining("closed");
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", proxy.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static int roundTrip(Socket socket, int value) throws IOException {
        socket.getOutputStream().write(value);
        return socket.getInputStream().read();
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

    private static CompletableFuture<Void> writeInBackground(Socket socket, byte[] bytes) {
        return CompletableFuture.runAsync(() -> {
            try {
                OutputStream out = socket.getOutputStream();
                out.write(bytes);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void assertThatNothingComes(Socket socket) throws IOException {
        socket.setSoTimeout(SILENCE_MILLIS);
        assertThatExceptionOfType(SocketTimeoutException.class)
                .isThrownBy(() -> socket.getInputStream().read());
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    private static void assertThatTheOtherSideIsGone(Socket socket) {
        int read;
        try {
            read = socket.getInputStream().read();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("still open", e);
        } catch (IOException e) {
            read = -1;
        }
        assertThat(read).isEqualTo(-1);
    }
}
