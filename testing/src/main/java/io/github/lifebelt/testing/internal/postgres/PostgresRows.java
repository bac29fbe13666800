package io.github.lifebelt.testing.internal.postgres;

import static io.github.lifebelt.testing.internal.postgres.PostgresConfiguration.identifier;
import static io.github.lifebelt.testing.internal.postgres.PostgresConfiguration.literal;

import io.github.lifebelt.testing.internal.server.Access;
import io.github.lifebelt.testing.internal.server.AdminSession;
import io.github.lifebelt.testing.internal.system.Percent;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/**
 * Brings rows back without ending sessions. The rows, and the statements that bring them back, are kept in a schema of
 * their own in the same database, which only the administrator may read.
 */
final class PostgresRows {
    private static final String SCHEMA = "lifebelt_clean";
    private static final String TABLES = "SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n"
            + " ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname <> '" + SCHEMA + "'"
            + " AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' ORDER BY 1";
    private static final String SEQUENCES = "SELECT format('SELECT setval(%L, %s, %L)',"
            + " quote_ident(schemaname) || '.' || quote_ident(sequencename), coalesce(last_value, start_value),"
            + " last_value IS NOT NULL) FROM pg_sequences";
    private static final String COLUMNS = "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)"
            + " FROM pg_attribute WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped"
            + " AND attgenerated = ''";

    // TRUNCATE makes new files for a table and its indexes, which takes longer than deleting the few rows a test
    // leaves.
    private static final String EMPTIED = """
            DO $$ BEGIN
                IF pg_table_size(%1$s::regclass) > 1000000 THEN
                    EXECUTE 'TRUNCATE ' || %1$s || ' CASCADE';
                ELSE
                    EXECUTE 'DELETE FROM ' || %1$s;
                END IF;
            END $$""";

    private PostgresRows() {}

    static void mark(AdminSession maintenance, Access access) throws SQLException {
        AdminSession admin = inDatabase(maintenance, access);
        admin.execute(
                "DROP SCHEMA IF EXISTS " + SCHEMA + " CASCADE",
                "CREATE SCHEMA " + SCHEMA,
                "CREATE TABLE " + SCHEMA + ".script (step int, sql text)");
        List<String> script = new ArrayList<>();
        // An open transaction of the test that was not closed is an error with a name, not a wait without end.
        script.add("SET LOCAL lock_timeout = '10s'");
        // Foreign keys need not hold from one table to the next, and triggers have had their say.
        script.add("SET LOCAL session_replication_role = replica");
        List<String> tables = admin.strings(TABLES);
        for (String table : tables) {
            script.add(EMPTIED.formatted(literal(table)));
        }
        for (int i = 0; i < tables.size(); i++) {
            String table = tables.get(i);
            if (!admin.strings("SELECT 1 FROM " + table + " LIMIT 1").isEmpty()) {
                String kept = SCHEMA + "." + identifier("rows_" + i);
                String columns = admin.strings(COLUMNS, table).get(0);
                admin.execute("CREATE TABLE " + kept + " AS SELECT " + columns + " FROM " + table);
                script.add("INSERT INTO " + table + " (" + columns + ") OVERRIDING SYSTEM VALUE SELECT " + columns
                        + " FROM " + kept);
            }
        }
        script.addAll(admin.strings(SEQUENCES));
        for (int i = 0; i < script.size(); i++) {
            admin.execute("INSERT INTO " + SCHEMA + ".script VALUES (" + i + ", " + literal(script.get(i)) + ")");
        }
    }

    static void restore(AdminSession maintenance, Access access) throws SQLException {
        AdminSession admin = inDatabase(maintenance, access);
        List<String> script = admin.strings("SELECT sql FROM " + SCHEMA + ".script ORDER BY step");
        try {
            admin.execute("BEGIN;\n" + String.join(";\n", script) + ";\nCOMMIT");
        } catch (SQLException e) {
            // The session is within a failed transaction.
            admin.close();
            throw e;
        }
    }

    /** What is emptied here must be the test's own, wherever the administrator connects to first. */
    private static AdminSession inDatabase(AdminSession maintenance, Access access) throws SQLException {
        String own = Matcher.quoteReplacement(Percent.encode(access.database()));
        AdminSession admin = maintenance.sibling(url -> url.replaceFirst("^([^?]*//[^/?]*/)[^?]*", "$1" + own));
        String found = admin.strings("SELECT current_database()").get(0);
        if (!found.equals(access.database())) {
            throw new IllegalStateException("This is the database " + found + " and not " + access.database());
        }
        return admin;
    }
}
