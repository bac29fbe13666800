package io.github.lifebelt.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Statements that are sent together and answered together: of several in one text, the driver sends all before it reads
 * the first answer, and where a transaction is to be begun, its {@code BEGIN} before them. After one that fails the server
 * skips the others. They are prepared nowhere, and belong to no cache.
 */
final class OneTrip {

    private OneTrip() {}

    /** Sends. */
    static void send(Connection connection, String statements) throws SQLException {
        lastRow(connection, statements);
    }

    /** Sends, and reads the first row of the last result; null if there is none. */
    static @Nullable String @Nullable [] lastRow(Connection connection, String statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            @Nullable String @Nullable [] row = null;
            boolean rows = statement.execute(statements);
            while (rows || statement.getUpdateCount() >= 0) {
                if (rows) {
                    row = firstRow(statement);
                }
                rows = statement.getMoreResults();
            }
            return row;
        }
    }

    private static @Nullable String @Nullable [] firstRow(Statement statement) throws SQLException {
        try (ResultSet result = statement.getResultSet()) {
            if (!result.next()) {
                return null;
            }
            @Nullable String[] row = new @Nullable String[result.getMetaData().getColumnCount()];
            for (int i = 0; i < row.length; i++) {
                row[i] = result.getString(i + 1);
            }
            return row;
        }
    }
}
