package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.proxy.Proxy;
import java.io.UncheckedIOException;
import java.time.Duration;

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
public final class FaultProxy implements Gateway, AutoCloseable {
    private final Proxy proxy;

    private FaultProxy(Proxy proxy) {
        this.proxy = proxy;
    }

    /**
     * Starts a proxy.
     *
     * @param host the server's host
     * @param port the server's port
     * @return the proxy, which forwards; close it
     * @throws UncheckedIOException if it cannot listen
     */
    public static FaultProxy to(String host, int port) {
        return new FaultProxy(Proxy.to(host, port));
    }

    /**
     * The port to connect to instead of the server's. It stays the same, also over {@link #refuse()}.
     *
     * @return the TCP port on the loopback address
     */
    @Override
    public int port() {
        return proxy.port();
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
    public FaultProxy latency(Duration oneWay) {
        proxy.latency(oneWay);
        return this;
    }

    /** Cuts off all connections there are, on both sides, by a TCP reset; what is under way is lost. */
    public void reset() {
        proxy.reset();
    }

    /**
     * Closes all connections there are, on both sides, the orderly way (FIN), after what is under way. Who sends more
     * after that gets a reset.
     */
    public void finish() {
        proxy.finish();
    }

    /**
     * Swallows all that is sent, over old connections and new ones, and tells nobody: neither bytes nor closes come
     * through. New connections are accepted and never answered. A connection that has lost something so stays silent
     * after {@link #heal()}, like a flow that a firewall has forgotten; one on which nothing was sent goes on.
     */
    public void blackhole() {
        proxy.blackhole();
    }

    /** Accepts new connections and never answers them, not even after {@link #heal()}; old ones go on. */
    public void acceptAndStaySilent() {
        proxy.acceptAndStaySilent();
    }

    /** Refuses new connections, as when nobody listens; old ones go on. */
    public void refuse() {
        proxy.refuse();
    }

    /** Takes new connections and forwards them again, on the same port. The latency stays. */
    public void heal() {
        proxy.heal();
    }

    /**
     * What was passed on to the server, by all connections together.
     *
     * @return bytes since the start
     */
    public long bytesToServer() {
        return proxy.bytesToServer();
    }

    /**
     * What was passed on to clients, by all connections together. Whoever has received something finds it counted.
     *
     * @return bytes since the start
     */
    public long bytesToClient() {
        return proxy.bytesToClient();
    }

    /**
     * How many connections the proxy holds: those of which not both sides have closed, the silent ones too.
     *
     * @return the number now
     */
    public int connections() {
        return proxy.connections();
    }

    /** Closes the port and all connections. Idempotent. */
    @Override
    public void close() {
        proxy.close();
    }
}
