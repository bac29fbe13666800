package io.github.lifebelt.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Bare driver connections, without any pool. */
final class Sessions {
    private Sessions() {}

    static Connection open(TestDatabase database) throws SQLException {
        return open(database, database.jdbcUrl());
    }

    /** Connects with the database's user; nothing takes longer than five seconds, or ten over TLS. */
    static Connection open(TestDatabase database, String jdbcUrl) throws SQLException {
        return open(database, jdbcUrl, 5);
    }

    /** Connects, or fails after about a second. */
    static Connection openInASecond(TestDatabase database) throws SQLException {
        return open(database, database.jdbcUrl(), 1);
    }

    private static Connection open(TestDatabase database, String jdbcUrl, int seconds) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", database.user());
        properties.setProperty("password", database.password());
        if (Products.isPostgres(database)) {
            properties.setProperty("connectTimeout", Integer.toString(seconds));
            properties.setProperty("socketTimeout", Integer.toString(seconds));
            properties.setProperty("loginTimeout", Integer.toString(2 * seconds));
        } else {
            properties.setProperty("connectTimeout", Integer.toString(1000 * seconds));
            properties.setProperty("socketTimeout", Integer.toString(1000 * seconds));
        }
        return DriverManager.getConnection(jdbcUrl, properties);
    }

    static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** What the server calls the session. */
    static int pid(Connection connection) throws SQLException {
        return Integer.parseInt(
                query(connection, isPostgres(connection) ? "SELECT pg_backend_pid()" : "SELECT connection_id()"));
    }

    /** The server's main process. */
    static ProcessHandle server(Connection connection) throws SQLException, IOException {
        if (isPostgres(connection)) {
            return ProcessHandle.of(pid(connection))
                    .flatMap(ProcessHandle::parent)
                    .orElseThrow();
        }
        String pid = Files.readString(Path.of(query(connection, "SELECT @@pid_file")));
        return ProcessHandle.of(Long.parseLong(pid.trim())).orElseThrow();
    }

    private static boolean isPostgres(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    }

    static boolean answers(Connection connection) {
        try {
            return query(connection, "SELECT 1").equals("1");
        } catch (SQLException e) {
            return false;
        }
    }
}
