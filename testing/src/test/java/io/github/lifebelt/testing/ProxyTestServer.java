package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.system.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;

/** What proxies are tested in front of: both families, with and without TLS, by their bare drivers. */
enum ProxyTestServer {
    POSTGRESQL_PLAIN(DatabaseProduct.POSTGRESQL, false),
    POSTGRESQL_TLS(DatabaseProduct.POSTGRESQL, true),
    MYSQL_PLAIN(DatabaseProduct.MYSQL, false),
    MYSQL_TLS(DatabaseProduct.MYSQL, true);

    static final int PATIENCE_MILLIS = 20_000;

    private static final String USER = "app";
    private static final String PASSWORD = "lifebelt$test";
    private static final String TRUSTED = "changeit";

    private static int mySqlPort;
    private static Path trusted;

    final DatabaseProduct product;
    final boolean tls;
    private TestDatabase postgres;

    ProxyTestServer(DatabaseProduct product, boolean tls) {
        this.product = product;
        this.tls = tls;
    }

    boolean isPostgres() {
        return product == DatabaseProduct.POSTGRESQL;
    }

    String host() {
        return "localhost";
    }

    synchronized int port() {
        if (isPostgres()) {
            if (postgres == null) {
                postgres = TestDatabase.postgres()
                        .tls(tls)
                        .user(USER)
                        .password(PASSWORD)
                        .start();
            }
            return postgres.port();
        }
        return startedMySql();
    }

    /** What a proxy shows to clients. */
    TestCertificates.ServerCertificate certificate() {
        return tls ? TestCertificates.shared().server() : null;
    }

    ProtocolProxy protocolProxy() {
        return ProtocolProxy.to(product, host(), port(), certificate());
    }

    FaultProxy faultProxy() {
        return FaultProxy.to(host(), port());
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
        properties.setProperty("user", USER);
        properties.setProperty("password", PASSWORD);
        int unit = isPostgres() ? 1_000 : 1;
        properties.setProperty("connectTimeout", Integer.toString(PATIENCE_MILLIS / unit));
        properties.setProperty("socketTimeout", Integer.toString((readMillis + unit - 1) / unit));
        if (isPostgres()) {
            properties.setProperty("sslResponseTimeout", Integer.toString(readMillis));
        }
        return DriverManager.getConnection(url(port) + parameters, properties);
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

    private String url(int port) {
        if (isPostgres()) {
            String direct = postgres.jdbcUrl();
            return direct.replace(":" + postgres.port() + "/", ":" + port + "/");
        }
        String how = tls
                ? "sslMode=VERIFY_IDENTITY&trustCertificateKeyStoreType=PKCS12&trustCertificateKeyStorePassword="
                        + TRUSTED + "&trustCertificateKeyStoreUrl=" + trusted.toUri()
                : "sslMode=DISABLED&allowPublicKeyRetrieval=true";
        return "jdbc:mysql://localhost:" + port + "/app?" + how;
    }

    private static synchronized int startedMySql() {
        if (mySqlPort == 0) {
            trusted = trust(TestCertificates.shared().authority());
            mySqlPort = ProxyTestMySql.start(
                    USER,
                    PASSWORD,
                    TestCertificates.shared().server(),
                    TestCertificates.shared().authority());
            int port = mySqlPort;
            if (!Waiting.until(Duration.ofSeconds(60), () -> MYSQL_TLS.takesConnections(port))) {
                throw new IllegalStateException("MySQL does not come up");
            }
        }
        return mySqlPort;
    }

    private boolean takesConnections(int port) {
        try (Connection connection = open(port)) {
            return number(connection, "SELECT 1") == 1;
        } catch (SQLException e) {
            return false;
        }
    }

    private static Path trust(Path authority) {
        try (InputStream text = Files.newInputStream(authority)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(text));
            Path file = Files.createTempFile("authority", ".p12");
            file.toFile().deleteOnExit();
            try (OutputStream out = Files.newOutputStream(file)) {
                store.store(out, TRUSTED.toCharArray());
            }
            return file;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
