package io.github.lifebelt.testing.internal.server;

import io.github.lifebelt.testing.internal.system.Waiting;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The administrator's session, kept open between uses. It goes through whichever driver of the family is there at run
 * time; a session that was lost with its server is replaced. Not thread-safe.
 */
public final class AdminSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminSession.class);
    private static final Duration RECOVERY = Duration.ofSeconds(20);
    private static final int PING_SECONDS = 5;

    private final Family family;
    private final String url;
    private final Properties properties;
    private final Map<String, AdminSession> siblings = new HashMap<>();
    private @Nullable Connection connection;

    /** Connects when first used. */
    public AdminSession(Family family, String jdbcUrl, Properties properties) {
        this.family = family;
        this.url = jdbcUrl;
        this.properties = properties;
    }

    /** The first column of the first row, as a number. */
    public int number(String sql, Object... parameters) throws SQLException {
        return Integer.parseInt(strings(sql, parameters).get(0));
    }

    /** The first column of all rows. */
    public List<String> strings(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = live().prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<String> values = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    values.add(rows.getString(1));
                }
            }
            return values;
        }
    }

    /** Runs statements one after another, each in its own transaction. */
    public void execute(String... statements) throws SQLException {
        try (Statement statement = live().createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Something that a server is asked. */
    public interface Condition {
        /** Whether it is so now. */
        boolean holds() throws SQLException;
    }

    /** Asks until the answer is yes; false if it was still no after {@code atMost}. */
    public static boolean await(Duration atMost, Condition condition) throws SQLException {
        List<SQLException> failure = new ArrayList<>();
        boolean held = Waiting.until(atMost, () -> {
            try {
                return condition.holds();
            } catch (SQLException e) {
                failure.add(e);
                return true;
            }
        });
        if (!failure.isEmpty()) {
            throw failure.get(0);
        }
        return held;
    }

    /** The session itself, connected; for what the other methods are too narrow for. Not to be closed. */
    public Connection live() throws SQLException {
        Connection kept = connection;
        if (kept != null) {
            if (kept.isValid(PING_SECONDS)) {
                return kept;
            }
            LOG.debug("The administrator's session was lost and is replaced");
            close();
        }
        Connection fresh = connect();
        connection = fresh;
        return fresh;
    }

    /** The same administrator's session with another URL, in another database for one; it ends with this one. */
    public AdminSession sibling(UnaryOperator<String> change) {
        return siblings.computeIfAbsent(change.apply(url), other -> new AdminSession(family, other, properties));
    }

    /** Ends the session and its siblings; the next use opens another. */
    @Override
    public void close() {
        siblings.values().forEach(AdminSession::close);
        Connection kept = connection;
        connection = null;
        if (kept != null) {
            try {
                kept.close();
            } catch (SQLException e) {
                LOG.debug("Closing the administrator's session failed", e);
            }
        }
    }

    /** Connects; a server that still starts up or recovers is waited for. */
    private Connection connect() throws SQLException {
        Driver driver = findDriver();
        Attempt attempt = new Attempt();
        Waiting.until(RECOVERY, () -> attempt.isFinal(driver));
        return attempt.result();
    }

    private Driver findDriver() throws SQLException {
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
        throw new IllegalStateException("The class path has no JDBC driver to ask the server with; add "
                + family.driverArtifact() + " (test scope)");
    }

    /** The outcome of the latest attempt to connect. */
    private final class Attempt {
        private @Nullable Connection connected;
        private @Nullable SQLException failure;

        boolean isFinal(Driver driver) {
            try {
                connected = driver.connect(url, properties);
                return true;
            } catch (SQLException e) {
                failure = e;
                return !family.isStillStarting(e);
            }
        }

        Connection result() throws SQLException {
            if (connected != null) {
                return connected;
            }
            throw failure != null ? failure : new SQLException("The driver took the URL and did not connect");
        }
    }
}
