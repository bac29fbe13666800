package io.github.lifebelt.apps.service;

import java.time.Duration;
import java.util.Arrays;

/** How long the latest transfers took. Thread-safe. */
final class Latencies {
    private static final int KEPT = 8192;
    private static final double PER_MILLI = 1000.0;

    private final long[] at = new long[KEPT];
    private final int[] micros = new int[KEPT];
    private int next;
    private int size;

    synchronized void add(Duration took) {
        at[next] = System.nanoTime();
        micros[next] = (int) Math.min(Integer.MAX_VALUE, took.toNanos() / 1000);
        next = (next + 1) % KEPT;
        size = Math.min(size + 1, KEPT);
    }

    /** Of those that ended within a time, by nearest rank, in milliseconds; 0 if there were none. */
    double percentile(double percent, Duration within) {
        int[] values = since(System.nanoTime() - within.toNanos());
        if (values.length == 0) {
            return 0;
        }
        Arrays.sort(values);
        int rank = (int) Math.ceil(percent / 100 * values.length);
        return values[Math.max(0, rank - 1)] / PER_MILLI;
    }

    private synchronized int[] since(long start) {
        int[] values = new int[size];
        int found = 0;
        for (int i = 0; i < size; i++) {
            if (at[i] - start >= 0) {
                values[found++] = micros[i];
            }
        }
        return Arrays.copyOf(values, found);
    }
}
