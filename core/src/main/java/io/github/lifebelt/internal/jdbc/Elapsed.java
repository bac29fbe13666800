package io.github.lifebelt.internal.jdbc;

import java.util.concurrent.TimeUnit;

/**
 * How often something was timed, how long it took in all, and the longest of the last one to two minutes.
 *
 * <p>Plain fields, because it is written at each borrow: by one thread at a time, which has them in its hands anyway, and
 * read without synchronisation by who wants figures. A timer of Micrometer's costs some 40 ns for each value, of a borrow
 * that takes 400.
 */
public final class Elapsed {
    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    private long count;
    private long nanos;
    private long windowEnd = Long.MIN_VALUE;
    private long max;
    private long maxBefore;

    /**
     * Something has ended.
     *
     * @param now on the clock of {@link System#nanoTime()}
     * @param took in nanoseconds
     */
    public void add(long now, long took) {
        count++;
        nanos += took;
        if (windowEnd == Long.MIN_VALUE || now - windowEnd >= 0) {
            turn(now);
        }
        if (took > max) {
            max = took;
        }
    }

    private void turn(long now) {
        boolean justOver = windowEnd != Long.MIN_VALUE && now - windowEnd < WINDOW_NANOS;
        maxBefore = justOver ? max : 0;
        max = 0;
        windowEnd = now + WINDOW_NANOS;
    }

    /** Adds what another one has. */
    public void addAll(Elapsed other, long now) {
        count += other.count;
        nanos += other.nanos;
        if (windowEnd == Long.MIN_VALUE || now - windowEnd >= 0) {
            turn(now);
        }
        max = Math.max(max, other.maxNanos(now));
    }

    /** How often. */
    public long count() {
        return count;
    }

    /** How long in all. */
    public long nanos() {
        return nanos;
    }

    /** The longest of the last one to two minutes. */
    public long maxNanos(long now) {
        if (windowEnd == Long.MIN_VALUE || now - windowEnd >= WINDOW_NANOS) {
            return 0;
        }
        return now - windowEnd >= 0 ? max : Math.max(max, maxBefore);
    }
}
