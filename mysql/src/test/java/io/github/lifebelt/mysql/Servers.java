package io.github.lifebelt.mysql;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One server of each kind for all test classes of a run. Tests put right what they have broken. Where MySQL's programs do
 * not run MariaDB's stand in for them.
 */
final class Servers {

    private Servers() {}

    private static final class Plain {
        static final TestDatabase SERVER =
                TestDatabase.mysql().tls(false).maxConnections(200).start();
    }

    private static final class Tls {
        static final TestDatabase SERVER =
                TestDatabase.mysql().tls(true).maxConnections(200).start();
    }

    static TestDatabase get(boolean tls) {
        return tls ? Tls.SERVER : Plain.SERVER;
    }

    static boolean isMariaDb(TestDatabase server) {
        return server.product() == DatabaseProduct.MARIADB;
    }

    /** Undoes whatever a test has done to the server. */
    static void heal(TestDatabase server) {
        server.faults().heal();
    }

    /** A connection without Lifebelt. */
    static Connection bare(TestDatabase server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row. */
    static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    static long id(Connection connection) throws SQLException {
        return Long.parseLong(query(connection, "select connection_id()"));
    }
}
