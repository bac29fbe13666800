package io.github.lifebelt.mysql.net;

import com.mysql.cj.conf.PropertySet;
import io.github.lifebelt.spi.ConnectRequest;
import java.net.SocketAddress;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The attempt to connect that the current thread makes, and where the connections that were made lead. No API.
 *
 * <p>Connector/J makes its socket factories itself, from a class name and nothing else, but it calls them on the thread
 * that called {@code Driver.connect}, so a thread-local leads them to the request. The session that it opens later for
 * {@code KILL QUERY} comes on another thread with the property set of the connection whose statement is to end: by that
 * object, which lives as long as the connection, it is led to the same server under the same TLS.
 *
 * <p>Thread-safe.
 */
public final class Attempts {

    private static final ThreadLocal<@Nullable Attempt> CURRENT = new ThreadLocal<>();
    // Property sets have the identity of objects.
    private static final Map<PropertySet, Target> TARGETS = Collections.synchronizedMap(new WeakHashMap<>());

    private Attempts() {}

    /**
     * One host of a request.
     *
     * @param request what is to be connected
     * @param host the name or address without brackets
     * @param port 1 to 65535
     * @param untilNanos until when this host may take, TLS and login included, on the clock of {@link System#nanoTime()};
     *     no later than the request's deadline
     * @param foreign the class that makes the sockets, or null if Lifebelt does
     */
    public record Attempt(
            ConnectRequest request,
            String host,
            int port,
            long untilNanos,
            @Nullable String foreign) implements AutoCloseable {

        /** The driver's connect is over, however it ended. */
        @Override
        public void close() {
            CURRENT.remove();
        }
    }

    /**
     * Where a connection leads.
     *
     * @param address the server's, as it was reached
     * @param host the name that its certificate has to show
     * @param port 1 to 65535
     * @param tls how it is protected
     * @param foreign the class that made the socket, or null if Lifebelt did
     */
    record Target(
            SocketAddress address,
            String host,
            int port,
            ConnectRequest.Tls tls,
            @Nullable String foreign) {}

    /**
     * Makes an attempt the current thread's.
     *
     * @param attempt what the driver is about to connect
     * @return the same, to be closed when the driver returns
     */
    public static Attempt begin(Attempt attempt) {
        CURRENT.set(attempt);
        return attempt;
    }

    static @Nullable Attempt current() {
        return CURRENT.get();
    }

    static void reached(PropertySet connection, Target target) {
        TARGETS.put(connection, target);
    }

    static @Nullable Target of(PropertySet connection) {
        return TARGETS.get(connection);
    }
}
