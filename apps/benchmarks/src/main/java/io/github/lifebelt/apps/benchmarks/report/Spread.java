package io.github.lifebelt.apps.benchmarks.report;

import java.util.Arrays;

/**
 * What a row of rounds has shown.
 *
 * @param median the middle one
 * @param min the least
 * @param max the most
 * @param low what the true median is above, with 95 % confidence
 * @param high what the true median is below, with 95 % confidence
 */
public record Spread(double median, double min, double max, double low, double high) {

    // One-sided.
    private static final double DOUBT = 0.05;

    /** Of one figure of each round. */
    public static Spread of(double[] rounds) {
        double[] sorted = rounds.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        int inward = stepsInward(n);
        double median = n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
        return new Spread(median, sorted[0], sorted[n - 1], sorted[inward], sorted[n - 1 - inward]);
    }

    /** Round by round, because what disturbs one contender of a round disturbs the others too. */
    public static Spread ofRatios(double[] rounds, double[] toThese) {
        double[] ratios = new double[rounds.length];
        Arrays.setAll(ratios, i -> rounds[i] / toThese[i]);
        return of(ratios);
    }

    /**
     * How many of the extreme rounds lie outside of the bound: the sign test's, which asks nothing of the distribution.
     * The second of 9 rounds is one, the first of 5; with fewer than 5 the bound is the extreme and less sure.
     */
    private static int stepsInward(int n) {
        double all = Math.pow(2, n);
        double ways = 1;
        double below = ways / all;
        int steps = 0;
        while (steps + 1 < n / 2) {
            ways = ways * (n - steps) / (steps + 1);
            below += ways / all;
            if (below > DOUBT) {
                break;
            }
            steps++;
        }
        return steps;
    }

    /** In another unit. */
    public Spread dividedBy(double unit) {
        return new Spread(median / unit, min / unit, max / unit, low / unit, high / unit);
    }

    @Override
    public String toString() {
        return Numbers.range(median, min, max);
    }
}
