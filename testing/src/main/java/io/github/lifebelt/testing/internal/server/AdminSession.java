package io.github.lifebelt.testing.internal.server;

import io.github.lifebelt.testing.internal.postgres.PostgresSettings;
import io.github.lifebelt.testing.internal.system.Waiting;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The superuser's session, kept open between uses. It goes through whichever PostgreSQL driver is there at run time; a
 * session that was lost with its server is replaced. Not thread-safe.
 */
public final class AdminSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminSession.class);
    private static final String STARTING_UP = "57P03";
    private static final Duration RECOVERY = Duration.ofSeconds(20);

    private final String password;
    private final boolean tls;
    private @Nullable Connection connection;

    public AdminSession(String password, boolean tls) {
        this.password = password;
        this.tls = tls;
    }

    /** The first column of the first row, as a number; parameters are numbers too. */
    public int query(int port, String sql, int... parameters) throws SQLException {
        Connection kept = connection;
        if (kept != null) {
            try {
                return query(kept, sql, parameters);
            } catch (SQLException e) {
                LOG.debug("The admin session was lost and is replaced: {}", e.getMessage());
                close();
            }
        }
        Connection fresh = connect(port);
        connection = fresh;
        return query(fresh, sql, parameters);
    }

    /** Ends the session; the next query opens another. */
    @Override
    public void close() {
        Connection kept = connection;
        connection = null;
        if (kept != null) {
            try {
                kept.close();
            } catch (SQLException e) {
                LOG.debug("Closing the admin session failed", e);
            }
        }
    }

    private static int query(Connection connection, String sql, int... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setInt(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /** Connects; a server that still starts up or recovers is waited for. */
    private Connection connect(int port) throws SQLException {
        // The certificate may be one made to be refused, so it is not verified.
        String url = "jdbc:postgresql://localhost:" + port + "/postgres?sslmode=" + (tls ? "require" : "disable");
        Properties properties = new Properties();
        properties.setProperty("user", PostgresSettings.ADMIN);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", "lifebelt-testing");
        properties.setProperty("connectTimeout", "3");
        properties.setProperty("loginTimeout", "5");
        properties.setProperty("socketTimeout", "5");
        Driver driver = findDriver(url);
        Attempt attempt = new Attempt();
        Waiting.until(RECOVERY, () -> attempt.isFinal(driver, url, properties));
        return attempt.result();
    }

    private static Driver findDriver(String url) throws SQLException {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader own = AdminSession.class.getClassLoader();
        for (ClassLoader loader : context == null ? new ClassLoader[] {own} : new ClassLoader[] {context, own}) {
            var drivers = ServiceLoader.load(Driver.class, loader).iterator();
            while (true) {
                try {
                    if (!drivers.hasNext()) {
                        break;
                    }
                    Driver driver = drivers.next();
                    if (driver.acceptsURL(url)) {
                        return driver;
                    }
                } catch (ServiceConfigurationError e) {
                    LOG.debug("A JDBC driver on the class path cannot be loaded", e);
                }
            }
        }
        throw new IllegalStateException("No PostgreSQL driver is on the class path, and ending sessions needs one;"
                + " add org.postgresql:postgresql (test scope)");
    }

    /** The outcome of the latest attempt to connect. */
    private static final class Attempt {
        private @Nullable Connection connection;
        private @Nullable SQLException failure;

        boolean isFinal(Driver driver, String url, Properties properties) {
            try {
                connection = driver.connect(url, properties);
                return true;
            } catch (SQLException e) {
                failure = e;
                return !STARTING_UP.equals(e.getSQLState());
            }
        }

        Connection result() throws SQLException {
            if (connection != null) {
                return connection;
            }
            throw failure != null ? failure : new SQLException("The driver took the URL and did not connect");
        }
    }
}
