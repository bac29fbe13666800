package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.proxy.Proxy;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * A TCP proxy on the loopback address that stands in front of a server and is the bad network: it delays, resets,
 * closes, swallows or refuses. It knows nothing of what passes, so TLS goes through unchanged; its clients say
 * {@code localhost}, so certificates fit. A {@link ProtocolProxy} can aim at what passes, too.
 *
 * <p>Thread-safe. It forwards as it is made. Of {@link #blackhole()}, {@link #acceptAndStaySilent()} and
 * {@link #refuse()} the last one called counts, until {@link #heal()}. Latency, bandwidth, a slow handshake,
 * {@link #forgetIdleAfter(Duration)}, {@link #reset()}, {@link #finish()} and {@link #halfOpen()} go with any of them. A server that does not take a
 * connection shows as a reset to the client, since the proxy has accepted it by then. What concerns only the connections
 * there are, {@link #reset()}, {@link #finish()} and {@link #halfOpen()}, has no effect on later ones.
 */
public sealed class FaultProxy implements Gateway, AutoCloseable permits ProtocolProxy {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private final Proxy proxy;

    FaultProxy(Proxy proxy) {
        this.proxy = proxy;
    }

    /**
     * Starts a proxy on a free port of 127.0.0.1.
     *
     * @param host the server's host, looked up for each connection
     * @param port the server's port
     * @return the proxy, which forwards; close it
     * @throws UncheckedIOException if it cannot listen
     */
    public static FaultProxy to(String host, int port) {
        return to(host, port, new InetSocketAddress(loopback(), 0));
    }

    /**
     * Starts a proxy on a loopback address of its own, so that two servers can be told apart by address on the same
     * port, as the two of a failover are: {@code 127.0.0.2} and {@code 127.0.0.3}, for instance. Linux has all of
     * 127.0.0.0/8; on macOS an address must be added first ({@code ifconfig lo0 alias 127.0.0.2}).
     *
     * @param host the server's host, looked up for each connection
     * @param port the server's port
     * @param listenOn a loopback address with a port; port 0 for a free one
     * @return the proxy, which forwards; close it
     * @throws IllegalArgumentException if it is no loopback address
     * @throws UncheckedIOException if it cannot listen there
     */
    public static FaultProxy to(String host, int port, InetSocketAddress listenOn) {
        return new FaultProxy(Proxy.start(InetSocketAddress.createUnresolved(host, port), listenOn));
    }

    static InetAddress loopback() {
        try {
            // Not the JVM's own choice, which is ::1 where IPv6 is preferred.
            return InetAddress.getByAddress("localhost", LOOPBACK);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }

    /**
     * The port to connect to instead of the server's. It stays the same, also over {@link #refuse()}.
     *
     * @return the TCP port on the loopback address
     */
    @Override
    public int port() {
        return proxy.address().getPort();
    }

    /**
     * Where the proxy listens.
     *
     * @return the loopback address with {@link #port()}
     */
    public InetSocketAddress address() {
        return proxy.address();
    }

    /**
     * The same as {@link #latency(Duration, Duration)} without jitter.
     *
     * @param oneWay the delay of one direction; zero, as at the start, for none
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public FaultProxy latency(Duration oneWay) {
        return latency(oneWay, Duration.ZERO);
    }

    /**
     * Delays all that is read from now on, in each direction, so a round trip takes twice as long; it is an addition to
     * what the loopback takes (some hundredths of a millisecond). A delay is never shorter, the order is kept, and
     * throughput is not limited by it. With jitter each piece waits for a random time more, evenly distributed; the
     * random numbers are the same in every run.
     *
     * @param oneWay the delay of one direction; zero, as at the start, for none
     * @param jitter the most that is added to it; zero for none
     * @return this
     * @throws IllegalArgumentException if one of them is negative
     */
    public FaultProxy latency(Duration oneWay, Duration jitter) {
        proxy.latency(oneWay, jitter);
        return this;
    }

    /**
     * Limits what each connection carries in each direction, of all that is read from now on. The sender feels it as
     * with any slow line: its writes go on until the buffers of the system are full.
     *
     * @param bytesPerSecond the limit; zero, as at the start, for none
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public FaultProxy bandwidth(long bytesPerSecond) {
        proxy.bandwidth(bytesPerSecond);
        return this;
    }

    /**
     * Lets the first 2,000 bytes of the server on connections made from now on arrive one at a time, each after a pause:
     * a greeting or a TLS handshake that never comes to an end, though no single read takes long. Only a deadline over
     * the whole of a login notices. Connections that are there already go on as they are.
     *
     * @param pause the time before each byte; zero, as at the start, for none
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public FaultProxy slowHandshake(Duration pause) {
        proxy.slowHandshake(pause);
        return this;
    }

    /**
     * Forgets each connection on which nothing has passed for so long, in either direction: from then on neither bytes nor
     * closes come through, and nobody is told, also after {@link #heal()} if something was sent before it. It is what
     * load balancers and address translation do to quiet flows; clouds have 4 minutes. It goes for the connections
     * there are too, from the last byte that has passed on each. New connections are served.
     *
     * @param idle the longest quiet that is put up with; zero, as at the start, for any
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public FaultProxy forgetIdleAfter(Duration idle) {
        proxy.forgetIdleAfter(idle);
        return this;
    }

    /**
     * Cuts off all connections there are, on both sides, by a TCP reset; what is under way is lost. On return both sides
     * have been told.
     */
    public void reset() {
        proxy.reset();
    }

    /**
     * Closes all connections there are, on both sides, the orderly way (FIN), after what is under way. Who sends more
     * after that gets a reset. On return the clients have been told, unless what is under way to one takes longer than 2 s.
     */
    public void finish() {
        proxy.finish();
    }

    /**
     * Closes the server's side of all connections there are, so that the server ends their sessions, and tells the
     * clients nothing: their side stays open and silent, and what they send vanishes, also after {@link #heal()}. It is
     * what a server that was restarted behind a silent firewall leaves.
     */
    public void halfOpen() {
        proxy.halfOpen();
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

    /**
     * Makes the network good again, on the same port: new connections are taken and forwarded, and latency, bandwidth,
     * slow handshakes and forgetfulness are over, for old connections too; what is under way already still takes its time. A
     * connection that has lost something stays lost.
     *
     * @throws IllegalStateException if the proxy is closed
     */
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
     * How often clients have sent something and waited, by all connections together: each time a client sends for the first
     * time since it was sent something. What it sends at once counts once, however many packets and statements it is.
     * What a network's latency is multiplied with.
     *
     * @return round trips since the start, those of connecting and of saying goodbye included
     */
    public long roundTrips() {
        return proxy.roundTrips();
    }

    /**
     * How many connections clients have made, those that were not served too.
     *
     * @return connections since the start
     */
    public long accepted() {
        return proxy.accepted();
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
