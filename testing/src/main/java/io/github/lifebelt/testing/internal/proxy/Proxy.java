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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP proxy on the loopback address that stands in front of a server and is the bad network: it delays, resets,
 * closes, swallows or refuses. It knows nothing of what passes, so TLS goes through unchanged; its clients say
 * {@code localhost}, so certificates fit.
 *
 * <p>Thread-safe. It forwards as it is made. Of {@link #blackhole()}, {@link #acceptAndStaySilent()} and
 * {@link #refuse()} the last one called counts, until {@link #heal()}. Latency, {@link #reset()} and {@link #finish()}
 * go with any of them. A server that does not take a connection shows as a reset to the client, since the proxy has
 * accepted it by then.
 */
public final class Proxy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int BACKLOG = 1_000;
    private static final int PORTS_TO_TRY = 10;
    // Too many open files is the only reason known; they take a moment to become fewer.
    private static final long AFTER_FAILED_ACCEPT_NANOS = 10_000_000;

    private static final Duration CLOSE = Duration.ofSeconds(10);

    private enum Mode {
        FORWARD,
        BLACKHOLE,
        SILENT,
        REFUSE
    }

    final LongAdder bytesToServer = new LongAdder();
    final LongAdder bytesToClient = new LongAdder();

    private final String host;
    private final int serverPort;
    private final int port;
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile Mode mode = Mode.FORWARD;
    private volatile long latencyNanos;
    private @Nullable ServerSocket listener;
    private @Nullable Thread acceptor;
    private boolean closed;

    private Proxy(String host, int serverPort) throws IOException {
        this.host = host;
        this.serverPort = serverPort;
        this.port = listenOnFreePort();
    }

    /**
     * Starts a proxy.
     *
     * @param host the server's host
     * @param port the server's port
     * @return the proxy, which forwards; close it
     * @throws UncheckedIOException if it cannot listen
     */
    public static Proxy to(String host, int port) {
        try {
            return new Proxy(host, port);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start a proxy to " + host + ":" + port, e);
        }
    }

    /**
     * The port to connect to instead of the server's. It stays the same, also over {@link #refuse()}.
     *
     * @return the TCP port on the loopback address
     */
    public int port() {
        return port;
    }

    /**
     * Delays all that is read from now on, in each direction, so a round trip takes twice as long; it is an addition to
     * what the loopback takes (some hundredths of a millisecond). A delay is never shorter, the order is kept, and
     * throughput is not limited by it.
     *
     * @param oneWay the delay of one direction; zero, as at the start, for none
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public Proxy latency(Duration oneWay) {
        if (oneWay.isNegative()) {
            throw new IllegalArgumentException("latency must not be negative, but is " + oneWay);
        }
        latencyNanos = oneWay.toNanos();
        return this;
    }

    /** Cuts off all connections there are, on both sides, by a TCP reset; what is under way is lost. */
    public void reset() {
        connections.forEach(ProxiedConnection::reset);
    }

    /**
     * Closes all connections there are, on both sides, the orderly way (FIN), after what is under way. Who sends more
     * after that gets a reset.
     */
    public void finish() {
        connections.forEach(ProxiedConnection::finish);
    }

    /**
     * Swallows all that is sent, over old connections and new ones, and tells nobody: neither bytes nor closes come
     * through. New connections are accepted and never answered. A connection that has lost something so stays silent
     * after {@link #heal()}, like a flow that a firewall has forgotten; one on which nothing was sent goes on.
     */
    public void blackhole() {
        change(Mode.BLACKHOLE);
    }

    /** Accepts new connections and never answers them, not even after {@link #heal()}; old ones go on. */
    public void acceptAndStaySilent() {
        change(Mode.SILENT);
    }

    /** Refuses new connections, as when nobody listens; old ones go on. */
    public void refuse() {
        change(Mode.REFUSE);
    }

    /** Takes new connections and forwards them again, on the same port. The latency stays. */
    public void heal() {
        change(Mode.FORWARD);
    }

    /**
     * What was passed on to the server, by all connections together.
     *
     * @return bytes since the start
     */
    public long bytesToServer() {
        return bytesToServer.sum();
    }

    /**
     * What was passed on to clients, by all connections together. Whoever has received something finds it counted.
     *
     * @return bytes since the start
     */
    public long bytesToClient() {
        return bytesToClient.sum();
    }

    /**
     * How many connections the proxy holds: those of which not both sides have closed, the silent ones too.
     *
     * @return the number now
     */
    public int connections() {
        return connections.size();
    }

    /** Closes the port and all connections. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            stopListening();
            // A connection accepted meanwhile is closed by who accepted it.
            List.copyOf(connections).forEach(ProxiedConnection::close);
            Ports.release(port);
        }
    }

    boolean isBlackhole() {
        return mode == Mode.BLACKHOLE;
    }

    long latencyNanos() {
        return latencyNanos;
    }

    void forget(ProxiedConnection connection) {
        connections.remove(connection);
    }

    private synchronized void change(Mode wanted) {
        if (closed) {
            throw new IllegalStateException("The proxy on port " + port + " is closed");
        }
        mode = wanted;
        if (wanted == Mode.REFUSE) {
            stopListening();
        } else if (listener == null) {
            try {
                listen(port);
            } catch (IOException e) {
                throw new UncheckedIOException("The proxy cannot listen on port " + port + " again", e);
            }
        }
    }

    private int listenOnFreePort() throws IOException {
        for (int i = 1; ; i++) {
            int free = Ports.reserve();
            try {
                listen(free);
                return free;
            } catch (IOException e) {
                Ports.release(free);
                if (i == PORTS_TO_TRY) {
                    throw e;
                }
            }
        }
    }

    private void listen(int onPort) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress("localhost", LOOPBACK), onPort), BACKLOG);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        listener = socket;
        Thread thread = new Thread(() -> accept(socket), "lifebelt-proxy-" + onPort + "-accept");
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
                LOG.debug("Closing the port {} failed", port, e);
            }
        }
        // The kernel keeps listening for as long as the closed socket has a thread in accept.
        Thread thread = acceptor;
        acceptor = null;
        if (thread != null && !Waiting.until(CLOSE, () -> !thread.isAlive())) {
            throw new IllegalStateException("The proxy still listens on port " + port + " after " + CLOSE);
        }
    }

    private void accept(ServerSocket socket) {
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
        connections.add(connection);
        Mode now = mode;
        if (acceptedBy.isClosed() || now == Mode.REFUSE) {
            connection.reset();
        } else if (now == Mode.FORWARD) {
            connection.open(new InetSocketAddress(host, serverPort));
        } else {
            connection.openSilent();
        }
    }
}
