package io.github.lifebelt.apps.demo;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The database systems, and all that the demo has to say differently to each. */
enum Database {
    /** PostgreSQL. */
    POSTGRES("PostgreSQL", DatabaseProduct.POSTGRESQL) {
        private static final String KILL =
                "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity"
                        + " WHERE application_name = ? AND pid <> pg_backend_pid()";

        @Override
        String entriesTable(String name, String columns) {
            return "CREATE TABLE " + name + " (" + columns + ")";
        }

        @Override
        String shortLockWait() {
            return "SET lock_timeout = '5s'";
        }

        @Override
        String isTableThere(String name) {
            return "SELECT to_regclass('" + name + "') IS NOT NULL";
        }

        // The driver fetches in portions only within a transaction.
        @Override
        int fetchSize() {
            return 10_000;
        }

        @Override
        String mark(String name) {
            return "SET application_name = '" + name + "'";
        }

        /** A role may always end sessions of its own. */
        @Override
        int killMarked(Connection connection, String name) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(KILL)) {
                statement.setString(1, name);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getInt(1);
                }
            }
        }
    },

    /** MySQL, and MariaDB with the same words. */
    MYSQL("MySQL", DatabaseProduct.MYSQL) {
        private static final int UNKNOWN_THREAD = 1094;
        private static final String MARKED = "SELECT id FROM information_schema.processlist"
                + " WHERE id <> connection_id() AND command <> 'Killed' AND is_used_lock(concat(?, id)) = id";

        /** Some services demand a key of every table, and one that the server counts up constrains nothing. */
        @Override
        String entriesTable(String name, String columns) {
            return "CREATE TABLE " + name + " (entry bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, " + columns + ")"
                    + TRANSACTIONAL;
        }

        @Override
        String accountsTable(String name, String columns) {
            return super.accountsTable(name, columns) + TRANSACTIONAL;
        }

        // Of dropping a table: it waits for a year by default.
        @Override
        String shortLockWait() {
            return "SET SESSION lock_wait_timeout = 5";
        }

        @Override
        String isTableThere(String name) {
            return "SELECT count(*) > 0 FROM information_schema.tables WHERE table_schema = database()"
                    + " AND table_name = '" + name + "'";
        }

        // The driver's word for row by row; it holds all rows in memory otherwise.
        @Override
        int fetchSize() {
            return Integer.MIN_VALUE;
        }

        /**
         * A session has no name that others see. A lock of its own tells it instead, which goes with the session; the
         * attributes of a connection are only shown where the performance schema is on.
         */
        @Override
        String mark(String name) {
            return "SELECT get_lock(concat('" + name + "-', connection_id()), 0)";
        }

        /** The driver reads no PEM, and by default waits without end for a server that is silent. */
        @Override
        Map<String, String> driverProperties(DatabaseUrl url) throws SQLException {
            Map<String, String> properties = new HashMap<>();
            if (!url.parameters().containsKey("connectTimeout")) {
                properties.put("connectTimeout", "10000");
            }
            String roots = url.sslRootCert();
            if (roots != null) {
                properties.putAll(TrustedRoots.driverProperties(roots));
            }
            return properties;
        }

        /** A user sees its own sessions in the list, and may always end them. */
        @Override
        int killMarked(Connection connection, String name) throws SQLException {
            int killed = 0;
            try (Statement statement = connection.createStatement()) {
                for (long id : marked(connection, name)) {
                    try {
                        statement.execute("KILL " + id);
                        killed++;
                    } catch (SQLException e) {
                        // It ended by itself meanwhile.
                        if (e.getErrorCode() != UNKNOWN_THREAD) {
                            throw e;
                        }
                    }
                }
            }
            return killed;
        }

        private static List<Long> marked(Connection connection, String name) throws SQLException {
            List<Long> ids = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(MARKED)) {
                statement.setString(1, name + "-");
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        ids.add(rows.getLong(1));
                    }
                }
            }
            return ids;
        }
    };

    // Whatever the server's default is.
    private static final String TRANSACTIONAL = " ENGINE = InnoDB";

    private final String title;
    private final DatabaseProduct product;

    Database(String title, DatabaseProduct product) {
        this.title = title;
        this.product = product;
    }

    /** The one that a URL is for. */
    static Database of(DatabaseUrl url) {
        return switch (url.dialect()) {
            case "postgresql" -> POSTGRES;
            case "mysql" -> MYSQL;
            default -> throw new IllegalStateException("no such database here: " + url.dialect());
        };
    }

    /** Its name in options. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its name for people. */
    String title() {
        return title;
    }

    /** What the fixtures call it. */
    DatabaseProduct product() {
        return product;
    }

    /** Makes the table of accounts. */
    String accountsTable(String name, String columns) {
        return "CREATE TABLE " + name + " (" + columns + ")";
    }

    /** Makes the table of transfers. */
    abstract String entriesTable(String name, String columns);

    /** Keeps the statements that follow from waiting long for somebody else's lock. */
    abstract String shortLockWait();

    /** Asks whether statements find a table of a name. */
    abstract String isTableThere(String name);

    /** With which the driver does not fetch all rows of a result at once. */
    abstract int fetchSize();

    /** Run on a new session, it makes the session one of those of a name. */
    abstract String mark(String name);

    /** What the driver needs to hear besides its URL, user and password. */
    Map<String, String> driverProperties(DatabaseUrl url) throws SQLException {
        return Map.of();
    }

    /** Ends the sessions of a name; returns how many were told to end. */
    abstract int killMarked(Connection connection, String name) throws SQLException;
}
