package io.github.lifebelt.apps.benchmarks.pools;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** What is done with a pool in a measurement. */
public final class Work {

    private Work() {}

    /** Borrow and return. */
    public static boolean borrow(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return connection != null;
        }
    }

    /** Borrow, one query, return. */
    public static int borrowAndAsk(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return ask(connection);
        }
    }

    /** The shortest query there is, and the reading of its answer. */
    public static int ask(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT 1")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
