package io.github.lifebelt.apps.demo;

import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A server that the user named. Only the pool's own sessions are ended, which it knows by a name that no other has, and none
 * if it is only observed. Nothing is restarted.
 */
final class OwnServer implements Target {
    private final String text;
    private final DatabaseUrl url;
    private final Database database;
    private final boolean observed;
    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private @Nullable Map<String, String> driverProperties;
    private @Nullable Connection killer;
    private volatile @Nullable String complaint;

    OwnServer(String text, boolean observed) {
        this.text = text;
        this.observed = observed;
        this.url = DatabaseUrl.parse(text);
        this.database = Database.of(url);
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public String url() {
        return text;
    }

    @Override
    public String describe() {
        return url.target()
                + (observed
                        ? " (an own server, which is left to whoever makes the faults)"
                        : " (an own server: its sessions are ended, it is not restarted)");
    }

    @Override
    public String tablePrefix() {
        return "lifebelt_demo_" + run;
    }

    @Override
    public PoolBuilder configure(PoolBuilder builder) {
        return observed ? builder : builder.initSql(database.mark(sessionName()));
    }

    @Override
    public Connection connect() throws SQLException {
        Credentials credentials = url.credentials();
        Properties properties = new Properties();
        put(properties, "user", credentials.user());
        put(properties, "password", credentials.secret());
        driverProperties().forEach(properties::setProperty);
        return DriverManager.getConnection(url.jdbcUrl(), properties);
    }

    @Override
    public int killSessions() {
        try {
            return database.killMarked(killer(), sessionName());
        } catch (SQLException e) {
            complaint = "the pool's sessions could not always be ended: " + e.getMessage();
            close();
            return 0;
        }
    }

    @Override
    public @Nullable String complaint() {
        return complaint;
    }

    @Override
    public boolean canRestart() {
        return false;
    }

    @Override
    public void restart() {
        throw new UnsupportedOperationException("an own server is not restarted");
    }

    @Override
    public void close() {
        Connection open = killer;
        killer = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                // It ends with the process at the latest.
            }
        }
    }

    /** Once: a storm connects again and again, and each time would leave a file. */
    private synchronized Map<String, String> driverProperties() throws SQLException {
        Map<String, String> known = driverProperties;
        if (known == null) {
            known = database.driverProperties(url);
            driverProperties = known;
        }
        return known;
    }

    private Connection killer() throws SQLException {
        Connection open = killer;
        if (open == null) {
            open = connect();
            killer = open;
        }
        return open;
    }

    private String sessionName() {
        return "lifebelt-demo-" + run;
    }

    private static void put(Properties properties, String name, @Nullable String value) {
        if (value != null) {
            properties.setProperty(name, value);
        }
    }
}
