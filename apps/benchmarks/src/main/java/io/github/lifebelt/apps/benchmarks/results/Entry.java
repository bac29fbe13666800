package io.github.lifebelt.apps.benchmarks.results;

import io.github.lifebelt.apps.benchmarks.report.Row;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * A row that was measured.
 *
 * @param file it stands in
 * @param row itself
 */
record Entry(String file, Row row) {

    boolean has(String figure) {
        return row.figures().containsKey(figure);
    }

    boolean is(String scenario) {
        return row.scenario().equals(scenario);
    }

    boolean is(String figure, String value) {
        return text(figure).equals(value);
    }

    OptionalDouble number(String figure) {
        return row.figures().get(figure) instanceof Number number
                ? OptionalDouble.of(number.doubleValue())
                : OptionalDouble.empty();
    }

    /** As it stands there; nothing if it does not. */
    String text(String figure) {
        return Objects.toString(row.figures().get(figure), "");
    }
}
