package io.github.lifebelt.postgres.net;

import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The connects that are under way, by a token. No API.
 *
 * <p>pgjdbc makes its socket factories itself, from a class name and one string, so the string has to lead to the
 * request. A thread-local would not do: with a login time-out the driver connects on a thread of its own. Tokens are
 * numbers: they appear in the driver's properties and log lines, and say nothing.
 *
 * <p>A request is known for the duration of its connect only. A TLS context stays known as long as somebody else holds
 * it, so that a later version of the driver may encrypt its cancel requests as well (42.7.14 sends them in plain text).
 *
 * <p>Thread-safe.
 */
public final class ConnectRequests {

    private static final AtomicLong NEXT = new AtomicLong();
    private static final Map<String, Target> OPEN = new ConcurrentHashMap<>();
    // An SSLContext has the identity of an object, and there is one for each pool.
    private static final Map<SSLContext, String> CONTEXTS = Collections.synchronizedMap(new WeakHashMap<>());

    private ConnectRequests() {}

    /** Where one attempt of a request leads to, and until when. */
    record Target(
            ConnectRequest request,
            DatabaseUrl.Host host,
            long untilNanos,
            @Nullable SocketFactory foreign) {}

    /**
     * A request that is known until it is closed.
     *
     * @param token what {@link LifebeltSocketFactory} is to be made with
     */
    public record Registration(String token) implements AutoCloseable {
        @Override
        public void close() {
            OPEN.remove(token);
        }
    }

    /**
     * Makes a request known.
     *
     * @param request one that is about to connect
     * @param host to which of its hosts
     * @param untilNanos until when, on the clock of {@link System#nanoTime()}; no later than the request's deadline
     * @param foreign who makes the sockets, or null if Lifebelt does
     * @return its token; to be closed when the connect is over, however it ended
     */
    public static Registration register(
            ConnectRequest request, DatabaseUrl.Host host, long untilNanos, @Nullable SocketFactory foreign) {
        String token = next();
        OPEN.put(token, new Target(request, host, untilNanos, foreign));
        return new Registration(token);
    }

    /**
     * The token of a TLS context, the same at each call.
     *
     * @param context a context that its owner keeps
     * @return what {@link LifebeltSslFactory} is to be made with
     */
    public static String tokenOf(SSLContext context) {
        return CONTEXTS.computeIfAbsent(context, c -> next());
    }

    static @Nullable Target target(String token) {
        return OPEN.get(token);
    }

    static @Nullable SSLContext context(String token) {
        synchronized (CONTEXTS) {
            for (Map.Entry<SSLContext, String> entry : CONTEXTS.entrySet()) {
                if (entry.getValue().equals(token)) {
                    return entry.getKey();
                }
            }
        }
        return null;
    }

    private static String next() {
        return Long.toString(NEXT.incrementAndGet());
    }
}
