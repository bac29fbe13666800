package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class FaultProxyTest extends ProxiedEchoTest {
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
    void aQuietFlowIsForgottenAndNobodyIsTold() throws Exception {
        Duration idle = Duration.ofSeconds(1);
        proxy.forgetIdleAfter(idle);
        try (Socket busy = connect();
                Socket quiet = connect()) {
            assertThat(roundTrip(busy, 0)).isZero();
            assertThat(roundTrip(quiet, 1)).isEqualTo(1);
            Socket serversSide = server.lastClient();
            long end = System.nanoTime() + idle.plusMillis(500).toNanos();
            while (System.nanoTime() < end) {
                assertThat(roundTrip(busy, 2)).isEqualTo(2);
                Thread.sleep(20);
            }
            long toServer = proxy.bytesToServer();
            quiet.getOutputStream().write(3);
            assertThatNothingComes(quiet);
            assertThat(proxy.bytesToServer()).isEqualTo(toServer);
            assertThat(serversSide.isClosed()).isFalse();
            assertThat(proxy.connections()).isEqualTo(2);
            try (Socket next = connect()) {
                assertThat(roundTrip(next, 4)).isEqualTo(4);
            }
            proxy.heal();
            quiet.getOutputStream().write(5);
            assertThatNothingComes(quiet);
            assertThat(roundTrip(busy, 6)).isEqualTo(6);
        }
    }

    @Test
    void aForgottenFlowLetsNoEndThrough() throws Exception {
        try (Socket socket = connect()) {
            assertThat(roundTrip(socket, 1)).isEqualTo(1);
            proxy.forgetIdleAfter(Duration.ofMillis(50));
            Thread.sleep(100);
            server.lastClient().close();
            assertThatNothingComes(socket);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proxy.forgetIdleAfter(Duration.ofMillis(-1)))
                .withMessageContaining("idle time");
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

    @RepeatedTest(20)
    void onReturnOfFinishTheClientHasBeenTold() throws Exception {
        try (SocketChannel client = arrived()) {
            proxy.finish();
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @RepeatedTest(20)
    void onReturnOfResetTheClientHasBeenTold() throws Exception {
        try (SocketChannel client = arrived()) {
            proxy.reset();
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> client.read(ByteBuffer.allocate(1)))
                    .withMessageContaining("reset");
        }
    }

    /** Through to the server, and reading without waiting. */
    private SocketChannel arrived() throws IOException {
        SocketChannel client = SocketChannel.open(proxy.address());
        client.socket().getOutputStream().write(1);
        assertThat(client.socket().getInputStream().read()).isEqualTo(1);
        client.configureBlocking(false);
        return client;
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
            try (Socket fresh = connectAndArrive()) {
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
        try (Socket socket = connectAndArrive()) {
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
            try (Socket fresh = connectAndArrive()) {
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

    /** A client is connected before the proxy has it, which would meet what the test does next instead. */
    private Socket connectAndArrive() throws IOException {
        long before = proxy.accepted();
        Socket socket = connect();
        await().until(() -> proxy.accepted() > before);
        return socket;
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
