package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.spi.CommitResolver;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.FailureClassifier;
import io.github.lifebelt.spi.FailureClassifier.FailureChain;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReading;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.PSQLState;

/**
 * PostgreSQL through pgjdbc.
 *
 * <p>Thread-safe, without state. Reads libpq's URIs ({@code postgresql://}, {@code postgres://}) and key words, pgjdbc's
 * URLs ({@code jdbc:postgresql:}), Npgsql's strings, and the URLs of Python's frameworks, each by its own rules, and opens connections with the driver's {@link Driver#connect}
 * directly: {@code DriverManager} would ask every driver on the class path and hold a global time-out over all of them.
 *
 * <p>The driver looks up no names: it gets sockets that are connected.
 */
public final class PostgresDialect implements Dialect {

    private static final FailureClassifier CLASSIFIER = new PostgresFailureClassifier();
    private static final CommitResolver RESOLVER = new PostgresCommitResolver();

    /** For {@link java.util.ServiceLoader}. */
    public PostgresDialect() {}

    @Override
    public String name() {
        return DriverSettings.DIALECT;
    }

    /** {@inheritDoc} {@code jdbc:postgres:} is among them only to be refused with the right spelling. */
    @Override
    public Set<String> schemes() {
        Set<String> schemes = new LinkedHashSet<>(
                List.of("postgresql:", "postgres:", JdbcPostgresUrl.SCHEME, JdbcPostgresUrl.MISSPELT_SCHEME));
        schemes.addAll(FrameworkUrl.SCHEMES);
        return schemes;
    }

    @Override
    public UrlReading read(UrlReader.Format format, String text) {
        return switch (format) {
            case URL -> readUrl(text);
            case KEY_VALUE -> LibpqKeyValues.read(text);
            case SQLALCHEMY -> FrameworkUrl.sqlAlchemy(text);
            case ADO_NET -> NpgsqlString.read(text);
            case GO_DSN ->
                throw new ConfigurationException(
                        "UNRECOGNISED_FORMAT", "no driver for PostgreSQL has data source names of this form");
        };
    }

