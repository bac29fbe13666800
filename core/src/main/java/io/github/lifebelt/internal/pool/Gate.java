package io.github.lifebelt.internal.pool;

import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.internal.config.Durations;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whether the pool tries to connect. Closed by the first connect that finds the database unreachable, opened by the
 * first that succeeds; in between only the prober tries, so that an outage does not multiply into a storm of connects.
 * Live connections are lent whatever the gate says.
 */
final class Gate {

    /** An outage that is going on. */
    private record Outage(Instant since, long sinceNanos, SQLException cause, Instant causeAt) {
        Outage metAgain(SQLException failure) {
            return new Outage(since, sinceNanos, failure, Instant.now());
        }
    }

    private final String target;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition opened = lock.newCondition();
    private volatile @Nullable Outage outage;

    Gate(String target) {
        this.target = target;
    }

    boolean isOpen() {
        return outage == null;
    }

    /**
     * Notes that connecting found the database unreachable.
     *
     * @return true if the gate was open until now
     */
    boolean close(SQLException cause) {
        lock.lock();
        try {
            Outage before = outage;
            outage = before == null
                    ? new Outage(Instant.now(), System.nanoTime(), cause, Instant.now())
                    : before.metAgain(cause);
            return before == null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes that connecting has succeeded, and wakes who waits.
     *
     * @return how long the gate was closed, or null if it was open
     */
    @Nullable
    Duration open() {
        if (outage == null) {
            return null;
        }
        lock.lock();
        try {
            Outage before = outage;
            outage = null;
            opened.signalAll();
            return before == null ? null : Duration.ofNanos(System.nanoTime() - before.sinceNanos());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the gate is open.
     *
     * @return false if it is still closed at that moment
     */
    boolean awaitOpen(long untilNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (outage != null) {
                long left = untilNanos - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                opened.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Lets waiters look again, although nothing has opened. */
    void wakeAll() {
        lock.lock();
        try {
            opened.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What a borrower gets that could not be served, or null if the gate is open by now. */
    @Nullable
    DatabaseUnavailableException unavailable(long waitedNanos) {
        Outage now = outage;
        return now == null ? null : unavailable(waitedNanos, now.since(), now.cause(), now.causeAt());
    }

    /** The same for a borrower whose own attempt took all its time. */
    DatabaseUnavailableException unavailable(long waitedNanos, SQLException cause) {
        Outage now = outage;
        Instant at = Instant.now();
        return unavailable(waitedNanos, now == null ? at : now.since(), cause, at);
    }

    private DatabaseUnavailableException unavailable(long waitedNanos, Instant since, SQLException cause, Instant at) {
        Instant now = Instant.now();
        return new DatabaseUnavailableException(
                target + " cannot be reached since " + since + " (" + ago(since, now) + "); waited "
                        + Durations.text(Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(waitedNanos)))
                        + " and no live connection came free; last failure " + ago(at, now) + ": "
                        + BorrowErrors.reason(cause)
                        + ". It is being probed all the time; try again",
                since,
                cause);
    }

    private static String ago(Instant then, Instant now) {
        return Durations.text(Duration.ofMillis(
                        Math.max(0, Duration.between(then, now).toMillis()))) + " ago";
    }
}
