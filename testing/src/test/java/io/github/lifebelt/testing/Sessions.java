package io.github.lifebelt.testing;

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
        Properties properties = new Properties();
        properties.setProperty("user", database.user());
        properties.setProperty("password", database.password());
        if (database.product() == DatabaseProduct.POSTGRESQL) {
            properties.setProperty("connectTimeout", "5");
            properties.setProperty("socketTimeout", "5");
            properties.setProperty("loginTimeout", "10");
        } else {
            properties.setProperty("connectTimeout", "5000");
            properties.setProperty("socketTimeout", "5000");
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

    static int pid(Connection connection) throws SQLException {
        return Integer.parseInt(query(connection, "SELECT pg_backend_pid()"));
    }

    static boolean answers(Connection connection) {
        try {
            return query(connection, "SELECT 1").equals("1");
        } catch (SQLException e) {
            return false;
        }
    }
}
