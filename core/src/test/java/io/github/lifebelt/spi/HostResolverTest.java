package io.github.lifebelt.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How sockets find their way by name. */
@Tag("smoke")
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere the loopback has only one address of IPv4")
class HostResolverTest {

    private static final String NAME = "db.lifebelt.test";
    private static final Duration SOON = Duration.ofSeconds(20);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private InetAddress one;
    private InetAddress two;
    private ServerSocket listener;

    @BeforeEach
    void listenAtTwo() throws IOException {
        one = InetAddress.getByName("127.0.0.2");
        two = InetAddress.getByName("127.0.0.3");
        listener = keep(new ServerSocket(0, 50, two));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    private <T extends AutoCloseable> T keep(T closeable) {
        open.add(closeable);
        return closeable;
    }

    private ProbeSocket socket(Duration within, HostResolver resolver) throws IOException {
        return keep(ProbeSocket.open(System.nanoTime() + within.toNanos(), host -> {
            asked.incrementAndGet();
            return resolver.resolve(host);
        }));
    }

    private InetSocketAddress byName() {
        return InetSocketAddress.createUnresolved(NAME, listener.getLocalPort());
    }

    /** Makes an address on the listener's port that drops what comes, as a firewall does: its queue is full. */
    private void swallowAt(InetAddress address) throws IOException {
        keep(new ServerSocket(listener.getLocalPort(), 1, address));
        for (int i = 0; i < 10; i++) {
            try {
                keep(new Socket()).connect(new InetSocketAddress(address, listener.getLocalPort()), 300);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
        throw new AssertionError("the queue of a listener is never full here");
    }

    @Test
    void theNextAddressIsTriedWhenOneRefuses() throws IOException {
        ProbeSocket socket = socket(SOON, host -> List.of(one, two));
        socket.connect(byName(), 10_000);
        assertThat(socket.getInetAddress()).isEqualTo(two);
        assertThat(asked).hasValue(1);
        keep(listener.accept()).getOutputStream().write(42);
        assertThat(socket.getInputStream().read()).isEqualTo(42);
        assertThat(socket.probe()).isEqualTo(ProbeSocket.Liveness.QUIET);
    }

    @Test
    void theNextAddressIsTriedWhenOneSwallows() throws IOException {
        swallowAt(one);
        ProbeSocket socket = socket(Duration.ofSeconds(2), host -> List.of(one, two));
        socket.connect(byName());
        assertThat(socket.getInetAddress()).isEqualTo(two);
        assertThat(socket.missedDeadline()).isFalse();
    }

    @Test
    void aTimeoutIsSharedToo() throws IOException {
        swallowAt(one);
        ProbeSocket socket = socket(SOON, host -> List.of(one, two));
        socket.noDeadline();
        socket.connect(byName(), 4000);
        assertThat(socket.getInetAddress()).isEqualTo(two);
    }

    @Test
    void whatWasSetBeforeHoldsForTheNextAddress() throws IOException {
        ProbeSocket socket = socket(SOON, host -> List.of(one, two));
        InetAddress local = InetAddress.getByName("127.0.0.9");
        socket.bind(new InetSocketAddress(local, 0));
        socket.setTcpNoDelay(true);
        socket.setSoLinger(true, 3);
        socket.connect(byName());
        assertThat(socket.getTcpNoDelay()).isTrue();
        assertThat(socket.getSoLinger()).isEqualTo(3);
        assertThat(socket.getKeepAlive()).isTrue();
        assertThat(socket.getLocalAddress()).isEqualTo(local);
    }

    @Test
    void theLastFailureHasTheOthersWithIt() throws IOException {
        listener.close();
        ProbeSocket socket = socket(SOON, host -> List.of(one, two));
        Throwable failure = catchThrowable(() -> socket.connect(byName()));
        assertThat(failure).isInstanceOf(ConnectException.class);
        assertThat(failure.getSuppressed()).singleElement().isInstanceOf(ConnectException.class);
        assertThat(socket.isClosed()).isTrue();
    }

    @Test
    void theDeadlineHoldsForAllAddressesTogether() throws IOException {
        swallowAt(one);
        listener.close();
        swallowAt(two);
        ProbeSocket socket = socket(Duration.ofSeconds(4), host -> List.of(one, two));
        Throwable failure = catchThrowable(() -> socket.connect(byName(), 20_000));
        assertThat(failure).isInstanceOf(SocketException.class).hasMessageContaining("deadline");
        assertThat(failure.getSuppressed()).singleElement().isInstanceOf(SocketTimeoutException.class);
        assertThat(socket.missedDeadline()).isTrue();
    }

    @Test
    void anAbortEndsTheSearch() throws Exception {
        swallowAt(one);
        CountDownLatch searching = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ProbeSocket slowToConnect = socket(SOON, host -> List.of(one, one, one));
        FutureTask<Throwable> connecting = run(() -> slowToConnect.connect(byName()));
        await().until(() -> asked.get() == 1);
        slowToConnect.abort();
        assertThat(connecting.get(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);

        ProbeSocket slowToResolve = socket(SOON, host -> {
            searching.countDown();
            awaitQuietly(release);
            return List.of(two);
        });
        FutureTask<Throwable> resolving = run(() -> slowToResolve.connect(byName()));
        assertThat(searching.await(10, TimeUnit.SECONDS)).isTrue();
        slowToResolve.abort();
        release.countDown();
        assertThat(resolving.get(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThat(slowToResolve.isConnected()).isFalse();
    }

    private interface Connect {
        void run() throws IOException;
    }

    private static FutureTask<Throwable> run(Connect connect) {
        FutureTask<Throwable> task = new FutureTask<>(() -> catchThrowable(connect::run));
        Thread thread = new Thread(task, "host-resolver-test");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.3", "::ffff:127.0.0.3", "[::ffff:127.0.0.3]"})
    void addressesAreNotAskedFor(String literal) throws IOException {
        ProbeSocket unresolved = socket(SOON, host -> List.of(one));
        unresolved.connect(InetSocketAddress.createUnresolved(literal, listener.getLocalPort()));
        assertThat(unresolved.getInetAddress()).isEqualTo(two);
        ProbeSocket resolved = socket(SOON, host -> List.of(one));
        resolved.connect(new InetSocketAddress(literal, listener.getLocalPort()));
        assertThat(resolved.getInetAddress()).isEqualTo(two);
        assertThat(asked).hasValue(0);
    }

    @Test
    void whatTheJdkHasResolvedIsAskedForAgainByName() throws IOException {
        InetAddress jdks = InetAddress.getByAddress(NAME, one.getAddress());
        ProbeSocket socket = socket(SOON, host -> {
            assertThat(host).isEqualTo(NAME);
            return List.of(two);
        });
        socket.connect(new InetSocketAddress(jdks, listener.getLocalPort()));
        assertThat(socket.getInetAddress()).isEqualTo(two);
    }

    @Test
    void theJdkIsAskedOnlyForWhatIsUnresolved() throws IOException {
        // An address with a name that the JDK does not know is taken as it is.
        ProbeSocket resolved = keep(ProbeSocket.open(System.nanoTime() + SOON.toNanos(), HostResolver.JDK));
        resolved.connect(new InetSocketAddress(
                InetAddress.getByAddress("nowhere.invalid", two.getAddress()), listener.getLocalPort()));
        assertThat(resolved.isConnected()).isTrue();
        ServerSocket local = keep(new ServerSocket(0, 1, InetAddress.getByName("localhost")));
        ProbeSocket unresolved = keep(ProbeSocket.open(System.nanoTime() + SOON.toNanos(), HostResolver.JDK));
        unresolved.connect(InetSocketAddress.createUnresolved("localhost", local.getLocalPort()));
        assertThat(unresolved.isConnected()).isTrue();
    }

    @Test
    void noAddressIsAnUnknownHostHoweverItIsSaid() throws IOException {
        RuntimeException unchecked = new IllegalStateException("registry is down");
        UnknownHostException checked = new UnknownHostException(NAME);
        assertUnknown(host -> List.of(), null);
        assertUnknown(
                host -> {
                    throw checked;
                },
                checked);
        assertUnknown(
                host -> {
                    throw unchecked;
                },
                unchecked);
        assertThatThrownBy(() -> HostResolver.addresses(HostResolver.JDK, "nowhere.invalid"))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("'nowhere.invalid'")
                .hasMessageContaining("DNS");
    }

    private void assertUnknown(HostResolver resolver, Throwable cause) throws IOException {
        ProbeSocket socket = socket(SOON, resolver);
        assertThatThrownBy(() -> socket.connect(byName()))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("'" + NAME + "'")
                .hasMessageContaining("PoolBuilder.resolver")
                .hasCause(cause);
        assertThat(socket.isClosed()).isTrue();
    }
}
