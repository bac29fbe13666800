package io.github.lifebelt.apps.benchmarks.results;

import java.util.Map;
import java.util.function.Function;

/**
 * A column of a table that says how something was measured: only what has all conditions in common is compared.
 *
 * @param header of the column
 * @param of a row
 */
record Condition(String header, Function<Entry, String> of) {

    /** The database, and the wire to it. */
    static final Condition WHERE = new Condition("where", entry -> entry.row().database() + ", " + wire(entry));

    static final Condition THREADS = new Condition("threads", entry -> entry.text("threads"));

    /** As it stands in the row. */
    static Condition as(String header, String name) {
        return new Condition(header, entry -> entry.text(name));
    }

    /** With its unit. */
    static Condition in(String unit, String header, String name) {
        return new Condition(header, entry -> entry.text(name) + " " + unit);
    }

    /** In other words than the row's. */
    static Condition as(String header, String name, Map<String, String> words) {
        return new Condition(header, entry -> words.getOrDefault(entry.text(name), entry.text(name)));
    }

    private static String wire(Entry entry) {
        return entry.is("wire", "tls") || entry.is("tls", "true") ? "TLS" : "plain";
    }
}
