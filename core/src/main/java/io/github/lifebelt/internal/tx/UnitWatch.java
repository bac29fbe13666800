package io.github.lifebelt.internal.tx;

import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.internal.jdbc.End;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.PoolThread;
import io.github.lifebelt.internal.jdbc.ScopedLease;
import io.github.lifebelt.spi.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends units that run past their time-out: cancels what the server is busy with, and if the unit's thread has not come back
 * soon after that, ends the connection below it.
 *
 * <p>In this order, because a server goes on with a statement whose client has gone. The cancel has a thread of its own: it
 * connects, and may have to wait. One thread waits for all units; there is none while no unit has a time-out.
 */
final class UnitWatch {
    private static final Logger LOG = LoggerFactory.getLogger(UnitWatch.class);

    /** From the time-out to the end of the connection. */
    static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String pool;
    private final Dialect dialect;
    private final SideDoor door;
    private final ScheduledThreadPoolExecutor clock;

    UnitWatch(String pool, Dialect dialect, SideDoor door, ScheduledThreadPoolExecutor clock) {
        this.pool = pool;
        this.dialect = dialect;
        this.door = door;
        this.clock = clock;
    }

    /** Watches a unit until the returned task is cancelled. */
    Future<?> watch(ScopedLease lease, long deadlineNanos) {
        return clock.schedule(() -> expired(lease), deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it lets nothing through
    private void expired(ScopedLease lease) {
        Physical physical = lease.expire();
        if (physical == null) {
            return;
        }
        LOG.debug("{}: {} has run past its time-out", pool, lease);
        new PoolThread(() -> cancel(physical), pool + ":cancel").start();
        try {
            clock.schedule(() -> abort(lease), GRACE_NANOS, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            abort(lease);
        }
    }

    private void abort(ScopedLease lease) {
        Physical physical = lease.expire();
        if (physical != null) {
            physical.markBroken(End.of(CloseReason.UNIT_TIMEOUT, "its unit has run past its time-out"));
            physical.abort(CloseReason.UNIT_TIMEOUT);
        }
    }

    private void cancel(Physical physical) {
        long deadline = System.nanoTime() + GRACE_NANOS;
        Beside beside = new Beside(deadline);
        try {
            dialect.cancel(physical.jdbc(), beside::open);
        } catch (SQLException | RuntimeException e) {
            LOG.debug("{}: a statement past its time-out could not be cancelled", pool, e);
        } finally {
            beside.end();
        }
    }

    /** Remembers what was opened, to end it with its socket whatever the dialect does. */
    private final class Beside {
        private final long deadline;
        private @Nullable Physical opened;

        Beside(long deadline) {
            this.deadline = deadline;
        }

        Connection open() throws SQLException {
            Physical made = door.open(deadline);
            opened = made;
            return made.jdbc();
        }

        void end() {
            if (opened != null) {
                opened.closePolitely();
            }
        }
    }
}
