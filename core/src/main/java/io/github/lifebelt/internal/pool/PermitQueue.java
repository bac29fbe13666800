package io.github.lifebelt.internal.pool;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The right to hold one of the pool's connections, and the place where borrowers wait for it. Ours and not HikariCP's,
 * because a waiter in there cannot be woken, and everything that has to speak to waiters (the gate, closing, the
 * exhaustion report) needs to.
 *
 * <p>Not fair: a newcomer may take a free permit before a parked waiter wakes up. A fair queue hands over to a parked
 * thread at every return, two context switches a unit of work, and was measured at a third of the throughput on a
 * saturated pool. The unfairness is bounded: who has waited for 5 ms is handed the next permit directly.
 */
final class PermitQueue implements DeadlockGuard.Waiting {

    /** Asked before each park: how long may the waiter go on? */
    interface Patience {
        /**
         * The moment until which to wait, on the clock of {@link System#nanoTime()}.
         *
         * @throws SQLException ends the wait with it
         */
        long until() throws SQLException;
    }

    // Counted from the first try, so that yielding does not make a waiter invisible to the hand-over.
    private static final long HAND_OVER_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    // A connection in short use is back within a few of these. Many more starve parked waiters.
    private static final int YIELDS = 3;

    /** May be negative after the pool was made smaller: returns pay the debt off first. */
    private final AtomicInteger available;

    private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicLong departures = new AtomicLong();
    private final AtomicInteger permits;

    PermitQueue(int permits) {
        available = new AtomicInteger(permits);
        this.permits = new AtomicInteger(permits);
    }

    boolean tryAcquire() {
        for (; ; ) {
            int free = available.get();
            if (free <= 0) {
                return false;
            }
            if (available.compareAndSet(free, free - 1)) {
                return true;
            }
        }
    }

    /** Waits for a permit, also where nobody who holds one will ever give it back. */
    boolean acquire(long sinceNanos, Patience patience) throws InterruptedException, SQLException {
        return acquire(sinceNanos, patience, null);
    }

    /**
     * Waits for a permit.
     *
     * @param sinceNanos when the borrower began
     * @param guard ends a wait in vain
     * @return false if the time was up
     * @throws InterruptedException if interrupted while waiting; no permit is held then
     * @throws SQLException what patience or the guard threw; no permit is held then
     */
    @SuppressWarnings("ThreadPriorityCheck") // yielding was measured; correctness does not rest on it
    boolean acquire(long sinceNanos, Patience patience, @Nullable DeadlockGuard guard)
            throws InterruptedException, SQLException {
        pending.incrementAndGet();
        try {
            for (int i = 0; i < YIELDS; i++) {
                if (tryAcquire()) {
                    return true;
                }
                Thread.yield();
            }
            return park(new Waiter(sinceNanos), patience, guard == null ? null : guard.watch(this));
        } finally {
            pending.decrementAndGet();
        }
    }

    private boolean park(Waiter me, Patience patience, DeadlockGuard.@Nullable Watch watch)
            throws InterruptedException, SQLException {
        waiters.add(me);
        try {
            for (; ; ) {
                if (me.handed()) {
                    return true;
                }
                if (tryAcquire()) {
                    passOnWhatWasHandedTo(me);
                    return true;
                }
                long left = patience.until() - System.nanoTime();
                // Also if the time is up: woken late, it may be in a circle that it has not seen yet, or that has
                // lasted.
                long nap = watch == null ? left : Math.min(left, watch.look(me::leave));
                if (left <= 0) {
                    return !me.leave();
                }
                if (nap > 0) {
                    LockSupport.parkNanos(this, nap);
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } catch (InterruptedException | SQLException | RuntimeException e) {
            passOnWhatWasHandedTo(me);
            throw e;
        } finally {
            departures.incrementAndGet();
            if (!me.handed()) {
                waiters.remove(me);
            }
            // Only the first waiter is woken at a return. If more came free meanwhile, it wakes the next.
            if (available.get() > 0) {
                wakeFirst();
            }
        }
    }

    private void passOnWhatWasHandedTo(Waiter me) {
        if (!me.leave()) {
            release();
        }
    }

    void release() {
        if (!handOver()) {
            available.incrementAndGet();
            wakeFirst();
        }
    }

    private boolean handOver() {
        if (available.get() < 0) {
            return false;
        }
        for (Waiter first = waiters.peek(); first != null; first = waiters.peek()) {
            if (!first.isOlderThan(HAND_OVER_AGE_NANOS)) {
                return false;
            }
            waiters.remove(first);
            if (first.hand()) {
                return true;
            }
        }
        return false;
    }

    private void wakeFirst() {
        Waiter first = waiters.peek();
        if (first != null) {
            first.wake();
        }
    }

    /** Makes every waiter ask its patience again. */
    void wakeAll() {
        waiters.forEach(Waiter::wake);
    }

    /** More or fewer permits from now on, by one thread at a time. Those that are out are not called back. */
    void resize(int by) {
        // In this order the two never say in between that fewer are out than there are.
        if (by > 0) {
            permits.addAndGet(by);
            available.addAndGet(by);
        } else {
            available.addAndGet(by);
            permits.addAndGet(by);
        }
        wakeFirst();
    }

    @Override
    public Set<Thread> threads() {
        Set<Thread> threads = new HashSet<>();
        for (Waiter waiter : waiters) {
            if (waiter.waits()) {
                threads.add(waiter.thread);
            }
        }
        return threads;
    }

    @Override
    public int permitsOut() {
        int free = available.get();
        int all = permits.get();
        return free > 0 || all <= 0 ? 0 : all - free;
    }

    /** Permits that are out, also while others are free, or none are given. */
    int inUse() {
        return permits.get() - available.get();
    }

    @Override
    public long departures() {
        return departures.get();
    }

    /** Permits that nobody holds; negative while a debt is paid off. */
    int available() {
        return available.get();
    }

    /** How long the one has waited that has waited longest; 0 if nobody waits. Takes no lock. */
    long oldestWaitNanos() {
        long now = System.nanoTime();
        long oldest = 0;
        for (Waiter waiter : waiters) {
            if (waiter.waits()) {
                oldest = Math.max(oldest, now - waiter.sinceNanos);
            }
        }
        return oldest;
    }

    /** Threads that wait. */
    int pending() {
        return pending.get();
    }

    private static final class Waiter {
        private static final int WAITING = 0;
        private static final int HANDED = 1;
        private static final int GONE = 2;

        private final Thread thread = Thread.currentThread();
        private final long sinceNanos;
        private final AtomicInteger state = new AtomicInteger(WAITING);

        Waiter(long sinceNanos) {
            this.sinceNanos = sinceNanos;
        }

        boolean isOlderThan(long nanos) {
            return System.nanoTime() - sinceNanos >= nanos;
        }

        boolean waits() {
            return state.get() == WAITING;
        }

        boolean handed() {
            return state.get() == HANDED;
        }

        /** Gives the waiter a permit, unless it has left. */
        boolean hand() {
            boolean taken = state.compareAndSet(WAITING, HANDED);
            if (taken) {
                wake();
            }
            return taken;
        }

        /** Stops waiting, if that was not done before. False if a permit was handed over first. */
        boolean leave() {
            return state.compareAndSet(WAITING, GONE) || state.get() == GONE;
        }

        void wake() {
            LockSupport.unpark(thread);
        }
    }
}
