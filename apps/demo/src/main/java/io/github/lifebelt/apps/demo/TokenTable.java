package io.github.lifebelt.apps.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The table by which units find out about a broken COMMIT. Its name is fixed, so on somebody's own server it may be there
 * already, and be in use: then it stays as it is.
 */
final class TokenTable {
    static final String NAME = "lifebelt_token";

    private final Database database;
    private boolean made;

    TokenTable(Database database) {
        this.database = database;
    }

    /** Makes it by the pool's own statement, unless it is there. */
    void create(Connection connection, String creation) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (isThere(statement)) {
                return;
            }
            statement.execute(creation);
            made = true;
        }
    }

    private boolean isThere(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(database.isTableThere(NAME))) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** Drops it if it was made here. */
    void drop(Connection connection) throws SQLException {
        if (!made) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(database.shortLockWait());
            statement.execute("DROP TABLE IF EXISTS " + NAME);
        }
    }
}
