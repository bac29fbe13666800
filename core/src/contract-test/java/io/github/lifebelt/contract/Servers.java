package io.github.lifebelt.contract;

import static org.awaitility.Awaitility.await;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;

/** One server of each kind for all test classes of a run. Tests put right what they have broken. */
public final class Servers {

    /** What this run is for: each module's build says so, and {@code -Dlifebelt.contract.product} says otherwise. */
    public static final DatabaseProduct PRODUCT = product("lifebelt.contract.product");

    private Servers() {}

    private static final class Plain {
        static final TestDatabase SERVER = start(false);
    }

    private static final class Tls {
        static final TestDatabase SERVER = start(true);
    }

    private static DatabaseProduct product(String property) {
        String name = System.getProperty(property);
        if (name == null || name.isEmpty()) {
            throw new IllegalStateException("The contract tests are for one product: set -D" + property
                    + " to POSTGRESQL, MYSQL or MARIADB, as the build does");
        }
        return DatabaseProduct.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static TestDatabase start(boolean tls) {
        return TestDatabase.of(PRODUCT).tls(tls).maxConnections(200).start();
    }

    public static TestDatabase get(boolean tls) {
        return tls ? Tls.SERVER : Plain.SERVER;
    }

    /** Whether it stands in for MySQL, or is what this run is for. */
    public static boolean isMariaDb(TestDatabase server) {
        return server.product() == DatabaseProduct.MARIADB;
    }

    /** Undoes whatever a test has done to the server. */
    public static void heal(TestDatabase server) {
        server.faults().heal();
    }

    /**
     * Kills every session of the application and waits until nothing is left of them: MySQL first undoes what they did.
     */
    public static void killSessions(TestDatabase server) {
        server.faults().killSessions();
        // MySQL's list of sessions has been seen locked for 40 s.
        await().atMost(Duration.ofSeconds(90))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> server.sessions() == 0);
    }

    /** A connection without Lifebelt. */
    public static Connection bare(TestDatabase server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
    }
}
