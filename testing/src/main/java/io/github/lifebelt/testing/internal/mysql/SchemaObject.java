package io.github.lifebelt.testing.internal.mysql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One thing in a database.
 *
 * @param kind what it is
 * @param name how it is called
 * @param table the table of a trigger
 * @param definition the statement that makes it, without AUTO_INCREMENT; empty for what is broken
 * @param sqlMode under which mode it was made; null where that makes no difference
 * @param number the next number of a sequence, or of a table if it is not the first
 * @param checksum over all rows of a table
 */
record SchemaObject(
        Kind kind,
        String name,
        @Nullable String table,
        String definition,
        @Nullable String sqlMode,
        @Nullable String number,
        @Nullable String checksum) {

    // In the line after the columns, before any text in quotes.
    private static final Pattern AUTO_INCREMENT = Pattern.compile("(?m)^(\\)[^'\\n]*?) AUTO_INCREMENT=(\\d+)");

    /** In the order in which they can be made. */
    enum Kind {
        SEQUENCE,
        TABLE,
        FUNCTION,
        PROCEDURE,
        VIEW,
        TRIGGER,
        EVENT
    }

    /** What SHOW CREATE tells. */
    static SchemaObject of(Kind kind, String name, @Nullable String table, String shown, @Nullable String sqlMode) {
        Matcher number = AUTO_INCREMENT.matcher(shown);
        return kind == Kind.TABLE && number.find()
                ? new SchemaObject(kind, name, table, number.replaceFirst("$1"), sqlMode, number.group(2), null)
                : new SchemaObject(kind, name, table, shown, sqlMode, null, null);
    }

    SchemaObject withNumber(@Nullable String value) {
        return new SchemaObject(kind, name, table, definition, sqlMode, value, checksum);
    }

    SchemaObject withChecksum(@Nullable String value) {
        return new SchemaObject(kind, name, table, definition, sqlMode, number, value);
    }

    boolean isTable() {
        return kind == Kind.TABLE;
    }

    /** What no other thing of the database has. */
    String key() {
        return kind + " " + name;
    }
}
