package io.github.lifebelt.apps.benchmarks.fleet;

import java.util.Arrays;

/** Counts by the second. */
final class PerSecond {

    private static final long SECOND = 1_000_000;

    private final long[] counts;

    PerSecond(long endMicros) {
        counts = new long[(int) (endMicros / SECOND) + 1];
    }

    void count(long atMicros) {
        counts[(int) (atMicros / SECOND)]++;
    }

    /** The most in a second that begins in this span. */
    long peak(long fromMicros, long toMicros) {
        return Arrays.stream(counts, (int) (fromMicros / SECOND), (int) (toMicros / SECOND))
                .max()
                .orElse(0);
    }
}
