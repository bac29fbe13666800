package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.spi.ConnectRequest;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Every physical connection that is open or being made, wherever it is: in a slot, with the prober, with health, with a unit
 * that looks for its COMMIT. The place that can say that there is none, and see to it that there will be none. Thread-safe.
 */
final class OpenConnections {
    private final Set<Physical> open = ConcurrentHashMap.newKeySet();
    private final UnderWay<ConnectRequest> attempts;

    OpenConnections(String pool) {
        attempts = new UnderWay<>(pool);
    }

    /** Throws while the pool is suspended: who wants to connect is to know before he asks others for what he needs. */
    void check() throws SQLException {
        attempts.check();
    }

    /** A connect begins. {@link #attemptEnded} has to follow unless this throws. */
    void attempt(ConnectRequest request) throws SQLException {
        attempts.begin(request);
    }

    /** It has ended, and what it made was {@link #opened} before. */
    void attemptEnded(ConnectRequest request) {
        attempts.ended(request);
    }

    void opened(Physical physical) {
        open.add(physical);
    }

    void ended(Physical physical) {
        open.remove(physical);
    }

    /** From now on nothing is opened. */
    void suspend() {
        attempts.suspend();
    }

    void resume() {
        attempts.resume();
    }

    /** In this order: what is made is open before it is no attempt any more. */
    boolean isEmpty() {
        return attempts.isEmpty() && open.isEmpty();
    }

    /** Ends what is there, at once. */
    void abortAll() {
        attempts.forEach(ConnectRequest::abort);
        open.forEach(physical -> physical.abort(CloseReason.RECYCLED));
    }
}
