package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.system.PressureLog;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how long the machine keeps waiting what only wants to run. A limit on time is about the code under test; what a
 * busy machine adds to it is measured here and allowed for, instead of being guessed by generous limits that find nothing.
 *
 * <pre>{@code
 * try (Stalls stalls = new Stalls()) {
 *     Duration took = ...;
 *     assertTrue(took.compareTo(stalls.allowFor(Duration.ofMillis(250))) <= 0);
 * }
 * }</pre>
 *
 * <p>Two measures, of which the larger counts: how late a thread is woken that sleeps most of the time, and on Linux for how
 * long anything on the machine had to wait for a processor or a disk (its pressure stall information), which also knows of
 * servers in processes of their own and of threads that compute. On a machine that has time both are next to nothing.
 *
 * <p>Thread-safe. One daemon thread that wakes up every 2 ms, until {@link #close()}.
 */
public final class Stalls implements AutoCloseable {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int PERIODS_OF_PRESSURE = 25;
    // Something that is bounded takes several turns of several threads, each of which may have been kept waiting.
    private static final int TURNS = 4;

    private final Thread meter = new Thread(this::measure, "lifebelt-testing-stalls");
    private final PressureLog pressure = new PressureLog();
    private volatile boolean stopped;
    private volatile long worstNanos;

    /** Begins to measure. */
    public Stalls() {
        pressure.look();
        meter.setDaemon(true);
        meter.start();
    }

    /**
     * A limit with what this machine has made of it: four times the longest that the thread was kept waiting since the
     * beginning is added, or the most that anything waited within something that long.
     *
     * @param limit what is promised on a machine that has time
     * @return the longest that it may have taken
     */
    public Duration allowFor(Duration limit) {
        if (!stopped) {
            pressure.look();
        }
        Duration woken = limit.plus(longest().multipliedBy(TURNS));
        Duration waited = pressure.longest(limit);
        return woken.compareTo(waited) > 0 ? woken : waited;
    }

    /**
     * The longest that the thread was kept waiting since the beginning.
     *
     * @return zero until it was late for the first time
     */
    public Duration longest() {
        return Duration.ofNanos(worstNanos);
    }

    /** Ends the measuring; {@link #allowFor} goes on with what was measured. */
    @Override
    public void close() {
        pressure.look();
        stopped = true;
        LockSupport.unpark(meter);
    }

    private void measure() {
        for (int periods = 0; !stopped; periods++) {
            if (periods % PERIODS_OF_PRESSURE == 0) {
                pressure.look();
            }
            long begin = System.nanoTime();
            LockSupport.parkNanos(PERIOD_NANOS);
            if (!stopped) {
                worstNanos = Math.max(worstNanos, System.nanoTime() - begin - PERIOD_NANOS);
            }
        }
    }
}
