package io.github.lifebelt.postgres.pool;

import static org.awaitility.Awaitility.await;

import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** One server of each kind for all test classes of a run. Tests put right what they have broken. */
public final class Servers {

    private Servers() {}

    private static final class Plain {
        static final TestDatabase SERVER =
                TestDatabase.postgres().tls(false).maxConnections(200).start();
    }

    private static final class Tls {
        static final TestDatabase SERVER =
                TestDatabase.postgres().tls(true).maxConnections(200).start();
    }

    public static TestDatabase get(boolean tls) {
        return tls ? Tls.SERVER : Plain.SERVER;
    }

    /** Undoes whatever a test has done to the server. */
    public static void heal(TestDatabase server) {
        server.faults().thaw();
        if (!server.faults().isRunning()) {
            server.faults().start();
        }
    }

    /**
     * Kills every session of the application and waits until they are gone. Just after a kill the server has not yet
     * said so, and no check that sends nothing can know.
     */
    public static void killSessions(TestDatabase server) throws SQLException {
        server.faults().killSessions();
        try (Connection watcher = bare(server)) {
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> sessions(watcher) == 0);
        }
    }

    /** The application's sessions but the one that asks. */
    public static int sessions(Connection watcher) throws SQLException {
        return Integer.parseInt(query(
                watcher,
                "select count(*) from pg_stat_activity where usename = current_user"
                        + " and backend_type = 'client backend' and pid <> pg_backend_pid()"));
    }

    /** A connection without Lifebelt. */
    public static Connection bare(TestDatabase server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
    }

    public static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row. */
    public static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    public static int pid(Connection connection) throws SQLException {
        return Integer.parseInt(query(connection, "select pg_backend_pid()"));
    }
}
