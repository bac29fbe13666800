package io.github.lifebelt.apps.benchmarks.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of the JSON file.
 *
 * @param scenario what was measured
 * @param pool of which pool
 * @param database on which database system
 * @param figures conditions and results by name: numbers, words and booleans, never anything that JSON has no word for
 */
public record Row(String scenario, String pool, String database, Map<String, Object> figures) {

    private static final String USUAL_DATABASE = "postgres";

    /** A row that {@link #with} goes on with, of PostgreSQL. */
    public Row(String scenario, String pool) {
        this(scenario, pool, USUAL_DATABASE);
    }

    /** A row that {@link #with} goes on with. */
    public Row(String scenario, String pool, String database) {
        this(scenario, pool, database, Map.of());
    }

    /** Takes the figures as they are now. */
    public Row {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }

    /** Adds a figure. */
    public Row with(String name, long value) {
        return plus(name, value);
    }

    /** Adds a condition or a verdict. */
    public Row with(String name, boolean value) {
        return plus(name, value);
    }

    /** Adds a condition. */
    public Row with(String name, String value) {
        return plus(name, value);
    }

    /** Adds a figure, to four significant digits; leaves it out if it is none: a single sample has no error. */
    public Row with(String name, double value) {
        return Double.isFinite(value) ? plus(name, Numbers.rounded(value)) : this;
    }

    private Row plus(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(figures);
        more.put(name, value);
        return new Row(scenario, pool, database, more);
    }
}
