package io.github.lifebelt.internal.pool;

import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The connect side: whether the pool may connect. Closed by the first connect that fails for the server's or the
 * network's sake; from then on only the prober tries, so that an outage does not multiply into a storm of connects. When
 * the prober gets through, borrowers are admitted gradually, twice as many with each round that succeeds.
 *
 * <p>Live connections are lent whatever the gate says. Who finds none waits here, for the gate or for a live connection
 * that comes back, whichever is first.
 */
final class Gate {

    /** Why and since when the gate is closed. */
    record Closure(
            Instant since,
            long sinceNanos,
            Verdict verdict,
            ConnectProblem problem,
            SQLException cause,
            Instant causeAt,
            @Nullable Instant nextProbe) {

        /** Whether waiting cannot help. */
        boolean isTerminal() {
            return verdict == Verdict.AUTHENTICATION || verdict == Verdict.REFUSED;
        }

        private Closure metAgain(Verdict newVerdict, ConnectProblem newProblem, SQLException newCause) {
            return new Closure(since, sinceNanos, newVerdict, newProblem, newCause, Instant.now(), nextProbe);
        }

        private Closure probedAt(Instant next) {
            return new Closure(since, sinceNanos, verdict, problem, cause, causeAt, next);
        }
    }

    /** Leave to connect. */
    enum Ticket {
        /** There is no outage. */
        FREE,
        /** One of a few while the database recovers; to be given back with {@link #succeeded} or {@link #close}. */
        TRIAL,
        /** Not now. */
        NONE
    }

    private static final int FIRST_TRIALS = 2;
    // Who has nothing to connect leaves the gate half open; after this long without a failure it opens by itself.
    private static final long TRIAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int allTrials;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    /** Null while the gate is open. */
    private volatile @Nullable Closure closure;

    private volatile boolean halfOpen;
    private long events;
    private int trials;
    private int trialsOut;
    private long halfOpenSince;

    Gate(int maxSize) {
        allTrials = maxSize;
    }

    /** Whether connecting needs no leave. */
    boolean isOpen() {
        return closure == null;
    }

    boolean isHalfOpen() {
        return halfOpen;
    }

    /** Why only the prober connects, or null if others do as well. */
    @Nullable
    Closure closure() {
        return halfOpen ? null : closure;
    }

    /** Changes whenever a waiter may have reason to look again. */
    long events() {
        lock.lock();
        try {
            return events;
        } finally {
            lock.unlock();
        }
    }

    /** Asks for leave to connect. A volatile read while there is no outage. */
    Ticket admit() {
        if (closure == null) {
            return Ticket.FREE;
        }
        lock.lock();
        try {
            if (closure == null) {
                return Ticket.FREE;
            }
            if (!halfOpen || trialsOut >= trials) {
                return Ticket.NONE;
            }
            trialsOut++;
            return Ticket.TRIAL;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes that connecting has failed.
     *
     * @return true if connecting had worked until now
     */
    boolean close(Ticket ticket, Verdict verdict, ConnectProblem problem, SQLException cause) {
        lock.lock();
        try {
            takeBack(ticket);
            Closure before = closure;
            Instant now = Instant.now();
            closure = before == null
                    ? new Closure(now, System.nanoTime(), verdict, problem, cause, now, null)
                    : before.metAgain(verdict, problem, cause);
            boolean news = before == null || halfOpen;
            halfOpen = false;
            changed();
            return news;
        } finally {
            lock.unlock();
        }
    }

    /** The prober tells when it will look next. */
    void nextProbeAt(Instant next) {
        lock.lock();
        try {
            Closure before = closure;
            closure = before == null ? null : before.probedAt(next);
        } finally {
            lock.unlock();
        }
    }

    /** The prober has got through. Nobody is woken yet: first it is to be told. */
    void halfOpen() {
        lock.lock();
        try {
            if (closure != null && !halfOpen) {
                halfOpen = true;
                trials = Math.min(allTrials, FIRST_TRIALS);
                trialsOut = 0;
                halfOpenSince = System.nanoTime();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Wakes as many waiters as may connect. */
    void wakeAdmitted() {
        lock.lock();
        try {
            admitted();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes that connecting has succeeded.
     *
     * @return true if that has opened the gate
     */
    boolean succeeded(Ticket ticket) {
        if (closure == null) {
            return false;
        }
        lock.lock();
        try {
            takeBack(ticket);
            if (closure == null) {
                return false;
            }
            if (!halfOpen) {
                // Somebody's connect was under way when the gate closed, and got through.
                halfOpen();
            }
            trials++;
            admitted();
            return trials >= allTrials && open();
        } finally {
            lock.unlock();
        }
    }

    /** A connect ended without telling anything about the server. */
    void abandoned(Ticket ticket) {
        if (ticket == Ticket.TRIAL) {
            lock.lock();
            try {
                takeBack(ticket);
                admitted();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Opens the gate if it has been half open for long enough; then true. */
    boolean settle() {
        lock.lock();
        try {
            return halfOpen && trialsOut == 0 && System.nanoTime() - halfOpenSince >= TRIAL_NANOS && open();
        } finally {
            lock.unlock();
        }
    }

    /** Opens it without any news of the database: what was met is forgotten, and whoever connects next finds out. */
    void forget() {
        lock.lock();
        try {
            if (closure != null) {
                open();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean open() {
        closure = null;
        halfOpen = false;
        changed();
        return true;
    }

    private void takeBack(Ticket ticket) {
        if (ticket == Ticket.TRIAL && trialsOut > 0) {
            trialsOut--;
        }
    }

    private void changed() {
        events++;
        wake.signalAll();
    }

    private void admitted() {
        events++;
        for (int i = trialsOut; i < trials; i++) {
            wake.signal();
        }
    }

    /** The prober has looked and found it unchanged. */
    void metAgain() {
        lock.lock();
        try {
            Closure before = closure;
            closure = before == null ? null : before.metAgain(before.verdict, before.problem, before.cause);
        } finally {
            lock.unlock();
        }
    }

    /** A connection that may be alive has come back: one waiter may have it. */
    void connectionReturned() {
        lock.lock();
        try {
            events++;
            wake.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Lets waiters look again, although nothing has happened. */
    void wakeAll() {
        lock.lock();
        try {
            changed();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until something has happened since.
     *
     * @param seen what {@link #events()} was before the caller looked in vain
     * @return false if nothing has at that moment
     */
    boolean await(long seen, long untilNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (events == seen) {
                long left = untilNanos - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                wake.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
