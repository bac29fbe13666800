package io.github.lifebelt.testing.internal.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestCertificates;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.mysql.MySqlFamily;
import io.github.lifebelt.testing.internal.server.Access;
import io.github.lifebelt.testing.internal.server.Server;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import java.net.ConnectException;
import java.security.cert.CertificateExpiredException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The containers of MySQL and MariaDB as such; what is said to them in SQL is the family's. */
@Tag("containers")
class MySqlContainerTest {
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();

    @ParameterizedTest
    @EnumSource(names = {"MYSQL", "MARIADB"})
    void tlsIsDemandedAndCertificatesCanBeSwapped(DatabaseProduct product) throws Exception {
        ServerSpec spec = spec(product, CERTIFICATES.server(), Map.of("max_connections", "17"));
        try (Server server = start(spec)) {
            try (Connection connection = connect(server, spec, "VERIFY_IDENTITY")) {
                assertThat(query(connection, "SELECT @@max_connections")).isEqualTo("17");
                assertThat(query(connection, "SHOW STATUS LIKE 'Ssl_cipher'")).isEqualTo("Ssl_cipher");
            }
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> connect(server, spec, "DISABLED"))
                    .satisfies(e -> assertThat(e.getErrorCode()).isIn(3159, 1045));

            server.install(CERTIFICATES.expired());
            try (Connection connection = connect(server, spec, "REQUIRED");
                    Statement statement = connection.createStatement()) {
                statement.execute(product == DatabaseProduct.MYSQL ? "ALTER INSTANCE RELOAD TLS" : "FLUSH SSL");
            }
            await().atMost(LONGEST)
                    .untilAsserted(() -> assertThatExceptionOfType(SQLException.class)
                            .isThrownBy(() -> connect(server, spec, "VERIFY_IDENTITY"))
                            .withRootCauseInstanceOf(CertificateExpiredException.class));
            server.stop(StopMode.FAST);
            server.install(CERTIFICATES.wrongHost());
            server.start();
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> connect(server, spec, "VERIFY_IDENTITY"))
                    .withStackTraceContaining("Server identity verification failed");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MYSQL", "MARIADB"})
    void dataAndPortOutliveStopAndCrash(DatabaseProduct product) throws Exception {
        ServerSpec spec = spec(product, null, Map.of());
        try (Server server = start(spec)) {
            int port = server.port();
            try (Connection connection = connect(server, spec, "DISABLED");
                    Statement statement = connection.createStatement()) {
                assertThat(query(connection, "SELECT @@have_ssl")).isNotEqualTo("YES");
                statement.execute("CREATE DATABASE kept");
                statement.execute("CREATE TABLE kept.kept AS SELECT 42 AS answer");
            }
            server.stop(StopMode.FAST);
            assertThat(server.isRunning()).isFalse();
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> connect(server, spec, "DISABLED"))
                    .withRootCauseInstanceOf(ConnectException.class);
            server.start();
            server.freeze();
            server.crash();
            server.start();
            server.crash();
            assertThat(server.isRunning()).isFalse();
            server.start();
            assertThat(server.port()).isEqualTo(port);
            try (Connection connection = connect(server, spec, "DISABLED")) {
                assertThat(query(connection, "SELECT answer FROM kept.kept")).isEqualTo("42");
            }
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> server.killProcess(1))
                    .withMessageContaining("one process");
        }
    }

    private static ServerSpec spec(
            DatabaseProduct product, ServerCertificate certificate, Map<String, String> parameters) {
        return new ServerSpec(
                product,
                null,
                certificate,
                null,
                "app",
                "secret",
                "app",
                UUID.randomUUID().toString(),
                parameters);
    }

    private static Server start(ServerSpec spec) throws Exception {
        ContainerRecipe recipe = ContainerRecipes.of(spec.product());
        Server server = new Server(new ContainerEngine(recipe, spec));
        server.startOrClose();
        Access access = new Access(
                server.host(),
                server.port(),
                "",
                spec.user(),
                spec.password(),
                spec.tls()
                        ? new Access.Verified(
                                CERTIFICATES.authority(),
                                CERTIFICATES.authorityTrustStore(),
                                TestCertificates.TRUST_STORE_PASSWORD)
                        : new Access.NoTls());
        recipe.makeAdministrator(new MySqlFamily(spec.product()), spec, access);
        return server;
    }

    private static Connection connect(Server server, ServerSpec spec, String sslMode) throws SQLException {
        return DriverManager.getConnection(
                url(server.port(), sslMode), properties(ServerSpec.ADMIN, spec.adminPassword()));
    }

    private static String url(int port, String sslMode) {
        return "jdbc:mysql://localhost:" + port + "/?sslMode=" + sslMode
                + "&allowPublicKeyRetrieval=true&connectTimeout=5000&socketTimeout=10000&trustCertificateKeyStoreUrl="
                + CERTIFICATES.authorityTrustStore().toUri() + "&trustCertificateKeyStoreType=PKCS12"
                + "&trustCertificateKeyStorePassword=" + TestCertificates.TRUST_STORE_PASSWORD;
    }

    private static Properties properties(String user, String password) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        return properties;
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
