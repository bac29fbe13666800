package io.github.lifebelt.testing.internal.proxy;

import io.github.lifebelt.testing.internal.system.Ports;
import io.github.lifebelt.testing.internal.system.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of a fault proxy: the port, the connections, what new connections meet and how good the network is. What
 * each fault means is said where the public has it, in {@link io.github.lifebelt.testing.FaultProxy}.
 *
 * <p>Thread-safe.
 */
public final class Proxy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);
    private static final int BACKLOG = 1_000;
    private static final int PORTS_TO_TRY = 10;
    // Too many open files is the only reason known; they take a moment to become fewer.
    private static final long AFTER_FAILED_ACCEPT_NANOS = 10_000_000;
    private static final Duration CLOSE = Duration.ofSeconds(10);
    // Longer only if the network is slow, and what is under way takes its time then.
    private static final Duration FINISH = Duration.ofSeconds(2);
    // Jitter that is the same in every run.
    private static final long SEED = 20_260_101;

    private enum Mode {
        FORWARD,
        BLACKHOLE,
        SILENT,
        REFUSE
    }

    private final LongAdder accepted = new LongAdder();
    final LongAdder bytesToServer = new LongAdder();
    final LongAdder roundTrips = new LongAdder();
    final LongAdder bytesToClient = new LongAdder();

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final InetSocketAddress server;
    private final InetSocketAddress address;
    private final boolean reserved;
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile Mode mode = Mode.FORWARD;
    private volatile Conditions conditions = Conditions.GOOD;
    private @Nullable ServerSocket listener;
    private @Nullable Thread acceptor;
    private boolean closed;

    private Proxy(InetSocketAddress server, InetSocketAddress listenOn) throws IOException {
        this.server = server;
        this.reserved = listenOn.getPort() == 0;
        ServerSocket socket = reserved ? bindToFreePort(listenOn.getAddress()) : bind(listenOn);
        this.address = new InetSocketAddress(listenOn.getAddress(), socket.getLocalPort());
        accept(socket);
    }

    /**
     * Starts a proxy, which forwards.
     *
     * @param server where to; unresolved, so that each connection looks it up
     * @param listenOn a loopback address, and a port or 0 for a free one
     * @throws UncheckedIOException if it cannot listen
     */
    public static Proxy start(InetSocketAddress server, InetSocketAddress listenOn) {
        if (listenOn.isUnresolved() || !listenOn.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(listenOn + " is no loopback address");
        }
        try {
            return new Proxy(server, listenOn);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot start a proxy to " + server.getHostString() + ":" + server.getPort() + " on " + listenOn
                            + ": " + e.getMessage()
                            + ". The port may be taken; or the system does not give out the address: Linux has all of"
                            + " 127.0.0.0/8, elsewhere it must be added to the loopback interface first",
                    e);
        }
    }

    public InetSocketAddress address() {
        return address;
    }

    public synchronized void latency(Duration oneWay, Duration jitter) {
        conditions = conditions.withLatency(oneWay, jitter);
    }

    public synchronized void bandwidth(long bytesPerSecond) {
        conditions = conditions.withBandwidth(bytesPerSecond);
        connections.forEach(ProxiedConnection::wake);
    }

    public synchronized void slowHandshake(Duration pause) {
        conditions = conditions.withHandshakePause(pause);
    }

    public synchronized void forgetIdleAfter(Duration idle) {
        conditions = conditions.withIdleForgotten(idle);
    }

    public void reset() {
        Passage.resetAll(connections);
    }

    public void finish() {
        List<ProxiedConnection> all = List.copyOf(connections);
        all.forEach(ProxiedConnection::finish);
        Waiting.until(FINISH, () -> all.stream().allMatch(ProxiedConnection::hasFinished));
    }

    public void halfOpen() {
        connections.forEach(ProxiedConnection::halfOpen);
    }

    public void blackhole() {
        change(Mode.BLACKHOLE);
    }

    public void acceptAndStaySilent() {
        change(Mode.SILENT);
    }

    public void refuse() {
        change(Mode.REFUSE);
    }

    public synchronized void heal() {
        conditions = Conditions.GOOD;
        change(Mode.FORWARD);
        connections.forEach(ProxiedConnection::wake);
    }

    public long roundTrips() {
        return roundTrips.sum();
    }

    public long bytesToServer() {
        return bytesToServer.sum();
    }

    public long bytesToClient() {
        return bytesToClient.sum();
    }

    /** How many connections were accepted since the start. */
    public long accepted() {
        return accepted.sum();
    }

    public int connections() {
        return connections.size();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            stopListening();
            // A connection accepted meanwhile is closed by who accepted it.
            List.copyOf(connections).forEach(ProxiedConnection::close);
            if (reserved) {
                Ports.release(address.getPort());
            }
        }
    }

    /** Lets nothing through any more from the client whose connection the server sees coming from a port. */
    public void loseRequests(int port) {
        connections.stream().filter(connection -> connection.comesFrom(port)).forEach(ProxiedConnection::loseRequests);
    }

    boolean isBlackhole() {
        return mode == Mode.BLACKHOLE;
    }

    Conditions conditions() {
        return conditions;
    }

    /** A source of chance for one thread; which one it gets depends on the order of connections only. */
    SplittableRandom newRandom() {
        synchronized (random) {
            return random.split();
        }
    }

    int port() {
        return address.getPort();
    }

    void forget(ProxiedConnection connection) {
        connections.remove(connection);
    }

    private synchronized void change(Mode wanted) {
        if (closed) {
            throw new IllegalStateException("The proxy on port " + port() + " is closed");
        }
        mode = wanted;
        if (wanted == Mode.REFUSE) {
            stopListening();
        } else if (listener == null) {
            try {
                Ports.takeAgain(() -> accept(bind(address)), failure -> true);
            } catch (IOException e) {
                throw new UncheckedIOException("The proxy cannot listen on " + address + " again", e);
            }
        }
    }

    private static ServerSocket bindToFreePort(InetAddress on) throws IOException {
        for (int i = 1; ; i++) {
            int free = Ports.reserve();
            try {
                return bind(new InetSocketAddress(on, free));
            } catch (IOException e) {
                Ports.release(free);
                if (i == PORTS_TO_TRY) {
                    throw e;
                }
            }
        }
    }

    private static ServerSocket bind(InetSocketAddress on) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(on, BACKLOG);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private void accept(ServerSocket socket) {
        listener = socket;
        Thread thread = new Thread(() -> acceptUntilClosed(socket), "lifebelt-proxy-" + port() + "-accept");
        thread.setDaemon(true);
        thread.start();
        acceptor = thread;
    }

    private void stopListening() {
        ServerSocket socket = listener;
        listener = null;
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException e) {
                LOG.debug("Closing the port failed", e);
            }
        }
        // The kernel keeps listening for as long as the closed socket has a thread in accept.
        Thread thread = acceptor;
        acceptor = null;
        if (thread != null && !Waiting.until(CLOSE, () -> !thread.isAlive())) {
            throw new IllegalStateException("The proxy still listens on its port after " + CLOSE);
        }
    }

    private void acceptUntilClosed(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                open(new ProxiedConnection(this, socket.accept()), socket);
            } catch (IOException e) {
                LOG.trace("Nobody was accepted", e);
                LockSupport.parkNanos(AFTER_FAILED_ACCEPT_NANOS);
            }
        }
    }

    private void open(ProxiedConnection connection, ServerSocket acceptedBy) {
        // Who finds it counted may change the mode for others.
        Mode now = mode;
        connections.add(connection);
        accepted.increment();
        if (acceptedBy.isClosed() || now == Mode.REFUSE) {
            connection.reset();
        } else if (now == Mode.FORWARD) {
            connection.open(new InetSocketAddress(server.getHostString(), server.getPort()));
        } else {
            connection.openSilent();
        }
    }
}
