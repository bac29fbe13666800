package io.github.lifebelt.apps.demo;

import java.time.Duration;
import java.util.Arrays;

/** How long units took. Keeps every value, in microseconds, so its percentiles are exact. Thread-safe. */
final class Latencies {
    private static final int RECENT = 2000;

    private int[] micros = new int[RECENT];
    private int size;

    synchronized void add(Duration took) {
        if (size == micros.length) {
            micros = Arrays.copyOf(micros, size * 2);
        }
        micros[size++] = (int) Math.min(Integer.MAX_VALUE, took.toNanos() / 1000);
    }

    /** In milliseconds; 0 as long as there is none. */
    double percentile(double percent) {
        return percentile(percent, from(0));
    }

    /** The same for the latest units only, which is what a live line should show. */
    double recentPercentile(double percent) {
        return percentile(percent, from(RECENT));
    }

    private synchronized int[] from(int latest) {
        return Arrays.copyOfRange(micros, latest == 0 ? 0 : Math.max(0, size - latest), size);
    }

    /** By nearest rank: the smallest value that so many percent do not exceed. */
    private static double percentile(double percent, int[] values) {
        if (values.length == 0) {
            return 0;
        }
        Arrays.sort(values);
        int rank = (int) Math.ceil(percent / 100 * values.length);
        return values[Math.max(0, rank - 1)] / 1000.0;
    }
}
