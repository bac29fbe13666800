package io.github.lifebelt.internal.pool;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Work that uses the network and goes on for a time; none begins while the pool is suspended. Thread-safe. */
final class UnderWay<T> {
    private final String pool;
    private final Set<T> all = ConcurrentHashMap.newKeySet();
    private volatile boolean suspended;

    UnderWay(String pool) {
        this.pool = pool;
    }

    /** It begins. {@link #ended} has to follow unless this throws. */
    void begin(T one) throws SQLException {
        all.add(one);
        // Noted first: whoever suspends sees it, or it sees that.
        try {
            check();
        } catch (SQLException e) {
            all.remove(one);
            throw e;
        }
    }

    /** Throws while nothing may begin. */
    void check() throws SQLException {
        if (suspended) {
            throw new SQLTransientConnectionException(
                    "[POOL_SUSPENDED] " + pool + " is suspended and does not connect before resume()");
        }
    }

    void ended(T one) {
        all.remove(one);
    }

    /** From now on nothing begins. */
    void suspend() {
        suspended = true;
    }

    void resume() {
        suspended = false;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    void forEach(Consumer<T> action) {
        all.forEach(action);
    }
}
