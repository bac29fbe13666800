package io.github.lifebelt.apps.benchmarks.results;

import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * A column of a table that says what came out.
 *
 * @param header of the column
 * @param better which of two is
 * @param of a pool; nothing where it was not measured
 */
record Figure(String header, Better better, Function<Cell, Optional<Value>> of) {

    /**
     * What is seen.
     *
     * @param middle what is compared
     * @param least of all rounds
     * @param most of all rounds
     * @param text as a table has it
     */
    record Value(double middle, double least, double most, String text) {}

    /** What was counted, over all rounds. */
    static Figure count(String header, Better better, String name) {
        return new Figure(
                header,
                better,
                cell -> cell.sum(name).stream()
                        .mapToObj(sum -> exactly(sum, whole(sum)))
                        .findFirst());
    }

    /** What was counted, of how many. */
    static Figure countOf(String header, Better better, String name, Function<Cell, OptionalDouble> total) {
        return new Figure(
                header,
                better,
                cell -> cell.sum(name).stream()
                        .mapToObj(sum -> exactly(
                                sum,
                                whole(sum) + " of " + whole(total.apply(cell).orElseThrow())))
                        .findFirst());
    }

    /** The worst that was seen. */
    static Figure most(String header, Better better, String name) {
        return new Figure(
                header,
                better,
                cell -> cell.most(name).stream()
                        .mapToObj(most -> exactly(most, Numbers.shortly(most)))
                        .findFirst());
    }

    /** The least that was seen. */
    static Figure least(String header, Better better, String name) {
        return new Figure(
                header,
                better,
                cell -> cell.least(name).stream()
                        .mapToObj(least -> exactly(least, Numbers.shortly(least)))
                        .findFirst());
    }

    /** A median with its range, in another unit; names with Min and Max have the range, where there are any. */
    static Figure median(String header, Better better, String name, double unit) {
        return new Figure(header, better, cell -> {
            double[] medians = cell.all(name).toArray();
            if (medians.length == 0) {
                return Optional.empty();
            }
            Spread spread = Spread.of(medians);
            double middle = spread.median() / unit;
            double least = cell.least(name + "Min").orElse(spread.min()) / unit;
            double most = cell.most(name + "Max").orElse(spread.max()) / unit;
            // A median of one round's own, whose range is not there, has none.
            boolean ranged = medians.length > 1 || cell.has(name + "Min") && cell.has(name + "Max");
            return Optional.of(
                    ranged
                            ? new Value(middle, least, most, Numbers.range(middle, least, most))
                            : exactly(middle, Numbers.shortly(middle)));
        });
    }

    static Figure median(String header, Better better, String name) {
        return median(header, better, name, 1);
    }

    /** Whether a promise was kept. */
    static Figure verdict() {
        return new Figure("verdict", Better.NEITHER, cell -> {
            if (!cell.has("kept")) {
                return Optional.empty();
            }
            boolean all = cell.entries().stream().allMatch(entry -> entry.is("kept", "true"));
            return Optional.of(exactly(all ? 1 : 0, all ? "PASS" : "FALLS SHORT"));
        });
    }

    /** The same made into something else. */
    Figure map(String newHeader, Function<Value, Value> change) {
        return new Figure(newHeader, better, cell -> of.apply(cell).map(change));
    }

    private static Value exactly(double value, String text) {
        return new Value(value, value, value, text);
    }

    private static String whole(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }
}
