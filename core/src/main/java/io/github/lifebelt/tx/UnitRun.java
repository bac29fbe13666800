package io.github.lifebelt.tx;

import io.github.lifebelt.internal.jdbc.ScopedLease;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.internal.trace.UnitTrace;
import io.github.lifebelt.internal.tx.UnitSupport;
import io.github.lifebelt.spi.Dialect.TransactionStart;
import io.github.lifebelt.tx.DatabaseException.Attempt;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import io.github.lifebelt.tx.UnitOfWork.OuterTransaction;
import io.github.lifebelt.tx.UnitOfWork.Work;
import io.github.lifebelt.tx.UnitSettings.Access;
import io.github.lifebelt.tx.UnitSettings.Timeouts;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a unit: its runs, the pauses between them, and the time they have in all. Holds no connection between two
 * runs. Used by one thread.
 */
final class UnitRun {
    private static final Logger LOG = LoggerFactory.getLogger(UnitRun.class);

    private static final AtomicLong IDS =
            new AtomicLong(ThreadLocalRandom.current().nextLong(1L << 48));

    private final PoolEngine engine;
    private final UnitSettings settings;
    private final long begin = System.nanoTime();
    private final long limitNanos;
    private final boolean hasDeadline;
    private final List<Attempt> attempts = new ArrayList<>(0);
    private final UnitTrace trace;

    UnitRun(PoolEngine engine, UnitSettings settings) {
        this.engine = engine;
        this.settings = settings;
        trace = engine.traceUnit(settings.name());
        Duration timeout = settings.timeouts().unit();
        hasDeadline = timeout != null;
        // Without a time-out of its own a unit is begun again no later than it would have waited for a connection.
        limitNanos = (timeout == null ? engine.config().borrowTimeout() : timeout).toNanos();
    }

    // ------------------------------------------------------------------------------------------------ runs

    <T extends @Nullable Object, X extends Exception> T call(Work<T, X> work) throws X {
        trace.begin();
        try {
            return runs(work);
        } finally {
            trace.end();
        }
    }

    private <T extends @Nullable Object, X extends Exception> T runs(Work<T, X> work) throws X {
        for (int attempt = 1; ; attempt++) {
            long since = System.nanoTime();
            Once once = new Once(attempt);
            try {
                return once.call(work);
            } catch (Throwable t) {
                attempts.add(new Attempt(attempt, Duration.ofNanos(System.nanoTime() - since), t));
                if (!again(attempt, once.reasonToRunAgain(t), t)) {
                    complete(t);
                    ended(attempt, once.isCommitted(), t);
                    throw t;
                }
            }
        }
    }

    Transaction begin() {
        trace.begin();
        try {
            return new Once(1).open(true);
        } catch (RuntimeException | Error e) {
            failed(1, e);
            trace.end();
            throw e;
        }
    }

    /** One run of the work in one transaction. */
    private final class Once {
        private final int attempt;
        private @Nullable Transaction tx;
        private boolean joined;

        Once(int attempt) {
            this.attempt = attempt;
        }

        <T extends @Nullable Object, X extends Exception> T call(Work<T, X> work) throws X {
            Transaction open = open(false);
            T result;
            try {
                result = work.apply(open);
            } catch (SQLException e) {
                throw open.failedBy(e);
            } catch (Throwable t) {
                open.abandonedBy(t);
                throw t;
            }
            open.commitUnit();
            return result;
        }

        Transaction open(boolean endedByCaller) {
            boolean interruptedBefore = Thread.currentThread().isInterrupted();
            OuterTransaction outer = settings.around().current().get();
            joined = outer != null;
            ScopedLease lease = outer == null ? lease() : Joining.lease(engine, settings, outer);
            Transaction made = new Transaction(
                    engine, settings, lease, UnitRun.this, attempt, endedByCaller, interruptedBefore, outer);
            tx = made;
            try {
                if (outer == null) {
                    made.begin(start(settings.readOnly() && !lease.slot().readOnly()));
                } else {
                    made.join();
                }
            } catch (SQLException e) {
                throw made.failedBy(e);
            } catch (RuntimeException | Error e) {
                made.abandonedBy(e);
                throw e;
            }
            return made;
        }

        private ScopedLease lease() {
            if (isOver()) {
                throw new TransactionRolledBackException(
                        Reason.TIMEOUT,
                        false,
                        "unit '" + settings.name() + "' has run past its time-out before it got a connection;"
                                + " nothing was sent",
                        null);
            }
            try {
                return engine.borrow(
                        (owner, proxied, slot, since) ->
                                new ScopedLease(owner, proxied, slot, since, engine.dialect(), settings.name()),
                        hasDeadline ? remaining() : engine.config().borrowTimeout());
            } catch (SQLException e) {
                throw new ConnectionUnavailableException(settings.name(), e);
            }
        }

