package io.github.lifebelt.testing.internal.mysql;

import static io.github.lifebelt.testing.internal.mysql.MySqlText.identifier;

import io.github.lifebelt.testing.internal.mysql.SchemaObject.Kind;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is in a database now. */
final class SchemaReader {
    private static final int VIEW_INVALID = 1356;
    private static final String NAMES = """
            SELECT CASE table_type WHEN 'VIEW' THEN 'VIEW' WHEN 'SEQUENCE' THEN 'SEQUENCE' ELSE 'TABLE' END, table_name,
                   NULL, 0
              FROM information_schema.tables WHERE table_schema = ?
            UNION ALL
            SELECT routine_type, routine_name, NULL, 0 FROM information_schema.routines
             WHERE routine_schema = ? AND routine_type IN ('FUNCTION', 'PROCEDURE')
            UNION ALL
            SELECT 'TRIGGER', trigger_name, event_object_table, action_order
              FROM information_schema.triggers WHERE trigger_schema = ?
            UNION ALL
            SELECT 'EVENT', event_name, NULL, 0 FROM information_schema.events WHERE event_schema = ?
            ORDER BY 4, 2
            """;

    private final Sql sql;
    private final String database;

    /** The database has to be the connection's own, so that definitions do not name it. */
    SchemaReader(Sql sql, String database) {
        this.sql = sql;
        this.database = database;
    }

    private record Name(Kind kind, String name, @Nullable String table) {}

    /** All things by their keys; triggers in the order in which they fire. */
    Map<String, SchemaObject> read() throws SQLException {
        Map<String, SchemaObject> all = new LinkedHashMap<>();
        List<Name> names = sql.rows(
                row -> new Name(Kind.valueOf(row.getString(1)), row.getString(2), row.getString(3)),
                NAMES,
                database,
                database,
                database,
                database);
        for (Name name : names) {
            SchemaObject found = read(name);
            all.put(found.key(), found);
        }
        checksums(all);
        return all;
    }

    private SchemaObject read(Name name) throws SQLException {
        String place = identifier(database, name.name());
        try {
            SchemaObject found = sql.rows(row -> shown(name, row), "SHOW CREATE " + name.kind() + " " + place)
                    .get(0);
            return name.kind() == Kind.SEQUENCE
                    ? found.withNumber(sql.rows(row -> row.getString(1), "SELECT next_not_cached_value FROM " + place)
                            .get(0))
                    : found;
        } catch (SQLException e) {
            // Its tables are gone.
            if (e.getErrorCode() == VIEW_INVALID) {
                return SchemaObject.of(name.kind(), name.name(), name.table(), "", null);
            }
            throw e;
        }
    }

    /** The column with the statement is called differently for each kind. */
    private static SchemaObject shown(Name name, ResultSet row) throws SQLException {
        ResultSetMetaData columns = row.getMetaData();
        String sqlMode = null;
        String definition = null;
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            String label = columns.getColumnLabel(i);
            if (label.equals("sql_mode")) {
                sqlMode = row.getString(i);
            } else if (label.equals("SQL Original Statement") || label.startsWith("Create ")) {
                definition = row.getString(i);
            }
        }
        return SchemaObject.of(name.kind(), name.name(), name.table(), definition == null ? "" : definition, sqlMode);
    }

    /** All in one statement; they are the same whatever order the rows are in. */
    private void checksums(Map<String, SchemaObject> all) throws SQLException {
        String tables = all.values().stream()
                .filter(SchemaObject::isTable)
                .map(table -> identifier(database, table.name()))
                .collect(Collectors.joining(", "));
        if (tables.isEmpty()) {
            return;
        }
        Map<String, @Nullable String> found = new HashMap<>();
        sql.rows(row -> found.put(row.getString(1), row.getString(2)), "CHECKSUM TABLE " + tables);
        all.replaceAll((key, object) ->
                object.isTable() ? object.withChecksum(found.get(database + "." + object.name())) : object);
    }
}
