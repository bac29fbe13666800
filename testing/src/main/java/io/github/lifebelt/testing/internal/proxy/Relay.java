package io.github.lifebelt.testing.internal.proxy;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands between a {@link Proxy} and the server and understands what passes. Being a server of its own to the proxy,
 * it leaves to that one all that is done to bytes and connections, TLS handshakes included.
 *
 * <p>Thread-safe.
 */
public final class Relay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final int BACKLOG = 1_000;
    private static final long AFTER_FAILED_ACCEPT_NANOS = 10_000_000;

    private final DatabaseProduct product;
    private final InetSocketAddress server;
    private final @Nullable Tls tls;
    private final ServerSocket listener;
    private final Aims aims = new Aims();
    private final Set<RelayedConnection> connections = ConcurrentHashMap.newKeySet();

    private Relay(
            DatabaseProduct product, InetSocketAddress server, InetAddress on, @Nullable ServerCertificate certificate)
            throws IOException {
        this.product = product;
        this.server = server;
        this.tls = certificate == null ? null : Tls.of(certificate);
        this.listener = new ServerSocket(0, BACKLOG, on);
    }

    /**
     * Listens; connections wait until {@link #start}.
     *
     * @param server where to; unresolved, so that each connection looks it up
     * @param on the address to listen on
     * @param certificate what to show to clients; null for a server without TLS
     * @throws UncheckedIOException if it cannot listen or a file cannot be read
     */
    public static Relay to(
            DatabaseProduct product,
            InetSocketAddress server,
            InetAddress on,
            @Nullable ServerCertificate certificate) {
        try {
            return new Relay(product, server, on, certificate);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start a protocol proxy: " + e.getMessage(), e);
        }
    }

    /**
     * Accepts connections.
     *
     * @param threadName what the names of threads begin with
     * @param silencer is given the port of a connection that was lost in silence, and is to see to it that neither bytes
     *     nor closes come from it any more: TLS would answer some of them
     */
    public void start(String threadName, IntConsumer silencer) {
        Thread thread = new Thread(() -> acceptUntilClosed(threadName, silencer), threadName + "-accept");
        thread.setDaemon(true);
        thread.start();
    }

    public InetSocketAddress address() {
        return InetSocketAddress.createUnresolved(listener.getInetAddress().getHostAddress(), listener.getLocalPort());
    }

    public Aims aims() {
        return aims;
    }

    /** Cuts off all connections there are, those too that were lost in silence. */
    public void reset() {
        Passage.resetAll(connections);
    }

    /** Closes the connections that were lost in silence, towards both sides. */
    public void finishLost() {
        connections.forEach(RelayedConnection::finishIfLost);
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            LOG.debug("Closing the port failed", e);
        }
        // A connection accepted meanwhile is closed by who accepted it.
        connections.forEach(RelayedConnection::close);
    }

    void forget(RelayedConnection connection) {
        connections.remove(connection);
    }

    private void acceptUntilClosed(String threadName, IntConsumer silencer) {
        while (!listener.isClosed()) {
            try {
                RelayedConnection connection =
                        new RelayedConnection(this, listener.accept(), newFollower(), threadName, silencer);
                connections.add(connection);
                connection.open(server);
                if (listener.isClosed()) {
                    connection.close();
                }
            } catch (IOException e) {
                LOG.trace("Nobody was accepted", e);
                LockSupport.parkNanos(AFTER_FAILED_ACCEPT_NANOS);
            }
        }
    }

    private Follower newFollower() {
        return product == DatabaseProduct.POSTGRESQL ? new PostgresFollower(aims, tls) : new MySqlFollower(aims, tls);
    }
}
