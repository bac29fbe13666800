package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** By what a server tells sessions apart, and by what its ordinary users may end their own. */
final class SessionId {

    private SessionId() {}

    /** Which session this is; a query that any session answers. */
    static long of(Connection connection, Database kind) throws SQLException {
        String sql = switch (kind) {
            case POSTGRES -> "SELECT pg_backend_pid()";
            case MYSQL, MARIADB -> "SELECT connection_id()";
        };
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Ends it; nobody waits until it has ended. */
    static void kill(Connection killer, long id, Database kind) throws SQLException {
        String sql = switch (kind) {
            case POSTGRES -> "SELECT pg_terminate_backend(" + id + ")";
            case MYSQL, MARIADB -> "KILL " + id;
        };
        try (Statement statement = killer.createStatement()) {
            statement.execute(sql);
        }
    }
}
