package io.github.lifebelt.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import io.github.lifebelt.spi.ProbeSocket.Liveness;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The socket against a plain one of the JDK. What drivers and servers make of it is tested with the dialects. */
@Tag("smoke")
class ProbeSocketTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int MORE_THAN_BUFFERS_HOLD = 16 * 1024 * 1024;

    private ServerSocket listener;
    private ProbeSocket socket;
    private Socket peer;

    @BeforeEach
    void connect() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        socket = ProbeSocket.open(System.nanoTime() + SOON.toNanos(), HostResolver.JDK);
        socket.connect(listener.getLocalSocketAddress());
        socket.noDeadline();
        peer = listener.accept();
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        peer.close();
        listener.close();
    }

    private void until(Liveness wanted) {
        await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(() -> socket.probe() == wanted);
    }

    private static <T> FutureTask<T> run(Callable<T> action) {
        FutureTask<T> task = new FutureTask<>(action);
        Thread thread = new Thread(task, "probe-socket-test");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private static Throwable failure(FutureTask<Throwable> task) throws Exception {
        return task.get(10, TimeUnit.SECONDS);
    }

    @Test
    void nothingToReadIsQuiet() {
        assertThat(socket.probe()).isEqualTo(Liveness.QUIET);
    }

    @Test
    void whatAProbeHasReadIsNotLost() throws IOException {
        peer.getOutputStream().write("first ".getBytes());
        until(Liveness.PENDING);
        peer.getOutputStream().write("second".getBytes());
        assertThat(new String(socket.getInputStream().readNBytes(12))).isEqualTo("first second");
        assertThat(socket.probe()).isEqualTo(Liveness.QUIET);
    }

    @Test
    void lastWordsAreReadBeforeTheEnd() throws IOException {
        peer.getOutputStream().write("farewell".getBytes());
        peer.close();
        until(Liveness.DEAD);
        assertThat(new String(socket.getInputStream().readAllBytes())).isEqualTo("farewell");
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aResetIsDeadAndReadsFailAsSocketsDo() throws IOException {
        peer.setSoLinger(true, 0);
        peer.close();
        until(Liveness.DEAD);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void aReaderMakesItBusy() throws Exception {
        FutureTask<Integer> reader = run(() -> socket.getInputStream().read());
        until(Liveness.BUSY);
        peer.getOutputStream().write(7);
        assertThat(reader.get(10, TimeUnit.SECONDS)).isEqualTo(7);
        assertThat(socket.probe()).isEqualTo(Liveness.QUIET);
    }

    @Test
    void aFullBufferIsPendingAndStaysWhole() throws Exception {
        byte[] much = new byte[MORE_THAN_BUFFERS_HOLD];
        new Random(1).nextBytes(much);
        FutureTask<Void> writer = run(() -> {
            peer.getOutputStream().write(much);
            peer.shutdownOutput();
            return null;
        });
        for (int i = 0; i < 1_000; i++) {
            assertThat(socket.probe()).isIn(Liveness.QUIET, Liveness.PENDING);
        }
        assertThat(Arrays.equals(socket.getInputStream().readAllBytes(), much)).isTrue();
        writer.get(10, TimeUnit.SECONDS);
        assertThat(socket.probe()).isEqualTo(Liveness.DEAD);
    }

    @Test
    void writesWaitForASlowReader() throws Exception {
        byte[] much = new byte[MORE_THAN_BUFFERS_HOLD];
        new Random(2).nextBytes(much);
        FutureTask<Void> writer = run(() -> {
            socket.getOutputStream().write(much);
            socket.shutdownOutput();
            return null;
        });
        assertThat(Arrays.equals(peer.getInputStream().readAllBytes(), much)).isTrue();
        writer.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aTimeoutIsATimeoutAndMayBeTriedAgain() throws IOException {
        socket.setSoTimeout(20);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        peer.getOutputStream().write(7);
        socket.setSoTimeout(10_000);
        assertThat(socket.getInputStream().read()).isEqualTo(7);
    }

    @Test
    void aMissedDeadlineIsNoTimeout() {
        socket.deadline(System.nanoTime() + 20_000_000);
        Throwable failure = catchThrowable(() -> socket.getInputStream().read());
        assertThat(failure).isInstanceOf(SocketException.class).hasMessageContaining("deadline");
        assertThat(socket.missedDeadline()).isTrue();
        socket.deadline(System.nanoTime() + SOON.toNanos());
        assertThat(socket.missedDeadline()).isFalse();
    }

    @Test
    void aDeadlineBoundsWritesToo() {
        socket.deadline(System.nanoTime() + 100_000_000);
        Throwable failure = catchThrowable(() -> socket.getOutputStream().write(new byte[MORE_THAN_BUFFERS_HOLD]));
        assertThat(failure).isInstanceOf(SocketException.class).hasMessageContaining("write");
        assertThat(socket.missedDeadline()).isTrue();
    }

    @Test
    void abortFreesAReader() throws Exception {
        FutureTask<Throwable> reader =
                run(() -> catchThrowable(() -> socket.getInputStream().read()));
        until(Liveness.BUSY);
        socket.abort();
        assertThat(failure(reader)).isInstanceOf(SocketException.class);
        assertThat(socket.isClosed()).isTrue();
        assertThat(socket.probe()).isEqualTo(Liveness.DEAD);
    }

    @Test
    void abortFreesAWriter() throws Exception {
        FutureTask<Throwable> writer =
                run(() -> catchThrowable(() -> socket.getOutputStream().write(new byte[MORE_THAN_BUFFERS_HOLD])));
        // It has begun when something has come.
        assertThat(peer.getInputStream().read()).isZero();
        socket.abort();
        assertThat(failure(writer)).isInstanceOf(SocketException.class);
    }

    @Test
    void anInterruptNeitherEndsAReadNorIsLost() throws Exception {
        FutureTask<Boolean> reader = new FutureTask<>(() -> {
            assertThat(socket.getInputStream().read()).isEqualTo(7);
            return Thread.currentThread().isInterrupted();
        });
        Thread thread = new Thread(reader, "interrupted");
        thread.start();
        until(Liveness.BUSY);
        thread.interrupt();
        peer.getOutputStream().write(7);
        assertThat(reader.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(socket.isClosed()).isFalse();
    }

    @Test
    void afterStopReadingReadsFindTheEnd() throws IOException {
        socket.stopReading();
        InputStream in = socket.getInputStream();
        assertThat(in.read()).isEqualTo(-1);
        assertThatThrownBy(() -> {
                    if (in.readNBytes(1).length == 0) {
                        throw new EOFException();
                    }
                })
                .isInstanceOf(EOFException.class);
    }

    @Test
    void optionsAreTheChannels() throws IOException {
        assertThat(socket.getKeepAlive()).isTrue();
        socket.setTcpNoDelay(true);
        assertThat(socket.getTcpNoDelay()).isTrue();
        socket.setSoLinger(true, 3);
        assertThat(socket.getSoLinger()).isEqualTo(3);
        socket.setReceiveBufferSize(32 * 1024);
        assertThat(socket.getReceiveBufferSize()).isPositive();
        assertThat(socket.getPort()).isEqualTo(listener.getLocalPort());
        assertThat(socket.getLocalPort()).isEqualTo(peer.getPort());
        assertThat(socket.isConnected()).isTrue();
        assertThat(socket.getChannel()).isNull();
        assertThatThrownBy(() -> socket.setSoTimeout(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void connectingFailsAsSocketsDo() throws IOException {
        int free = listener.getLocalPort();
        listener.close();
        try (ProbeSocket refused = ProbeSocket.open(System.nanoTime() + SOON.toNanos(), HostResolver.JDK)) {
            assertThatThrownBy(() -> refused.connect(new InetSocketAddress("127.0.0.1", free)))
                    .isInstanceOf(SocketException.class);
            assertThat(refused.isClosed()).isTrue();
        }
        try (ProbeSocket unknown = ProbeSocket.open(System.nanoTime() + SOON.toNanos(), HostResolver.JDK)) {
            assertThatThrownBy(() -> unknown.connect(InetSocketAddress.createUnresolved("nowhere.invalid", 1)))
                    .isInstanceOf(UnknownHostException.class);
            assertThatThrownBy(unknown::getInputStream).isInstanceOf(SocketException.class);
        }
    }
}
