package io.github.lifebelt.internal.pool;

import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.Slot;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.TransactionState;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that no transaction outlives its borrower. What comes back with one open is rolled back, never committed:
 * HikariCP's reset of autocommit would commit it.
 */
final class Hygiene {
    private static final Logger LOG = LoggerFactory.getLogger(Hygiene.class);
    private static final long ROLLBACK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String pool;
    private final Dialect dialect;
    private final Listeners listeners;
    private final LongAdder leftovers = new LongAdder();
    private final AtomicBoolean misused = new AtomicBoolean();

    Hygiene(String pool, Dialect dialect, Listeners listeners) {
        this.pool = pool;
        this.dialect = dialect;
        this.listeners = listeners;
    }

    long leftovers() {
        return leftovers.sum();
    }

    /** Leaves the slot with a connection that has no transaction, or with none. No I/O if all is well. */
    void clean(Slot slot) {
        Physical physical = slot.physical();
        if (physical == null) {
            return;
        }
        if (physical.broken() || physical.driverSaysClosed()) {
            slot.drop(physical, "it failed in use");
            return;
        }
        if (dialect.transactionState(physical.jdbc()) != TransactionState.IDLE) {
            rollBack(slot, physical);
        }
    }

    private void rollBack(Slot slot, Physical physical) {
        // With autocommit off the driver opens a transaction for every read; that is how JDBC is. With autocommit on
        // somebody went behind its back.
        boolean misuse = slot.autoCommit();
        leftovers.increment();
        listeners.tell(listener -> listener.leftoverRolledBack(misuse));
        if (misuse) {
            warn();
        }
        try {
            physical.within(System.nanoTime() + ROLLBACK_NANOS, dialect::rollback);
        } catch (SQLException e) {
            slot.drop(physical, "what its borrower left open could not be rolled back: " + e.getMessage());
        }
    }

    private void warn() {
        String message = "{}: thread '{}' gave a connection back with a transaction open that it had begun by a"
                + " statement or through unwrap; it was rolled back. End it before close(), or use a UnitOfWork";
        String thread = Thread.currentThread().getName();
        if (misused.compareAndSet(false, true)) {
            LOG.warn(message, pool, thread, new Throwable("where it was given back (shown once per pool)"));
        } else {
            LOG.warn(message, pool, thread);
        }
    }
}