        boolean isCommitted() {
            return tx != null && tx.isCommitted();
        }

        /** Why the unit may be run again as far as this run is concerned; null if it may not. */
        @Nullable
        Reason reasonToRunAgain(Throwable failure) {
            if (joined) {
                return null;
            }
            Transaction run = tx;
            if (run == null) {
                return failure instanceof ConnectionUnavailableException unavailable && unavailable.retryable()
                        ? Reason.CONNECTION_LOST
                        : null;
            }
            if (isCommitted()) {
                return null;
            }
            boolean unknown = failure instanceof CommitOutcomeUnknownException;
            return unknown && !settings.again().evenIfUnknown() ? null : run.cause();
        }
    }

    private TransactionStart start(boolean readOnly) {
        Timeouts timeouts = settings.timeouts();
        Duration left = hasDeadline ? remaining() : null;
        Duration statement = timeouts.statement();
        if (left != null) {
            statement = statement == null || left.compareTo(statement) < 0 ? left : statement;
        }
        return new TransactionStart(
                settings.isolation() == null ? null : settings.isolation().level(),
                readOnly,
                statement,
                timeouts.lock(),
                left == null ? null : left.plus(UnitSupport.grace()),
                settings.access() == Access.READ_WRITE && settings.doubt().outcome() == CommitOutcome.TRANSACTION_ID);
    }

    // ------------------------------------------------------------------------------------------------ again?

    /** Whether to run once more; waits before that. */
    private boolean again(int attempt, @Nullable Reason reason, Throwable failure) {
        RetryPolicy policy = settings.again().policy();
        if (reason == null
                || !policy.allows(reason, attempt)
                || Thread.currentThread().isInterrupted()) {
            return false;
        }
        Duration pause = policy.pause(attempt);
        if (pause.toNanos() >= begin + limitNanos - System.nanoTime()) {
            return false;
        }
        if (!engine.units().budget().take()) {
            LOG.warn(
                    "{}: unit '{}' is not run again after {}: more units of this pool fail than it may repeat",
                    engine.config().name(),
                    settings.name(),
                    reason);
            return false;
        }
        LOG.debug("{}: unit '{}' is run again in {} after {}", engine.config().name(), settings.name(), pause, reason);
        engine.tell(listener -> listener.unitRetried(settings.name(), attempt, failure, pause));
        trace.retried(attempt, failure, pause);
        return waited(pause);
    }

    /** False if the thread was interrupted; the flag stays. */
    private static boolean waited(Duration pause) {
        long until = System.nanoTime() + pause.toNanos();
        for (long left = pause.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.currentThread().isInterrupted()) {
                return false;
            }
        }
        return true;
    }

    /** The last failure tells of the others. */
    private void complete(Throwable last) {
        for (Attempt earlier : attempts) {
            if (earlier.failure() != last) {
                last.addSuppressed(earlier.failure());
            }
        }
        if (last instanceof DatabaseException ours && ours.attempts().isEmpty()) {
            ours.attempts(attempts);
        }
    }

    // ------------------------------------------------------------------------------------------------ time

    boolean hasDeadline() {
        return hasDeadline;
    }

    long deadlineNanos() {
        return begin + limitNanos;
    }

    boolean isOver() {
        return hasDeadline && System.nanoTime() - deadlineNanos() >= 0;
    }

    Duration remaining() {
        return Duration.ofNanos(Math.max(0, deadlineNanos() - System.nanoTime()));
    }

    String nextId() {
        return Long.toHexString(IDS.getAndIncrement());
    }

    // ------------------------------------------------------------------------------------------------ what is told

    /** Who follows this unit. */
    UnitTrace trace() {
        return trace;
    }

    /** Once, and before what follows the commit: that may fail, and the unit is stored all the same. */
    void committed(int attempt) {
        engine.units().budget().succeeded();
        Duration took = took();
        engine.tell(listener -> listener.unitCommitted(settings.name(), took, attempt));
        trace.committed(attempt);
    }

    /** With an exception, though it may be stored. */
    void ended(int attempt, boolean committed, Throwable thrown) {
        if (committed) {
            trace.afterCommitFailed();
        } else {
            failed(attempt, thrown);
        }
    }

    private void failed(int attempt, Throwable failure) {
        Duration took = took();
        engine.tell(listener -> listener.unitFailed(settings.name(), took, attempt, failure));
        trace.failed(attempt, failure);
    }

    /** Without commit and without failure. */
    void closed() {
        Duration took = took();
        engine.tell(listener -> listener.unitFailed(settings.name(), took, 1, null));
        trace.failed(1, null);
        trace.end();
    }

    private Duration took() {
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