    private static UrlReading readUrl(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("jdbc:")) {
            return JdbcPostgresUrl.read(text);
        }
        return FrameworkUrl.SCHEMES.stream().anyMatch(scheme -> lower.startsWith(scheme + "//"))
                ? FrameworkUrl.read(text)
                : LibpqUri.read(text);
    }

    @Override
    public int defaultPort() {
        return 5432;
    }

    @Override
    public void check(DatabaseUrl url) {
        ForeignFactory foreign = DriverSettings.of(url).foreign();
        if (foreign != null) {
            foreign.check();
        }
    }

    @Override
    public String jdbcUrl(DatabaseUrl url) {
        return DriverSettings.of(url).jdbcUrl();
    }

    @Override
    public boolean hasPubliclyTrustedCertificate(String host) {
        return ManagedHosts.hasPubliclyTrustedCertificate(host);
    }

    @Override
    public Transport transport(DatabaseUrl url) {
        ForeignFactory foreign = ForeignFactory.of(url);
        return foreign == null ? Transport.HOSTS : foreign.transport();
    }

    @Override
    public Map<String, String> driverProperties(DatabaseUrl url) {
        return DriverSettings.of(url).properties();
    }

    /**
     * {@inheritDoc}
     *
     * <p>A list of hosts is tried in its order, under the one deadline of the request, of which each host gets its part.
     * Without {@code targetServerType} or {@code target_session_attrs} a server that writes is preferred for
     * {@link io.github.lifebelt.spi.FailureClassifier.Role#READ_WRITE}. A host that failed in the last 10 s, or had another
     * role than the one wanted ({@code hostRecheckSeconds}), is tried after the others, and never left out; so a replica
     * that was promoted is found at once. A rejected login ends the search, as libpq has it. Without a user the
     * driver takes the operating system's, and without a secret it looks into the password file ({@code PGPASSFILE},
     * {@code ~/.pgpass}), as libpq does.
     */
    @Override
    public Connection connect(ConnectRequest request) throws SQLException {
        return new HostSearch(request).connect();
    }

    @Override
    public TransactionState transactionState(Connection connection) {
        return switch (base(connection).getTransactionState()) {
            case IDLE -> TransactionState.IDLE;
            case OPEN -> TransactionState.OPEN;
            case FAILED -> TransactionState.FAILED;
        };
    }

    /**
     * {@inheritDoc}
     *
     * <p>An empty query: the server parses nothing, and the driver puts no {@code BEGIN} before it.
     */
    @Override
    public void ping(Connection connection) throws SQLException {
        try {
            base(connection).execSQLUpdate("");
        } catch (SQLException e) {
            // The server answers even the empty query of a failed transaction with this: it is there.
            if (!PSQLState.IN_FAILED_SQL_TRANSACTION.getState().equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Sends nothing if no transaction is open. The driver knows that from the server's own word after each command,
     * so a {@code BEGIN} that was sent as a statement counts as well.
     */
    @Override
    public void rollback(Connection connection) throws SQLException {
        BaseConnection base = base(connection);
        if (base.isClosed() || base.getTransactionState() != org.postgresql.core.TransactionState.IDLE) {
            base.execSQLUpdate("ROLLBACK");
        }
    }

    @Override
    public boolean schemaIsCatalog() {
        return false;
    }

    /** {@inheritDoc} Neon's do, after 5 minutes unless that is turned off. */
    @Override
    public boolean sleepsWhenIdle(String host) {
        return ManagedHosts.sleepsWhenIdle(host);
    }

    @Override
    public DatabaseUrl direct(DatabaseUrl url) {
        return DirectHosts.of(url);
    }

    /**
     * {@inheritDoc}
     *
     * <p>A server is read-only if it is a standby, or if {@code default_transaction_read_only} is on for its sessions by
     * default, which is what Azure does when storage is nearly full (95 % or less than 5 GiB left); what this session or
     * the URL's {@code options} has set does not count. Behind a pooler the server's idle timeout and its keepalive are
     * not known: they are about sessions that are not ours.
     *
     * <p>Where a pooler is found, this connection's statements are no longer prepared on the server, unless the URL says
     * {@code prepareThreshold}: a pooler of transactions has to know of prepared statements, and PgBouncer does from 1.21
     * on and if it is told to; else the fifth execution fails with 42P05 or 26000.
     */
    @Override
    public ServerFacts serverFacts(Connection connection) throws SQLException {
        ServerFacts facts = ServerFactsQuery.ask(base(connection));
        if (facts.bouncer() && !DriverSettings.saysPrepareThreshold(connection)) {
            ((PGConnection) connection).setPrepareThreshold(0);
        }
        return facts;
    }

    /** {@inheritDoc} Here a failure ends the transaction, and the server says so after each command. */
    @Override
    public Undone undone(SQLException failure) {
        return Undone.STATEMENT;
    }

    @Override
    public ConnectProblem connectProblem(SQLException failure) {
        return ConnectProblems.of(FailureChain.of(failure));
    }

    @Override
    public @Nullable Advice advice(SQLException failure, DatabaseUrl url, @Nullable String user) {
        return ConnectAdvice.of(failure, url, user);
    }

    @Override
    public Checkup checkUp(Connection connection, ServerFacts facts, DatabaseUrl url) throws SQLException {
        return ServerCheckup.of(connection, facts, url);
    }

    @Override
    public long sessionId(Connection connection) {
        return ((PGConnection) connection).getBackendPID();
    }

    @Override
    public List<SessionActivity> activity(Connection connection, Set<Long> sessions) throws SQLException {
        return SessionActivities.of(base(connection), sessions);
    }

    @Override
    public FailureClassifier failureClassifier() {
        return CLASSIFIER;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A server of version 17 or newer ends a transaction that takes too long; an older one ends the session of whoever
     * takes too long to go on with it.
     */
    @Override
    public CommitResolver.@Nullable Mark begin(Connection connection, TransactionStart start, ServerFacts facts)
            throws SQLException {
        return TransactionBegin.begin(connection, start, facts);
    }

    /** {@inheritDoc} Nothing on the server, where it has ended with the transaction; the driver is told that it is over. */
    @Override
    public void endOf(Connection connection, TransactionStart start) throws SQLException {
        TransactionBegin.end(connection, start);
    }

    /** {@inheritDoc} Here the server bounds any kind. */
    @Override
    public boolean driverWatchesStatements() {
        return false;
    }

    /**
     * {@inheritDoc}
     *
     * <p>The driver says so on a connection of its own, which needs no login, and waits until the server has closed it. A
     * statement that has ended meanwhile is not missed, and another that has begun is what the server ends then.
     */
    @Override
    public void cancel(Connection busy, SideDoor beside) throws SQLException {
        ((PGConnection) busy).cancelQuery();
    }

    @Override
    public CommitResolver commitResolver() {
        return RESOLVER;
    }

    /** {@inheritDoc} Not for sessions behind a pooler of transactions, which has many of them and resets any. */
    @Override
    public void resetSession(Connection connection) throws SQLException {
        Sessions.reset(base(connection));
    }

    @Override
    public Set<String> sessionState(Connection connection) throws SQLException {
        return Sessions.state(base(connection));
    }

    @Override
    public WorkProblem workProblem(SQLException failure) {
        return WorkProblems.of(FailureChain.of(failure));
    }

    private static BaseConnection base(Connection connection) {
        return (BaseConnection) connection;
    }
}
