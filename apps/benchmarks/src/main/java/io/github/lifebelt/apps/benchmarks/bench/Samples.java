package io.github.lifebelt.apps.benchmarks.bench;

import java.util.Arrays;

/** Durations in nanoseconds, as they come. For one thread; many are put together afterwards. */
final class Samples {

    private static final double PERCENT = 100;

    private long[] nanos = new long[64];
    private int count;
    private boolean sorted;

    void add(long duration) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = duration;
        sorted = false;
    }

    void addAll(Samples others) {
        for (int i = 0; i < others.count; i++) {
            add(others.nanos[i]);
        }
    }

    int count() {
        return count;
    }

    /** What so many percent of them do not exceed; none is not a number. */
    double percentile(double percent) {
        if (count == 0) {
            return Double.NaN;
        }
        if (!sorted) {
            Arrays.sort(nanos, 0, count);
            sorted = true;
        }
        int rank = (int) Math.ceil(percent / PERCENT * count);
        return nanos[Math.max(1, rank) - 1];
    }

    double max() {
        return percentile(PERCENT);
    }
}
