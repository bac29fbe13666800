package io.github.lifebelt.testing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how long the machine keeps a thread waiting that only wants to run. A limit on time is about the code under
 * test; what a busy machine adds to it is measured here and allowed for, instead of being guessed by generous limits that
 * find nothing.
 *
 * <pre>{@code
 * try (Stalls stalls = new Stalls()) {
 *     Duration took = ...;
 *     assertTrue(took.compareTo(stalls.allowFor(Duration.ofMillis(250))) <= 0);
 * }
 * }</pre>
 *
 * <p>Thread-safe. One daemon thread that wakes up every 2 ms, until {@link #close()}.
 */
public final class Stalls implements AutoCloseable {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    // Something that is bounded takes several turns of several threads, each of which may have been kept waiting.
    private static final int TURNS = 4;

    private final Thread meter = new Thread(this::measure, "lifebelt-testing-stalls");
    private volatile boolean stopped;
    private volatile long worstNanos;

    /** Begins to measure. */
    public Stalls() {
        meter.setDaemon(true);
        meter.start();
    }

    /**
     * A limit with what this machine has made of it.
     *
     * @param limit what is promised on a machine that has time
     * @return the limit and four times the longest stall since the beginning
     */
    public Duration allowFor(Duration limit) {
        return limit.plusNanos(TURNS * worstNanos);
    }

    /** Ends the measuring; {@link #allowFor} goes on with what was measured. */
    @Override
    public void close() {
        stopped = true;
        LockSupport.unpark(meter);
    }

    private void measure() {
        while (!stopped) {
            long begin = System.nanoTime();
            LockSupport.parkNanos(PERIOD_NANOS);
            worstNanos = Math.max(worstNanos, System.nanoTime() - begin - PERIOD_NANOS);
        }
    }
}
