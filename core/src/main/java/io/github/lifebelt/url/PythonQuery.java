package io.github.lifebelt.url;

import io.github.lifebelt.url.UrlReader.Parameter;
import java.util.Set;

/** A URL's query, as Python's {@code parse_qsl} reads it, for the formats of its programs. */
final class PythonQuery {

    private PythonQuery() {}

    /** @param repeatable names that may stand there more than once, without a note */
    static void read(String query, UrlReader parts, UrlReader.Parameters parameters, Set<String> repeatable) {
        boolean afterPassword = false;
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            // A name without a value is dropped by Python as well.
            if (equals >= 0 && equals < pair.length() - 1) {
                String name = Percent.loose(pair.substring(0, equals), true);
                String shown = UrlReader.shown(name, parameters.isKnown(name), afterPassword);
                if (!repeatable.contains(name)) {
                    parts.count(name);
                }
                parameters.read(
                        Parameter.literal(name, shown, afterPassword, Percent.loose(pair.substring(equals + 1), true)));
                afterPassword = name.equals("password");
            }
        }
    }
}
