package io.github.lifebelt.apps.benchmarks.results;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * What was seen of one pool under one set of conditions.
 *
 * @param contender the pool, with its mode where it has several
 * @param entries one row, or one for each round
 */
record Cell(String contender, List<Entry> entries) {

    private static final String OURS = "lifebelt";
    private static final String NO_POOL = "none";

    boolean ours() {
        return pool().equals(OURS);
    }

    /** Whether it is of a pool that Lifebelt can be compared with, and no yardstick. */
    boolean peer() {
        return !ours() && !pool().equals(NO_POOL);
    }

    private String pool() {
        return entries.get(0).row().pool();
    }

    /** What was counted in all of its rows. */
    OptionalDouble sum(String figure) {
        return has(figure) ? OptionalDouble.of(all(figure).sum()) : OptionalDouble.empty();
    }

    OptionalDouble most(String figure) {
        return all(figure).max();
    }

    OptionalDouble least(String figure) {
        return all(figure).min();
    }

    DoubleStream all(String figure) {
        return entries.stream().flatMapToDouble(entry -> entry.number(figure).stream());
    }

    boolean has(String figure) {
        return entries.stream().anyMatch(entry -> entry.has(figure));
    }

    /** In a table, with what is missing of it. */
    String label() {
        long missing = Math.round(sum("notMeasured").orElse(0));
        return missing == 0 ? contender : contender + " (not measured " + missing + " times)";
    }
}
