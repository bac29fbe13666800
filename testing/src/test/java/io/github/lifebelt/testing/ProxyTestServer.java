package io.github.lifebelt.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;

/** What proxies are tested in front of: both families, with and without TLS, by their bare drivers. */
enum ProxyTestServer {
    POSTGRESQL_PLAIN(DatabaseProduct.POSTGRESQL, false),
    POSTGRESQL_TLS(DatabaseProduct.POSTGRESQL, true),
    MYSQL_PLAIN(DatabaseProduct.MYSQL, false),
    MYSQL_TLS(DatabaseProduct.MYSQL, true);

    static final int PATIENCE_MILLIS = 20_000;

    final DatabaseProduct product;
    final boolean tls;
    private TestDatabase database;

    ProxyTestServer(DatabaseProduct product, boolean tls) {
        this.product = product;
        this.tls = tls;
    }

    /** Started when first asked for; it ends with the JVM. */
    synchronized TestDatabase database() {
        if (database == null) {
            TestDatabaseBuilder builder = TestDatabase.of(product).tls(tls);
            if (!isPostgres()) {
                // MariaDB's default is less than what one of the tests sends.
                builder.setting("max_allowed_packet", "64M");
                // The default of 10 s is not much more than what another makes of a login.
                builder.setting("connect_timeout", "60");
            }
            database = builder.start();
        }
        return database;
    }

    boolean isPostgres() {
        return product == DatabaseProduct.POSTGRESQL;
    }

    String host() {
        return "localhost";
    }

    int port() {
        return database().port();
    }

    /** What a proxy shows to clients. */
    TestCertificates.ServerCertificate certificate() {
        return tls ? TestCertificates.shared().server() : null;
    }

    ProtocolProxy protocolProxy() {
        return database().protocolProxy();
    }

    FaultProxy faultProxy() {
        return database().proxy();
    }

    Connection open(int port) throws SQLException {
        return open(port, PATIENCE_MILLIS, "");
    }

    /**
     * Connects.
     *
     * @param readMillis the longest a single read may take; whole seconds on PostgreSQL
     * @param parameters further parameters of the URL, beginning with {@code &}
     */
    Connection open(int port, int readMillis, String parameters) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", database().user());
        properties.setProperty("password", database().password());
        int unit = isPostgres() ? 1_000 : 1;
        properties.setProperty("connectTimeout", Integer.toString(PATIENCE_MILLIS / unit));
        properties.setProperty("socketTimeout", Integer.toString((readMillis + unit - 1) / unit));
        if (isPostgres()) {
            properties.setProperty("sslResponseTimeout", Integer.toString(readMillis));
        }
        return DriverManager.getConnection(database().jdbcUrl(() -> port) + parameters, properties);
    }

    /** The id of the session, as the server has it. */
    long session(Connection connection) throws SQLException {
        return number(connection, isPostgres() ? "SELECT pg_backend_pid()" : "SELECT connection_id()");
    }

    /** Whether the server has a session, asked past all proxies. */
    boolean has(long session) {
        String sql = isPostgres()
                ? "SELECT count(*) FROM pg_stat_activity WHERE pid = " + session
                : "SELECT count(*) FROM information_schema.processlist WHERE id = " + session;
        return directly(sql) == 1;
    }

    /** Asks for a number past all proxies. */
    long directly(String sql) {
        try (Connection connection = open(port())) {
            return number(connection, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** The SQLStates by which drivers say that a session is broken; Connector/J has a vague one within results. */
    List<String> brokenStates() {
        return isPostgres() ? List.of("08006") : List.of("08S01", "S1000");
    }

    /** A query of so many rows of some hundred bytes. */
    static String manyRows(int rows) {
        return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + rows
                + ") SELECT i, repeat('x', 100) FROM n ORDER BY i";
    }
}
