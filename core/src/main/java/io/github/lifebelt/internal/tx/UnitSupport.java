package io.github.lifebelt.internal.tx;

import io.github.lifebelt.internal.jdbc.PoolThread;
import io.github.lifebelt.internal.jdbc.ScopedLease;
import io.github.lifebelt.spi.CommitResolver;
import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;

/** What the units of one pool share. Thread-safe. */
public final class UnitSupport {
    private final CommitResolver resolver;
    private final SideDoor door;
    private final ScheduledThreadPoolExecutor clock;
    private final RetryBudget budget = new RetryBudget();
    private final UnitWatch watch;
    private final Tokens tokens;
    private final AtomicInteger inDoubt = new AtomicInteger();

    public UnitSupport(String pool, Dialect dialect, SideDoor door) {
        this.resolver = dialect.commitResolver();
        this.door = door;
        // Has no thread before its first task.
        clock = new ScheduledThreadPoolExecutor(1, task -> new PoolThread(task, pool + ":units"));
        clock.setRemoveOnCancelPolicy(true);
        clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        watch = new UnitWatch(pool, dialect, door, clock);
        tokens = new Tokens(pool, resolver, door, clock);
    }

    public CommitResolver resolver() {
        return resolver;
    }

    public RetryBudget budget() {
        return budget;
    }

    /** Ends a unit that runs past its time-out, unless the returned task is cancelled before. */
    public Future<?> watch(ScopedLease lease, long deadlineNanos) {
        try {
            return watch.watch(lease, deadlineNanos);
        } catch (RejectedExecutionException e) {
            // The pool is being closed, which ends its units as well.
            return CompletableFuture.completedFuture(null);
        }
    }

    /** From the time-out to the end of the connection: the server's own limit is to come after ours. */
    public static Duration grace() {
        return Duration.ofNanos(UnitWatch.GRACE_NANOS);
    }

    /** Where tokens are written to. */
    public String tokenTable(Connection connection) throws SQLException {
        return tokens.table(connection);
    }

    public UUID nextToken() {
        return tokens.next();
    }

    /** Removes tokens from before a moment. */
    public int sweepTokens(Instant before) throws SQLException {
        return tokens.sweep(before);
    }

    /** Whether a token that was written then may have been removed, or may be while it is looked for. */
    public static boolean isTooOld(Instant markedAt) {
        return markedAt.isBefore(Instant.now().minus(Tokens.LIFETIME).plus(Duration.ofHours(1)));
    }

    /**
     * Somebody is going to look for a COMMIT; {@link #lookedForCommit} has to follow. A unit says so before it gives its permit
     * back: whoever takes the pool off the network has to see the one or the other.
     */
    public void looksForCommit() {
        inDoubt.incrementAndGet();
    }

    public void lookedForCommit() {
        inDoubt.decrementAndGet();
    }

    /** Whether somebody looks for a COMMIT. */
    public boolean isAnyInDoubt() {
        return inDoubt.get() > 0;
    }

    /** What became of a transaction; never {@link Finding#OPEN} or {@link Finding#ELSEWHERE}. */
    public Finding find(Mark mark, Duration limit) {
        return new Resolution(door, resolver, tokens, mark, limit.toNanos()).find();
    }

    public void close() {
        clock.shutdownNow();
    }
}
