package io.github.lifebelt.postgres.pool;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long the machine has kept a thread waiting that only wanted to run. Bounds on time are about the pool; what a busy
 * machine adds is measured here and allowed for.
 */
final class Stalls implements AutoCloseable {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Thread meter = new Thread(this::measure, "stalls");
    private volatile boolean stopped;
    private volatile long worstNanos;

    Stalls() {
        meter.setDaemon(true);
        meter.start();
    }

    private void measure() {
        while (!stopped) {
            long begin = System.nanoTime();
            LockSupport.parkNanos(PERIOD_NANOS);
            worstNanos = Math.max(worstNanos, System.nanoTime() - begin - PERIOD_NANOS);
        }
    }

    /** A limit for something that takes several turns of several threads, each of which may have been kept waiting. */
    Duration allowFor(Duration limit) {
        return limit.plusNanos(4 * worstNanos);
    }

    @Override
    public void close() {
        stopped = true;
    }
}
