package io.github.lifebelt.internal.tx;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.spi.CommitResolver;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table of tokens as one pool knows it: where it is, what is written to it next, and when it is swept. */
final class Tokens {
    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);

    /**
     * How long a token stays. A marker must not be looked up later: its token's absence would mean nothing then.
     */
    static final Duration LIFETIME = Duration.ofHours(24);

    private static final Duration SWEEP_PERIOD = Duration.ofHours(1);
    private static final long SWEEP_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int BATCH = 1_000;

    private final String pool;
    private final CommitResolver resolver;
    private final SideDoor door;
    private final ScheduledThreadPoolExecutor clock;
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private final AtomicBoolean warned = new AtomicBoolean();
    private volatile @Nullable String table;

    Tokens(String pool, CommitResolver resolver, SideDoor door, ScheduledThreadPoolExecutor clock) {
        this.pool = pool;
        this.resolver = resolver;
        this.door = door;
        this.clock = clock;
    }

    /**
     * The table's qualified name: asked for once, by the first unit, before it has set anything that changes how names are
     * found.
     */
    String table(Connection connection) throws SQLException {
        String known = table;
        if (known != null) {
            return known;
        }
        String found = resolver.findTokenTable(connection);
        if (found == null) {
            throw new ConfigurationException(
                    "TOKEN_TABLE_MISSING",
                    "units with commit outcome TOKEN need a table that is not there for pool " + pool
                            + ". Create it in the pool's schema with: " + resolver.tokenTableStatement()
                            + " and grant its user SELECT, INSERT and DELETE on it");
        }
        table = found;
        sweepFromNowOn();
        return found;
    }

    UUID next() {
        return TokenIds.next(Instant.now());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it ends with the pool, and lets nothing through
    private void sweepFromNowOn() {
        if (sweeping.compareAndSet(false, true)) {
            // At different times in the processes of a fleet.
            long period = SWEEP_PERIOD.toMillis();
            long first = ThreadLocalRandom.current().nextLong(period);
            try {
                clock.scheduleWithFixedDelay(this::sweepQuietly, first, period, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.trace("the pool is closed", e);
            }
        }
    }

    private void sweepQuietly() {
        try {
            sweep(Instant.now().minus(LIFETIME));
        } catch (SQLException | RuntimeException e) {
            if (warned.compareAndSet(false, true)) {
                LOG.warn(
                        "{}: old tokens could not be removed from {}: {}. The pool's user needs SELECT and DELETE on it;"
                                + " without that somebody else has to remove what is older than {} h (told once)",
                        pool,
                        table,
                        e.getMessage(),
                        LIFETIME.toHours());
            }
        }
    }

    /** Removes tokens from before a moment, batch by batch, on a connection of its own. */
    int sweep(Instant before) throws SQLException {
        String name = table;
        if (name == null) {
            return 0;
        }
        long deadline = System.nanoTime() + SWEEP_NANOS;
        Physical own = door.open(deadline);
        try {
            UUID bound = TokenIds.firstOf(before);
            int[] removed = new int[1];
            own.within(deadline, jdbc -> {
                int batch;
                do {
                    batch = resolver.removeTokens(jdbc, name, bound, BATCH);
                    removed[0] += batch;
                } while (batch == BATCH);
            });
            return removed[0];
        } finally {
            own.closePolitely();
        }
    }
}
