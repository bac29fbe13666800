package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.lifebelt.security.SslMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.github.lifebelt.testing.Products#mysqlFamily")
class MySqlFamilyTest {
    private static TestDatabase shared;

    @Parameter
    private DatabaseProduct product;

    @BeforeParameterizedClassInvocation
    static void start(DatabaseProduct product) {
        shared = TestDatabase.of(product).start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        shared.close();
    }

    @Test
    void theDefaultUrlVerifiesTheServerFully() throws Exception {
        Path authority = shared.certificateAuthority().orElseThrow();
        Path trustStore = TestCertificates.shared().authorityTrustStore();
        assertThat(shared.url())
                .isEqualTo("mysql://app:lifebelt%24test@localhost:" + shared.port()
                        + "/app?ssl-mode=VERIFY_IDENTITY&ssl-ca=" + authority);
        assertThat(shared.jdbcUrl())
                .isEqualTo("jdbc:mysql://localhost:" + shared.port()
                        + "/app?sslMode=VERIFY_IDENTITY&trustCertificateKeyStoreUrl=file:" + trustStore
                        + "&trustCertificateKeyStoreType=PKCS12&trustCertificateKeyStorePassword=changeit");
        assertThat(shared.databaseUrl().dialect()).isEqualTo("mysql");
        assertThat(shared.databaseUrl().sslMode()).isEqualTo(SslMode.VERIFY_FULL);
        assertThat(shared.databaseUrl().sslRootCert()).isEqualTo(authority.toString());
        assertThat(shared.version()).startsWith(product == DatabaseProduct.MYSQL ? "MySQL 8." : "MariaDB 1");
        try (Connection connection = shared.dataSource().getConnection(shared.user(), shared.password())) {
            assertThat(status(connection, "Ssl_version")).isEqualTo("TLSv1.3");
        }
    }

    @Test
    void aClientWithoutTlsIsRefusedAsInTheCloud() {
        String plain = shared.jdbcUrl().replaceFirst("\\?.*", "?sslMode=DISABLED&allowPublicKeyRetrieval=true");
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> Sessions.open(shared, plain))
                .satisfies(e -> assertThat(e.getErrorCode()).isEqualTo(3159));
    }

    @Test
    void aWrongPasswordAndUnknownUsersAreRefused() {
        for (String user : new String[] {"app", "root", "", "nobody"}) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> shared.dataSource().getConnection(user, "lifebelt"))
                    .satisfies(e -> assertThat(e.getErrorCode()).isEqualTo(1045));
        }
    }

    @Test
    void theUserOwnsItsDatabaseAndNothingElse() throws Exception {
        try (Connection connection = Sessions.open(shared)) {
            assertThat(Sessions.query(connection, "SELECT current_user()")).isEqualTo("app@%");
            assertThat(Sessions.query(
                            connection,
                            "SELECT group_concat(schema_name ORDER BY schema_name) FROM information_schema.schemata"
                                    + " WHERE schema_name NOT IN ('information_schema', 'performance_schema')"))
                    .isEqualTo("app");
            Sessions.execute(connection, "CREATE TABLE own (id int)");
            Sessions.execute(connection, "DROP TABLE own");
            for (String sql :
                    new String[] {"CREATE DATABASE other", "SET GLOBAL read_only = OFF", "SELECT * FROM mysql.user"}) {
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> Sessions.execute(connection, sql))
                        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("42000"));
            }
        }
    }

    @Test
    void aServerWithoutTlsSaysSoInItsUrl() throws Exception {
        try (TestDatabase plain = TestDatabase.of(product).tls(false).start()) {
            assertThat(plain.url())
                    .isEqualTo("mysql://app:lifebelt%24test@localhost:" + plain.port()
                            + "/app?ssl-mode=DISABLED&allowPublicKeyRetrieval=true");
            assertThat(plain.certificateAuthority()).isEmpty();
            assertThat(plain.databaseUrl().sslMode()).isEqualTo(SslMode.DISABLE);
            try (Connection connection = Sessions.open(plain)) {
                assertThat(status(connection, "Ssl_cipher")).isEmpty();
            }
            String demanding = plain.jdbcUrl().replaceFirst("\\?.*", "?sslMode=REQUIRED");
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> Sessions.open(plain, demanding));
        }
    }

    @Test
    void namesPasswordsAndSettingsMayHoldAnything() throws Exception {
        TestDatabaseBuilder builder = TestDatabase.of(product)
                .user("o'Brien \"the\" user@host\\")
                .password("p'a\\ss/%:?#&=+ \u00e4$1\"")
                .database("data_ \"base\"/`\u00fc")
                .setting("ft_boolean_syntax", "+ -><()~*:\"\"&|")
                .setting("init_connect", "SET @note = 'it''s a # \\\\ \"note\" '")
                .setting("sql_mode", "NO_BACKSLASH_ESCAPES,ANSI_QUOTES")
                .maxConnections(20);
        try (TestDatabase odd = builder.start();
                Connection connection = Sessions.open(odd)) {
            assertThat(Sessions.query(connection, "SELECT current_user()")).isEqualTo("o'Brien \"the\" user@host\\@%");
            assertThat(Sessions.query(connection, "SELECT database()")).isEqualTo("data_ \"base\"/`\u00fc");
            assertThat(Sessions.query(connection, "SELECT @@max_connections")).isEqualTo("20");
            assertThat(Sessions.query(connection, "SELECT @note")).endsWith("\"note\" ");
            odd.faults().rotatePassword("o'th\\er");
            Sessions.open(odd).close();
            odd.faults().stop(StopMode.FAST);
            odd.faults().start();
            Sessions.open(odd).close();
            odd.markClean(Cleaning.AUTOMATIC);
            odd.restoreClean();
            Sessions.open(odd).close();
        }
    }

    @Test
    void whatIsWrittenIsUnicodeAndTimesAreUniversal() throws Exception {
        try (Connection connection = Sessions.open(shared)) {
            assertThat(Sessions.query(connection, "SELECT @@character_set_server"))
                    .isEqualTo("utf8mb4");
            assertThat(Sessions.query(connection, "SELECT @@global.time_zone")).isEqualTo("+00:00");
            Sessions.execute(connection, "CREATE TABLE faces (face VARCHAR(10))");
            Sessions.execute(connection, "INSERT INTO faces VALUES ('\ud83d\ude42')");
            assertThat(Sessions.query(connection, "SELECT face FROM faces")).isEqualTo("\ud83d\ude42");
            Sessions.execute(connection, "DROP TABLE faces");
        }
    }

    @Test
    void aSettingThatTheServerDoesNotKnowShowsInItsLog() {
        assertThatIllegalStateException()
                .isThrownBy(() -> TestDatabase.of(product)
                        .tls(false)
                        .setting("no_such_setting", "1")
                        .start())
                .withMessageContaining("no_such_setting");
    }

    private static String status(Connection connection, String name) throws SQLException {
        return Sessions.query(
                connection,
                "SELECT variable_value FROM "
                        + (shared.product() == DatabaseProduct.MYSQL ? "performance_schema" : "information_schema")
                        + ".session_status WHERE variable_name = '" + name + "'");
    }
}
