package io.github.lifebelt.testing.internal.mysql;

import static io.github.lifebelt.testing.internal.mysql.MySqlText.identifier;
import static io.github.lifebelt.testing.internal.mysql.MySqlText.literal;

import io.github.lifebelt.testing.internal.mysql.SchemaObject.Kind;
import io.github.lifebelt.testing.internal.server.AdminSession;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Remembers a database in a second one and puts back what is different. There are no templates to copy as in
 * PostgreSQL, and to make a table anew takes a hundredth of a second; so only what has changed is touched, which shows in
 * the definitions and in checksums over the rows. It takes the longer the more rows there are.
 */
final class CleanDatabase {
    private static final String SUFFIX = "_clean";
    private static final String OBJECTS = "lifebelt_objects";
    private static final int UNKNOWN_DATABASE = 1049;

    private final MySqlSessions sessions;

    CleanDatabase(MySqlSessions sessions) {
        this.sessions = sessions;
    }

    /**
     * A thing as it was.
     *
     * @param object the thing
     * @param columns those of its rows that are in the second database; null if there were no rows
     */
    record Remembered(SchemaObject object, @Nullable String columns) {}

    /** Remembers all there is. */
    void mark(AdminSession admin, String database) throws SQLException {
        sessions.endWork(admin, database);
        forget(admin, database);
        Sql sql = new Sql(admin.live());
        String copy = database + SUFFIX;
        sql.execute("CREATE DATABASE " + identifier(copy));
        sql.execute("CREATE TABLE " + identifier(copy, OBJECTS) + " (position INT PRIMARY KEY, kind VARCHAR(20),"
                + " name VARCHAR(64), of_table VARCHAR(64), definition LONGTEXT, sql_mode TEXT, number TEXT,"
                + " checksum TEXT, copied_columns LONGTEXT) CHARACTER SET utf8mb4");
        sql.execute("USE " + identifier(database));
        int position = 0;
        for (SchemaObject object : new SchemaReader(sql, database).read().values()) {
            sql.update(
                    "INSERT INTO " + identifier(copy, OBJECTS) + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    position++,
                    object.kind().name(),
                    object.name(),
                    object.table(),
                    object.definition(),
                    object.sqlMode(),
                    object.number(),
                    object.checksum(),
                    object.isTable() ? copyRows(sql, database, object.name(), copy) : null);
        }
    }

    /** Removes the second database. */
    void forget(AdminSession admin, String database) throws SQLException {
        admin.execute("DROP DATABASE IF EXISTS " + identifier(database + SUFFIX));
    }

    /** Puts back what has changed since. */
    void restore(AdminSession admin, String database) throws SQLException {
        sessions.endWork(admin, database);
        Sql sql = new Sql(admin.live());
        String copy = database + SUFFIX;
        List<Remembered> wanted = sql.rows(
                row -> new Remembered(
                        new SchemaObject(
                                Kind.valueOf(row.getString(2)),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                row.getString(6),
                                row.getString(7),
                                row.getString(8)),
                        row.getString(9)),
                "SELECT * FROM " + identifier(copy, OBJECTS) + " ORDER BY position");
        use(sql, database);
        new Restoration(sql, database, copy, wanted).run();
    }

    /** A user who has all rights in a database can also drop it. */
    private static void use(Sql sql, String database) throws SQLException {
        try {
            sql.execute("USE " + identifier(database));
        } catch (SQLException e) {
            if (e.getErrorCode() != UNKNOWN_DATABASE) {
                throw e;
            }
            sql.execute("CREATE DATABASE " + identifier(database));
            sql.execute("USE " + identifier(database));
        }
    }

    /** The columns that were copied: those that can be written. Null if there are no rows. */
    private static @Nullable String copyRows(Sql sql, String database, String table, String copy) throws SQLException {
        String source = identifier(database, table);
        if (sql.rows(row -> row.getString(1), "SELECT 1 FROM " + source + " LIMIT 1")
                .isEmpty()) {
            return null;
        }
        String columns = String.join(
                ", ",
                sql.rows(
                        row -> identifier(row.getString(1)),
                        "SELECT column_name FROM information_schema.columns WHERE table_schema = " + literal(database)
                                + " AND table_name = " + literal(table)
                                + " AND coalesce(generation_expression, '') = '' ORDER BY ordinal_position"));
        sql.execute("CREATE TABLE " + identifier(copy, table) + " AS SELECT " + columns + " FROM " + source);
        return columns;
    }
}
