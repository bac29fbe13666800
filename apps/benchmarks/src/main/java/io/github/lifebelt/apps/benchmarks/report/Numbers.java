package io.github.lifebelt.apps.benchmarks.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Figures as people read them. */
public final class Numbers {

    private static final MathContext FOUR_DIGITS = new MathContext(4, RoundingMode.HALF_UP);

    private Numbers() {}

    static double rounded(double value) {
        return BigDecimal.valueOf(value).round(FOUR_DIGITS).doubleValue();
    }

    /** With as many decimals as the size of the number deserves. */
    public static String shortly(double value) {
        double size = Math.abs(value);
        String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    /** A median with its range. */
    public static String range(double median, double least, double most) {
        return shortly(median) + " [" + shortly(least) + ".." + shortly(most) + "]";
    }
}
