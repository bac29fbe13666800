package io.github.lifebelt.spi;

import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to open a connection: where to, as whom, how protected, until when.
 *
 * <p>The deadline is absolute and lives in the sockets that this request makes: it bounds the TCP connect and every
 * read and write of the handshakes and the login, however many hosts or fall-backs the driver tries. A driver's own
 * time-outs are relative to one operation and add up, so they cannot hold a promise about a borrow.
 *
 * <p>Used by one connecting thread; {@link #abort()} may be called from any thread.
 */
public final class ConnectRequest {

    /**
     * How the connection is to be protected.
     *
     * @param mode the mode that is in force, after the pool's TLS policy
     * @param context makes the TLS sockets and decides about certificates; null exactly if the mode is
     *     {@link SslMode#DISABLE}. It is shared by the connections of a pool, so that sessions are resumed
     */
    public record Tls(SslMode mode, @Nullable SSLContext context) {}

    /** What an attempt to connect goes through, in this order; TLS and DNS only where there is any. */
    public enum Phase {
        /** Looking up the host's name. */
        DNS,
        /** The TCP connect. */
        TCP,
        /** The TLS handshake. */
        TLS,
        /**
         * What driver and server say to each other else until the connection can be used: asking for TLS, the login, the
         * settings of the session. All of the attempt where somebody else's factory makes the sockets.
         */
        AUTH
    }

    /**
     * Connects by code that is not Lifebelt's.
     *
     * @param <T> what it makes: a socket, or a connection
     */
    @FunctionalInterface
    public interface Stranger<T extends AutoCloseable> {
        /**
         * Takes as long as it likes.
         *
         * @return what was made
         * @throws SQLException if that fails
         * @throws IOException if that fails
         */
        T call() throws SQLException, IOException;
    }

    private final DatabaseUrl url;
    private final Credentials credentials;
    private final Tls tls;
    private final long deadlineNanos;
    private final HostResolver resolver;
    private final Role role;
    private final ConnectStamps stamps = new ConnectStamps();
    private final Object lock = new Object();
    private @Nullable ProbeSocket socket;
    private @Nullable Socket foreign;
    private @Nullable Aside<?> aside;
    private boolean aborted;

    /**
     * A request with a deadline, whose host names are the JDK's to look up.
     *
     * @param url where to connect to
     * @param credentials as whom
     * @param tls how protected
     * @param deadlineNanos until when, on the clock of {@link System#nanoTime()}
     */
    public ConnectRequest(DatabaseUrl url, Credentials credentials, Tls tls, long deadlineNanos) {
        this(url, credentials, tls, deadlineNanos, HostResolver.JDK, Role.READ_WRITE);
    }

    /**
     * A request whose sockets find hosts in a way of their own.
     *
     * @param url where to connect to
     * @param credentials as whom
     * @param tls how protected
     * @param deadlineNanos until when, on the clock of {@link System#nanoTime()}
     * @param resolver asked for the addresses of host names, unless it is {@link HostResolver#JDK} and the driver has
     *     looked them up already
     * @param role which server is wanted if there are several
     */
    public ConnectRequest(
            DatabaseUrl url, Credentials credentials, Tls tls, long deadlineNanos, HostResolver resolver, Role role) {
        this.url = url;
        this.credentials = credentials;
        this.tls = tls;
        this.deadlineNanos = deadlineNanos;
        this.resolver = resolver;
        this.role = role;
    }

    /**
     * Where to connect to.
     *
     * @return the database
     */
    public DatabaseUrl url() {
        return url;
    }

    /**
     * As whom.
     *
     * @return user and secret; the URL's own are not to be used
     */
    public Credentials credentials() {
        return credentials;
    }

    /**
     * How protected.
     *
     * @return mode and context
     */
    public Tls tls() {
        return tls;
    }

    /**
     * Who knows the addresses of host names. The sockets of this request ask it themselves, with the name of the address
     * they are to connect to, resolved or not; a driver that can leave names unresolved should.
     *
     * @return the pool's resolver
     */
    public HostResolver resolver() {
        return resolver;
    }

    /**
     * What the connection is wanted for.
     *
     * @return whether a server that writes is to be preferred among several hosts
     */
    public Role role() {
        return role;
    }

    /**
     * The time left.
     *
     * @return zero or less when the deadline has passed
     */
    public Duration remaining() {
        return Duration.ofNanos(deadlineNanos - System.nanoTime());
    }

    /**
     * Where the time has gone so far. To be asked by the connecting thread.
     *
     * @return each phase that was met with its time; several hosts that were tried add up
     */
    public Map<Phase, Duration> phases() {
        return stamps.soFar();
    }

    /**
     * How far the attempt has come. To be asked by the connecting thread.
     *
     * @return what is going on, or has failed
     */
    public Phase phase() {
        return stamps.current();
    }

    /**
     * Makes a socket that holds this request's deadline. The last one made is the connection's: drivers make several
     * when they try a list of hosts or fall back from TLS.
     *
     * @return an unconnected socket
     * @throws IOException if the request was aborted, or if the system has no sockets left
     */
    public ProbeSocket newSocket() throws IOException {
        stamps.enter(null);
        ProbeSocket made = ProbeSocket.open(deadlineNanos, resolver, stamps);
        synchronized (lock) {
            if (!aborted) {
                socket = made;
                return made;
            }
        }
        made.close();
        throw aborted();
    }

    /**
     * The connection's socket.
     *
     * @return the last socket made, unless {@link #use} says otherwise, or null if it is not Lifebelt's
     */
    public @Nullable ProbeSocket socket() {
        synchronized (lock) {
            return socket;
        }
    }

    /**
     * Says which of the sockets is the connection's, if it is not the last one made: whoever tries several servers may
     * come back to one.
     *
     * @param made by {@link #newSocket()} and connected
     * @throws IOException if the request was aborted; the socket is closed then
     */
    public void use(ProbeSocket made) throws IOException {
        synchronized (lock) {
            if (!aborted) {
                socket = made;
                return;
            }
        }
        made.abort();
        throw aborted();
    }

    /**
     * Lets somebody else's socket factory connect. It knows nothing of deadlines, so it does that on a thread of its own:
     * at the moment given, or by {@link #abort()}, the wait for it ends, the socket that was adopted meanwhile is closed,
     * and what it still brings is closed too.
     *
     * @param <T> what it makes
     * @param untilNanos until when, on the clock of {@link System#nanoTime()}; no later than the request's deadline
     * @param stranger what connects, with {@link #adopt} for each socket that is made
     * @return what it made
     * @throws SQLException if it fails
     * @throws IOException if it fails, takes too long ({@link java.net.SocketTimeoutException}), or is aborted
     */
    public <T extends AutoCloseable> T aside(long untilNanos, Stranger<T> stranger) throws SQLException, IOException {
        Aside<T> attempt = new Aside<>(stranger);
        synchronized (lock) {
            if (aborted) {
                throw aborted();
            }
            aside = attempt;
        }
        boolean made = false;
        try {
            T result = attempt.get(untilNanos);
            made = true;
            return result;
        } finally {
            synchronized (lock) {
                aside = null;
                if (!made) {
                    closeForeign();
                }
            }
        }
    }

    /**
     * The same for what belongs to a connection that stands, such as the way to cancel its statement.
     *
     * @param <T> what it makes
     * @param untilNanos until when, on the clock of {@link System#nanoTime()}
     * @param stranger what connects
     * @return what it made
     * @throws SQLException if it fails
     * @throws IOException if it fails or takes too long ({@link java.net.SocketTimeoutException})
     */
    public static <T extends AutoCloseable> T within(long untilNanos, Stranger<T> stranger)
            throws SQLException, IOException {
        return new Aside<>(stranger).get(untilNanos);
    }

    /**
     * Takes over a socket that somebody else's factory has made, and may have connected. It is the connection's from now
     * on, {@link #socket()} is null, and whoever has to bound what is asked over it does so by the driver's network
     * timeout.
     *
     * @param made the socket
     * @param untilNanos when the attempt ends that it is for
     * @throws IOException if that is over, or the request was aborted; the socket is closed then
     */
    public void adopt(Socket made, long untilNanos) throws IOException {
        boolean wanted;
        synchronized (lock) {
            wanted = !aborted && System.nanoTime() - untilNanos < 0;
            if (wanted) {
                socket = null;
                foreign = made;
            }
        }
        if (!wanted) {
            made.close();
            throw new IOException("nobody waits for this connection any more");
        }
    }

    /** On a thread of its own: a TLS socket says goodbye first, and may wait for who reads or writes it. */
    private void closeForeign() {
        Socket open = foreign;
        foreign = null;
        if (open == null) {
            return;
        }
        Thread closing = new Thread(() -> closeQuietly(open), "lifebelt-socket-factory:close");
        closing.setDaemon(true);
        closing.start();
    }

    private static void closeQuietly(Socket open) {
        try {
            open.close();
        } catch (IOException | RuntimeException e) {
            // It is a stranger's, and over.
            return;
        }
    }

    private static IOException aborted() {
        return new IOException("the pool was closed while this connection was being made");
    }

    /** Ends the attempt at once from another thread by closing its socket. */
    public void abort() {
        ProbeSocket open;
        synchronized (lock) {
            aborted = true;
            open = socket;
            if (aside != null) {
                aside.end(aborted());
            }
            closeForeign();
        }
        if (open != null) {
            open.abort();
        }
    }

    /**
     * Finds the addresses of a host: DNS by default, or whatever knows where the database is.
     *
     * <p>It is asked once for each host that an attempt to connect tries, and nothing is kept of the answer: the next connect
     * goes where the name leads then. Connections that stand are not affected by a name that moves; they follow when they
     * are recycled. While the database is down the pool asks more often, every 50 ms at first and once a second after some
     * seconds, so an answer should cost little.
     *
     * <p>The address says where to connect to and nothing else: a certificate is verified against the host's name in the
     * URL, and the server is told that name (SNI).
     *
     * <p>Called on a thread of its own, since a look-up cannot be ended: whoever connects stops waiting for it at its
     * deadline. For several hosts at once, but not again for one that is still being looked up (unless that takes longer than
     * 45 s): all who want to connect there meanwhile share the answer. Implementations are thread-safe, and are compared by
     * {@code equals}.
     */
    @FunctionalInterface
    public interface HostResolver {

        /**
         * The JDK's own way, {@link InetAddress#getAllByName(String)}: the system's hosts file and DNS. The default of a pool.
         *
         * <p>The JDK keeps answers for 30 s and failures for 10 s ({@code networkaddress.cache.ttl} and
         * {@code networkaddress.cache.negative.ttl} in its {@code java.security}). A driver that comes with an address it has
         * looked up the same way is taken at its word.
         */
        HostResolver JDK = host -> List.of(InetAddress.getAllByName(host));

        /**
         * The addresses of a host, the one to be tried first at the front.
         *
         * @param host a name as it stands in the URL, never an IP address
         * @return addresses, each of which is tried until one connects, all within the deadline of the connect; an empty
         *     list means that the host is unknown
         * @throws UnknownHostException if the host is unknown, or cannot be looked up now. The database counts as down then,
         *     and is looked for until it is back: names come and go while a cloud moves a server
         */
        List<InetAddress> resolve(String host) throws UnknownHostException;

        /**
         * What a connect goes by: the resolver's answer for a name, and an IP address, which is read and not asked for, for
         * itself. Waits for at most 5 s; the sockets of a {@link ConnectRequest} wait until its deadline instead.
         *
         * @param resolver asked if the host is a name
         * @param host a name or an IP address
         * @return at least one address
         * @throws UnknownHostException if there is none, or none in time; the message names the host and says what to do. An
         *     unchecked exception of the resolver counts as no answer too, and is the cause
         */
        static List<InetAddress> addresses(HostResolver resolver, String host) throws UnknownHostException {
            long begin = System.nanoTime();
            try {
                return LookUps.addresses(resolver, host, () -> {
                    long left = TimeUnit.SECONDS.toNanos(5) - (System.nanoTime() - begin);
                    if (left <= 0) {
                        throw new UnknownHostException("looking up host '" + host + "' has taken more than 5 s");
                    }
                    return left;
                });
            } catch (UnknownHostException e) {
                throw e;
            } catch (IOException e) {
                throw new UncheckedIOException("only the patience above throws another", e);
            }
        }
    }
}
