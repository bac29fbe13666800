package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolExhaustedException;
import io.github.lifebelt.PoolStats;
import io.github.lifebelt.internal.config.Durations;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What borrowers are told that were not served. */
final class BorrowErrors {
    private final String pool;
    private final Supplier<PoolStats> figures;

    BorrowErrors(String pool, Supplier<PoolStats> figures) {
        this.pool = pool;
        this.figures = figures;
    }

    SQLException exhausted(long waitedNanos) {
        PoolStats stats = figures.get();
        Duration waited = Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(waitedNanos));
        return new PoolExhaustedException(pool + ": no connection came free within " + Durations.text(waited) + " (max "
                + stats.max() + ", active " + stats.active() + ", idle " + stats.idle() + ", waiting " + stats.pending()
                + "). Look for units that keep a connection while they do something else, or raise max-size");
    }

    SQLException closed() {
        return new SQLNonTransientConnectionException("[POOL_CLOSED] the pool " + pool + " is closed", "08003");
    }

    /** A driver's failure in words. For a host without an address drivers say only that they could not connect. */
    static String reason(SQLException failure) {
        int depth = 0;
        for (Throwable t = failure; t != null && depth < 16; t = t.getCause(), depth++) {
            if (t instanceof UnknownHostException) {
                return failure.getMessage() + " " + t.getMessage();
            }
        }
        return String.valueOf(failure.getMessage());
    }

    static SQLException interrupted(Exception cause) {
        Thread.currentThread().interrupt();
        return new SQLTransientConnectionException(
                "[BORROW_INTERRUPTED] the thread was interrupted while it waited for a connection; nothing was sent",
                cause);
    }
}
