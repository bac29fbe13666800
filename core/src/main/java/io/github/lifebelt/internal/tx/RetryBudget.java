package io.github.lifebelt.internal.tx;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How many units of a pool may be run again. An outage makes every unit fail at once; without a bound, retries would
 * multiply the load on a database that has just come back.
 *
 * <p>A bucket: each unit that succeeds puts a fifth of a retry into it, each second ten, and it holds a hundred. So a pool
 * with little to do can retry, and a busy one adds a fifth to its load at most. Lock-free.
 */
public final class RetryBudget {
    private static final long RETRY = 1_000;
    private static final long PER_SUCCESS = RETRY / 5;
    private static final long PER_SECOND = 10 * RETRY;
    private static final long MOST = 100 * RETRY;

    private final LongSupplier clock;
    private final AtomicLong balance = new AtomicLong(MOST);
    private final AtomicLong creditedAt;

    public RetryBudget() {
        this(System::nanoTime);
    }

    RetryBudget(LongSupplier clock) {
        this.clock = clock;
        creditedAt = new AtomicLong(clock.getAsLong());
    }

    /** A unit has succeeded. */
    public void succeeded() {
        if (balance.get() < MOST) {
            add(PER_SUCCESS);
        }
    }

    /** Takes one retry, if there is one. */
    public boolean take() {
        creditTime();
        for (; ; ) {
            long now = balance.get();
            if (now < RETRY) {
                return false;
            }
            if (balance.compareAndSet(now, now - RETRY)) {
                return true;
            }
        }
    }

    /** How many units may be run again at this moment. */
    public double left() {
        creditTime();
        return (double) balance.get() / RETRY;
    }

    private void creditTime() {
        long last = creditedAt.get();
        long now = clock.getAsLong();
        long credit = PER_SECOND * TimeUnit.NANOSECONDS.toMillis(now - last) / 1_000;
        if (credit > 0 && creditedAt.compareAndSet(last, now)) {
            add(credit);
        }
    }

    private void add(long credit) {
        balance.accumulateAndGet(credit, (now, more) -> Math.min(MOST, now + more));
    }
}
