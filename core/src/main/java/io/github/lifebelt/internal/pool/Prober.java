package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.internal.jdbc.PoolThread;
import io.github.lifebelt.spi.HostResolver;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for a database that is down until it is back. One thread, and only while there is an outage: n borrowers that
 * each try for themselves make n times the connects and are no sooner served.
 */
final class Prober {

    /** One full login, closed again. */
    interface Login {
        /** True if the database takes logins, or refuses this one for a reason that waiting does not cure. */
        boolean succeeds();
    }

    private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
    private static final long QUICK_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long QUICK_PHASE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long SLOW_PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int TCP_TIMEOUT_MILLIS = 1000;

    private final String threadName;
    private final List<DatabaseUrl.Host> hosts;
    private final HostResolver resolver;
    private final int defaultPort;
    private final Gate gate;
    private final Login login;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean closed;

    Prober(PoolConfig config, int defaultPort, Gate gate, Login login) {
        this.threadName = config.name() + ":prober";
        this.hosts = config.url().hosts();
        this.resolver = config.resolver();
        this.defaultPort = defaultPort;
        this.gate = gate;
        this.login = login;
    }

    /** Starts probing, unless it is going on. */
    void start() {
        if (!closed && running.compareAndSet(false, true)) {
            new PoolThread(this::run, threadName).start();
        }
    }

    void close() {
        closed = true;
    }

    private void run() {
        try {
            probeUntilOpen();
        } finally {
            running.set(false);
            if (!gate.isOpen()) {
                // The gate was closed again between our last look and now.
                start();
            }
        }
    }

    private void probeUntilOpen() {
        long begin = System.nanoTime();
        long period = QUICK_PERIOD_NANOS;
        while (!closed && !gate.isOpen()) {
            if (somebodyListens() && loginSucceeds()) {
                return;
            }
            if (System.nanoTime() - begin > QUICK_PHASE_NANOS) {
                period = Math.min(SLOW_PERIOD_NANOS, period * 2);
            }
            // Half a period of jitter at most, so that a fleet that lost its server at one moment does not return at
            // one.
            long jitter = ThreadLocalRandom.current().nextLong(period / 2 + 1);
            LockSupport.parkNanos(this, period == QUICK_PERIOD_NANOS ? period : period - jitter);
        }
    }

    private boolean loginSucceeds() {
        try {
            return login.succeeds();
        } catch (RuntimeException e) {
            LOG.warn("probing has failed for a reason that is not the database's", e);
            return false;
        }
    }

    /** A TCP handshake: cheap for both sides, and enough to know that nobody is there. */
    private boolean somebodyListens() {
        if (hosts.isEmpty()) {
            return true;
        }
        for (DatabaseUrl.Host host : hosts) {
            if (host.name().isEmpty() || host.name().startsWith("/")) {
                return true;
            }
            try {
                List<InetAddress> addresses = HostResolver.addresses(resolver, host.name());
                if (listens(addresses, host.port() == null ? defaultPort : host.port())) {
                    return true;
                }
            } catch (UnknownHostException e) {
                // The next host, then. People are shown the failure of the whole connect, which the gate holds.
                LOG.trace("{} has no address", host, e);
            }
        }
        return false;
    }

    private static boolean listens(List<InetAddress> addresses, int port) {
        for (InetAddress address : addresses) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), TCP_TIMEOUT_MILLIS);
                return true;
            } catch (IOException e) {
                LOG.trace("nobody listens at {} port {}", address, port, e);
            }
        }
        return false;
    }
}
