package io.github.lifebelt.internal.pool;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.internal.credentials.CredentialsKeeper;
import io.github.lifebelt.internal.credentials.FixedCredentials;
import io.github.lifebelt.internal.jdbc.DirectConnection;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.SlotConnect;
import io.github.lifebelt.internal.tls.TlsPolicy;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections past the pool and past any pooler, each made when it is asked for and ended when it is closed. They have the
 * pool's identity, TLS and schema, but nothing of {@link PoolConfig#initSql()} and {@link PoolConfig#onConnect()}: what
 * suits requests, such as a time limit for statements, would cut a migration short. The pool is not told how they fare:
 * another port's failure says nothing of its own.
 *
 * <p>Thread-safe. {@link #close()} ends what was left open.
 */
public final class DirectConnections implements DataSource, AutoCloseable {

    /** A session is wanted that is one's own, and the way there leads to sessions that are shared. */
    public static final class ThroughPoolerException extends SQLNonTransientConnectionException {
        private static final long serialVersionUID = 1L;

        ThroughPoolerException(String message) {
            super(message, "08001");
        }
    }

    private final PoolConfig config;
    private final Dialect dialect;
    private final DatabaseUrl url;
    private final Connector connector;
    private final @Nullable CredentialsKeeper own;
    private final @Nullable Long deadline;
    private final Runnable onClose;
    private final Set<DirectConnection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private DirectConnections(
            PoolConfig config,
            Dialect dialect,
            DatabaseUrl url,
            TlsPolicy.Decision tls,
            CredentialsKeeper credentials,
            @Nullable CredentialsKeeper own,
            @Nullable Long deadline,
            Runnable onClose) {
        this.config = config;
        this.dialect = dialect;
        this.url = url;
        this.own = own;
        this.deadline = deadline;
        this.onClose = onClose;
        Generation generation = new Generation(reason -> {}, () -> {});
        connector = new Connector(
                config,
                url,
                dialect,
                tls,
                credentials,
                generation,
                new ConnectVerdicts(config, dialect),
                new RoleWatch(Connector.role(config), generation, new NobodyCares()),
                new Listeners(List.of()),
                new OpenConnections(config.name()),
                facts -> {});
    }

    /** To the server behind the pool's own URL. Its TLS holds there as well: it is of the same house. */
    static DirectConnections behind(
            PoolConfig config,
            Dialect dialect,
            TlsPolicy.Decision tls,
            CredentialsKeeper credentials,
            @Nullable Long deadline,
            Runnable onClose) {
        return new DirectConnections(
                config, dialect, dialect.direct(config.url()), tls, credentials, null, deadline, onClose);
    }

    static DirectConnections to(
            DatabaseUrl url,
            PoolConfig config,
            Dialect dialect,
            CredentialsKeeper credentials,
            @Nullable Long deadline,
            Runnable onClose) {
        if (!url.dialect().equals(dialect.name())) {
            throw new ConfigurationException(
                    "INVALID_SETTING",
                    "the direct URL leads to " + url.dialect() + ", and the pool to " + dialect.name());
        }
        dialect.check(url);
        TlsPolicy.Decision tls = PoolEngine.tlsFor(url, config, dialect);
        if (!namesItsOwnUser(url, config.url())) {
            return new DirectConnections(config, dialect, url, tls, credentials, null, deadline, onClose);
        }
        // The owner of the tables is often another user than the one whom the application works as.
        CredentialsKeeper own = new CredentialsKeeper(
                config.name(),
                new FixedCredentials(url.credentials()),
                Duration.ZERO,
                (delay, task) -> {},
                new NobodyCares());
        return new DirectConnections(config, dialect, url, tls, own, own, deadline, onClose);
    }

    private static boolean namesItsOwnUser(DatabaseUrl direct, DatabaseUrl pool) {
        return direct.credentials().secret() != null
                || (direct.user() != null && !Objects.equals(direct.user(), pool.user()));
    }

    /** Where these connections lead, without secrets. */
    public String target() {
        return url.target();
    }

    /** Whether their time is over. */
    public boolean isLate() {
        return deadline != null && System.nanoTime() - deadline >= 0;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (closed) {
            throw new SQLException("these connections were closed", "08003");
        }
        if (isLate()) {
            throw new SQLTimeoutException("no time is left to connect to " + target());
        }
        long until =
                deadline == null ? System.nanoTime() + config.connectTimeout().toNanos() : deadline;
        Physical made = connector.open(new SlotConnect(), until);
        try {
            refusePooler(made.facts());
            made.within(until, jdbc -> ServiceDoor.enterSchema(config, dialect, jdbc));
            if (deadline != null) {
                made.until(deadline);
            }
        } catch (SQLException | RuntimeException | Error e) {
            made.abort(CloseReason.SERVICE);
            throw e;
        }
        DirectConnection connection = new DirectConnection(made, open::remove);
        open.add(connection);
        if (closed) {
            connection.close();
        }
        return connection;
    }

    private void refusePooler(@Nullable ServerFacts facts) throws SQLException {
        if (facts != null && facts.bouncer()) {
            throw new ThroughPoolerException("[MIGRATION_THROUGH_POOLER] behind " + target()
                    + " stands a connection pooler, which lends one session"
                    + " to many: locks of a migration would be left behind or miss their purpose. Give the"
                    + " server's own address: Migrations.directUrl(\"" + url.dialect()
                    + "://<server>:<its own port>/<database>\")");
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            open.forEach(DirectConnection::close);
            if (own != null) {
                own.close();
            }
        } finally {
            onClose.run();
        }
    }

    /** Refused: these connections have one identity. */
    @Override
    public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the pool's user, or that of the direct URL, logs in");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new SQLException("these connections are no " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    @Override
    public int getLoginTimeout() {
        return (int) Math.max(1, config.connectTimeout().toSeconds());
    }

    /** Refused: the connect timeout is the pool's. */
    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("set PoolBuilder.connectTimeout before the pool is opened");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    /** Refused: Lifebelt logs through SLF4J. */
    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("Lifebelt logs through SLF4J");
    }

    @Override
    public java.util.logging.Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("Lifebelt logs through SLF4J");
    }

    @Override
    public String toString() {
        return "DirectConnections[" + target() + "]";
    }

    private static final class NobodyCares implements RoleWatch.Events, CredentialsKeeper.Events {
        @Override
        public void writerLost(String reason) {}

        @Override
        public void writerFound() {}

        @Override
        public void refreshed(@Nullable Duration validFor) {}

        @Override
        public void refreshFailed(SQLException failure, @Nullable Duration stillValid) {}

        @Override
        public void rotated() {}
    }
}
