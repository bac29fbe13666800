package io.github.lifebelt.mysql;

import com.mysql.cj.jdbc.Driver;
import com.mysql.cj.jdbc.JdbcConnection;
import com.mysql.cj.protocol.ServerSession;
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
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * MySQL, and MariaDB's servers, through MySQL Connector/J.
 *
 * <p>Thread-safe, without state. Reads URIs ({@code mysql://}, {@code mariadb://}), the driver's URLs
 * ({@code jdbc:mysql:}), and what is written for .NET, Go and Python, each by its own rules, and opens connections with the driver's {@link Driver#connect} directly:
 * {@code DriverManager} would ask every driver on the class path.
 *
 * <p>The driver is told of one host at a time. Its own lists of hosts exchange the server below a connection.
 *
 * <p>Host names are looked up by the sockets, within the deadline of the connect.
 */
public final class MySqlDialect implements Dialect {

    private static final FailureClassifier CLASSIFIER = new MySqlFailureClassifier();
    private static final ServerFactsReader FACTS = new ServerFactsReader();

    // Whatever completion_type is set to: nothing is open afterwards, and the session stays.
    private static final String ROLLBACK = "ROLLBACK AND NO CHAIN NO RELEASE";

    /** For {@link java.util.ServiceLoader}. */
    public MySqlDialect() {}

    @Override
    public String name() {
        return DriverSettings.DIALECT;
    }

    /** {@inheritDoc} Three of them are among them only to be refused with the right spelling. */
    @Override
    public Set<String> schemes() {
        Set<String> schemes = new LinkedHashSet<>(MySqlUri.SCHEMES);
        schemes.addAll(List.of(
                JdbcMySqlUrl.SCHEME, JdbcMySqlUrl.SRV_SCHEME, JdbcMySqlUrl.X_SCHEME, JdbcMySqlUrl.MARIADB_SCHEME));
        return schemes;
    }

    @Override
    public UrlReading read(UrlReader.Format format, String text) {
        return switch (format) {
            case URL ->
                text.regionMatches(true, 0, "jdbc:", 0, 5) || text.regionMatches(true, 0, "mysqlx:", 0, 7)
                        ? JdbcMySqlUrl.read(text)
                        : MySqlUri.read(text);
            case SQLALCHEMY -> PythonParameters.read(text);
            case ADO_NET -> MySqlConnectorString.read(text);
            case GO_DSN -> GoParameters.read(text);
            case KEY_VALUE ->
                throw new ConfigurationException(
                        "UNRECOGNISED_FORMAT", "key words with blanks between them are libpq's, and MySQL has none");
        };
    }

    @Override
    public int defaultPort() {
        return DriverSettings.DEFAULT_PORT;
    }

    @Override
    public void check(DatabaseUrl url) {
        ForeignFactory foreign = DriverSettings.of(url).foreign();
        if (foreign != null) {
            foreign.check();
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>A file of PEM roots ({@code ssl-ca}) is not in it, as the driver reads none: with this URL alone it verifies
     * against the JDK's trust store.
     */
    @Override
    public String jdbcUrl(DatabaseUrl url) {
        return DriverSettings.of(url).jdbcUrl();
    }

    @Override
    public boolean hasPubliclyTrustedCertificate(String host) {
        return ManagedHosts.isAzure(host);
    }

    @Override
    public Transport transport(DatabaseUrl url) {
        ForeignFactory foreign = ForeignFactory.of(url);
        return foreign == null ? Transport.HOSTS : foreign.transport();
    }

    @Override
    public boolean schemaIsCatalog() {
        return true;
    }

    /** {@inheritDoc} No offer of MySQL is known by its host names to do so: Aurora's are the same whatever it runs on. */
    @Override
    public boolean sleepsWhenIdle(String host) {
        return false;
    }

    /** {@inheritDoc} No cloud's own MySQL pooler shows in its URL. */
    @Override
    public DatabaseUrl direct(DatabaseUrl url) {
        return url;
    }

    @Override
    public Map<String, String> driverProperties(DatabaseUrl url) {
        return DriverSettings.of(url).properties();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Several hosts are tried in their order, each with its share of the time that is left. A read-only one is taken
     * for writing only if no other answers.
     */
    @Override
    public Connection connect(ConnectRequest request) throws SQLException {
        return new HostsInTurn(request, FACTS).connect();
    }

    @Override
    public TransactionState transactionState(Connection connection) {
        // The server's own word after its last command, so that a BEGIN that was sent as a statement counts as well. An
        // error tells nothing: after a deadlock the transaction is gone, and OPEN remains until the next command.
        ServerSession session = mysql(connection).getSession().getServerSession();
        if (session.inTransactionOnServer()) {
            return TransactionState.OPEN;
        }
        // An error within a result takes along all that was known, the server's word that autocommit is on included.
        boolean statusIsLost = session.isAutoCommit() && !session.isAutocommit();
        return statusIsLost ? TransactionState.UNKNOWN : TransactionState.IDLE;
    }

    /** {@inheritDoc} The protocol's own command for it, which is no statement. */
    @Override
    public void ping(Connection connection) throws SQLException {
        ServerSession session = mysql(connection).getSession().getServerSession();
        int status = session.getStatusFlags();
        mysql(connection).ping();
        // The driver does not read the status in the answer to this command, and would forget an open transaction.
        session.setStatusFlags(status);
    }

    @Override
    public ServerFacts serverFacts(Connection connection) throws SQLException {
        return FACTS.read(mysql(connection));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Sends nothing if no transaction is open, by the server's own word. The driver's {@code rollback} would refuse
     * while autocommit is on, as it is for a {@code BEGIN} that was sent as a statement.
     */
    @Override
    public void rollback(Connection connection) throws SQLException {
        if (connection.isClosed() || transactionState(connection) != TransactionState.IDLE) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(ROLLBACK);
            }
        }
    }

    /** {@inheritDoc} The connection id of the server's greeting, of which the protocol carries the lower 32 bits. */
    @Override
    public long sessionId(Connection connection) {
        return mysql(connection).getId();
    }

    @Override
    public List<SessionActivity> activity(Connection connection, Set<Long> sessions) throws SQLException {
        return SessionActivities.of(mysql(connection), sessions);
    }

    @Override
    public FailureClassifier failureClassifier() {
        return CLASSIFIER;
    }

    /**
     * {@inheritDoc} The server says nothing about the transaction in an error, and the driver goes on with what it knew.
     */
    @Override
    public Undone undone(SQLException failure) {
        Undone most = Undone.STATEMENT;
        for (SQLException one : FailureChain.of(failure).sql()) {
            Undone undone = undone(one, one.getErrorCode());
            most = undone.compareTo(most) > 0 ? undone : most;
        }
        return most;
    }

    private static Undone undone(SQLException failure, int number) {
        return switch (number) {
            // A lock was waited for in vain: the statement, or with innodb_rollback_on_timeout everything. Or an error
            // during COMMIT.
            case 1205, 1180 -> Undone.PERHAPS_MORE;
            default ->
                switch (WorkProblems.ofOne(failure)) {
                    // Also between the nodes of a cluster; a snapshot that is out of date (MariaDB).
                    case DEADLOCK, CONFLICT -> Undone.TRANSACTION;
                    default -> Undone.STATEMENT;
                };
        };
    }

    @Override
    public WorkProblem workProblem(SQLException failure) {
        return WorkProblems.of(failure);
    }

    @Override
    public ConnectProblem connectProblem(SQLException failure) {
        return ConnectFailure.of(FailureChain.of(failure)).problem;
    }

    @Override
    public @Nullable Advice advice(SQLException failure, DatabaseUrl url, @Nullable String user) {
        return ConnectAdvice.of(failure, url, user);
    }

    @Override
    public Checkup checkUp(Connection connection, ServerFacts facts, DatabaseUrl url) throws SQLException {
        return ServerCheckup.of(mysql(connection), facts);
    }

    /**
     * {@inheritDoc}
     *
     * <p>A statement time-out bounds queries only on MySQL, and all statements on MariaDB. Of a time-out for the whole
     * transaction these servers know nothing.
     *
     * @throws IllegalArgumentException if a mark is asked for: there are no ids of transactions
     */
    @Override
    public CommitResolver.@Nullable Mark begin(Connection connection, TransactionStart start, ServerFacts facts)
            throws SQLException {
        if (start.marked()) {
            throw new IllegalArgumentException("servers of this family name no transactions; tokens are to be used");
        }
        execute(connection, new TransactionSettings(mysql(connection), start).before());
        return null;
    }

    /** {@inheritDoc} One round trip if there was more to set than read-only, else none. */
    @Override
    public void endOf(Connection connection, TransactionStart start) throws SQLException {
        execute(connection, new TransactionSettings(mysql(connection), start).after());
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        if (!sql.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    /** {@inheritDoc} MySQL itself bounds queries only; what writes, the driver ends by a {@code KILL QUERY} of its own. */
    @Override
    public boolean driverWatchesStatements() {
        return true;
    }

    /**
     * {@inheritDoc}
     *
     * <p>By {@code KILL QUERY}, which every user may do to sessions of his own. Not if the other connection leads to
     * another address than this one: after a fail-over the same number is somebody else's there.
     */
    @Override
    public void cancel(Connection busy, SideDoor beside) throws SQLException {
        StatementKiller.kill(mysql(busy), beside);
    }

    @Override
    public CommitResolver commitResolver() {
        return new MySqlCommitResolver(this);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Statements that were prepared on the server are gone, and are not kept by the driver any more from one
     * preparation to the next: it cannot be told which are gone.
     */
    @Override
    public void resetSession(Connection connection) throws SQLException {
        SessionReset.reset(mysql(connection));
    }

    /**
     * {@inheritDoc}
     *
     * <p>All variables of the session, with those of the server that it sees. On MySQL user variables, locks and
     * prepared statements need a user who may read the performance schema, and temporary tables are not shown at all. On
     * MariaDB temporary tables are shown from 11.2 on, and locks with the plug-in {@code metadata_lock_info} only.
     */
    @Override
    public Set<String> sessionState(Connection connection) throws SQLException {
        return SessionState.of(mysql(connection));
    }

    private static JdbcConnection mysql(Connection connection) {
        return (JdbcConnection) connection;
    }
}
