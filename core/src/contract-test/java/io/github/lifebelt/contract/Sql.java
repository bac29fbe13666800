package io.github.lifebelt.contract;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Statements, and what each product says in words of its own. */
public final class Sql {

    private static final boolean POSTGRES = Servers.PRODUCT == DatabaseProduct.POSTGRESQL;

    /** A statement that every server refuses. */
    public static final String FAILING = POSTGRES ? "select 1/0" : "select * from nowhere";

    /** Of {@link #FAILING}. */
    public static final String FAILING_STATE = POSTGRES ? "22012" : "42S02";

    /** A statement that fails when its first row is under way. */
    static final String FAILING_LATE = "select exp(n) from (select 1 as n union all select 1000) numbers";

    /** Whether a failed statement takes its transaction along; elsewhere the others of it are still to be committed. */
    public static final boolean FAILURE_ENDS_TRANSACTION = POSTGRES;

    /** What a statement meets on a session that was killed; MariaDB finds the time to say so. */
    public static final Set<String> KILLED_STATES = POSTGRES ? Set.of("57P01", "08006") : Set.of("08S01", "70100");

    /** What a driver calls a line that broke. */
    static final String BROKEN_LINE_STATE = POSTGRES ? "08006" : "08S01";

    /** Of a login with a wrong password. */
    public static final String WRONG_PASSWORD = POSTGRES ? "password authentication failed" : "Access denied for user";

    /** Of a certificate for another host than the name that was asked for. */
    static final String WRONG_HOST_NAME =
            POSTGRES ? "could not be verified" : "No subject alternative DNS name matching";

    /** Of a certificate for another host than the address that was asked for. */
    static final String WRONG_ADDRESS = POSTGRES ? "verified" : "No subject alternative names matching IP address";

    /**
     * Of a plain client where the server demands TLS. MariaDB up to 10.11 has the words of a wrong password for it, 1045;
     * newer ones say what MySQL says.
     */
    static final String TLS_DEMANDED = POSTGRES ? "no encryption" : "--require_secure_transport=ON";

    /** Of a server without TLS where the client demands it. */
    static final String NO_TLS = POSTGRES ? "does not support SSL" : "not provided by server";

    /** What is to be given to a server that wants a client certificate. */
    static final String CERTIFICATE = POSTGRES ? "sslcert=<PEM file>" : "ssl-cert=<PEM file>";

    public static final int DEFAULT_ISOLATION =
            POSTGRES ? Connection.TRANSACTION_READ_COMMITTED : Connection.TRANSACTION_REPEATABLE_READ;

    static final String LOCK_TIMEOUT_OF_A_SECOND =
            POSTGRES ? "set local lock_timeout = '1s'" : "set innodb_lock_wait_timeout = 1";

    /** Somewhere else than where the user's tables are. */
    static final String SYSTEM_SCHEMA = POSTGRES ? "pg_catalog" : "information_schema";

    private static final Map<String, Integer> ISOLATIONS = Map.of(
            "READ UNCOMMITTED", Connection.TRANSACTION_READ_UNCOMMITTED,
            "READ COMMITTED", Connection.TRANSACTION_READ_COMMITTED,
            "REPEATABLE READ", Connection.TRANSACTION_REPEATABLE_READ,
            "SERIALIZABLE", Connection.TRANSACTION_SERIALIZABLE);

    private Sql() {}

    public static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row. */
    public static String query(Connection connection, String sql) throws SQLException {
        return query(connection, sql, 1);
    }

    private static String query(Connection connection, String sql, int column) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(column);
        }
    }

    /** What the server calls the session. */
    public static long sessionId(Connection connection) throws SQLException {
        return Long.parseLong(query(connection, POSTGRES ? "select pg_backend_pid()" : "select connection_id()"));
    }

    /** The driver's own kind of connection, which is a {@link Connection} too. */
    static Class<?> driverConnection() {
        try {
            return Class.forName(POSTGRES ? "org.postgresql.PGConnection" : "com.mysql.cj.jdbc.JdbcConnection");
        } catch (ClassNotFoundException e) {
            throw new AssertionError("the dialect's driver is here", e);
        }
    }

    static boolean isEncrypted(Connection connection) throws SQLException {
        return POSTGRES
                ? query(connection, "select ssl from pg_stat_ssl where pid = pg_backend_pid()")
                        .equals("t")
                : !query(connection, "show session status like 'Ssl_cipher'", 2).isEmpty();
    }

    /** MySQL's sleep itself ends as if nothing were when it is cancelled; a row that comes after it does not. */
    static String sleep(double seconds) {
        return POSTGRES
                ? "select pg_sleep(" + seconds + ")"
                : "select sleep(n) from (select " + seconds + " as n union all select 0) naps";
    }

    /** Ends what another session of the same user does. */
    static void cancel(Connection other, long session) throws SQLException {
        execute(other, POSTGRES ? "select pg_cancel_backend(" + session + ")" : "kill query " + session);
    }

    /** Whether a statement failed because it was cancelled, by somebody or by its time-out. */
    static boolean isCancelled(Throwable failure) {
        // Whichever is first: the server's word, or a failure of Connector/J's own, which has no SQLState.
        return failure instanceof SQLException e
                && (POSTGRES
                        ? "57014".equals(e.getSQLState())
                        : "70100".equals(e.getSQLState()) || e.getMessage().startsWith("Statement cancelled due to "));
    }

    /** Whether a session of the same user is at work on exactly that statement. */
    static boolean isRunning(Connection watcher, String statement) throws SQLException {
        String running = POSTGRES
                ? "select count(*) from pg_stat_activity where state = 'active' and query = '" + statement + "'"
                : "select count(*) from information_schema.processlist where info = '" + statement + "'";
        return !query(watcher, running).equals("0");
    }

    /** Sets something that lives as long as the session. */
    static String remember(String name, String value) {
        return (POSTGRES ? "set lifebelt." : "set @") + name + " = '" + value + "'";
    }

    static String remembered(Connection connection, String name) throws SQLException {
        return query(connection, POSTGRES ? "show lifebelt." + name : "select @" + name);
    }

    /** Where the user's tables are; MySQL calls a schema a database, and JDBC calls that a catalog. */
    static String userSchema(TestDatabase server) {
        return POSTGRES ? "public" : server.database();
    }

    /** Makes a schema the current one, as a borrower does. */
    static void enter(Connection connection, String schema) throws SQLException {
        if (POSTGRES) {
            connection.setSchema(schema);
        } else {
            connection.setCatalog(schema);
        }
    }

    /** The current schema as the server sees it. */
    static String schema(Connection connection) throws SQLException {
        return query(connection, POSTGRES ? "select current_schema()" : "select database()");
    }

    /** The isolation of the session as the server sees it: one of the constants of {@link Connection}. */
    static int isolation(Connection connection) throws SQLException {
        String level = query(connection, POSTGRES ? "show transaction_isolation" : "select @@transaction_isolation");
        return ISOLATIONS.get(level.toUpperCase(Locale.ROOT).replace('-', ' '));
    }

    /** Whether the server would refuse the session's writes. */
    static boolean isReadOnly(Connection connection) throws SQLException {
        return POSTGRES
                ? query(connection, "show transaction_read_only").equals("on")
                : query(connection, "select @@transaction_read_only").equals("1");
    }
}
