package io.github.lifebelt.apps.benchmarks.scorecard;

import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Threads that try the same over and over until it works, and when it first did. */
final class FirstSuccess implements AutoCloseable {

    /** One try. */
    @FunctionalInterface
    interface Attempt {
        /** The moment at which it had worked. */
        long make() throws SQLException;
    }

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final AtomicLong first = new AtomicLong(Long.MAX_VALUE);
    private final CountDownLatch succeeded = new CountDownLatch(1);
    private final long origin = System.nanoTime();
    private volatile boolean over;

    private FirstSuccess() {}

    /** Begins to try. */
    static FirstSuccess of(int threads, Attempt attempt) {
        FirstSuccess tries = new FirstSuccess();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> tries.keepTrying(attempt), "scorecard-trying");
            thread.setDaemon(true);
            thread.start();
        }
        return tries;
    }

    private void keepTrying(Attempt attempt) {
        while (!over) {
            try {
                // Moments of nanoTime can only be compared by their distance.
                first.accumulateAndGet(attempt.make() - origin, Math::min);
                succeeded.countDown();
                return;
            } catch (SQLException | RuntimeException e) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** When it first worked; empty if it does not within that time. */
    OptionalLong await(Duration patience) throws InterruptedException {
        return succeeded.await(patience.toNanos(), TimeUnit.NANOSECONDS)
                ? OptionalLong.of(origin + first.get())
                : OptionalLong.empty();
    }

    /** No more tries. */
    @Override
    public void close() {
        over = true;
    }
}
