package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.testing.internal.server.ServerSpec;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** MySQL and MariaDB in containers: all faults, and as servers that are named. */
@Tag("containers")
class ContainerMySqlTest {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    @ParameterizedTest
    @EnumSource(names = {"MYSQL", "MARIADB"})
    void allThatCanBeDoneToAServer(DatabaseProduct product) throws Exception {
        try (TestDatabase database = start(product)) {
            Faults faults = database.faults();
            int port = database.port();
            try (Connection connection = open(database)) {
                Sessions.execute(connection, "CREATE TABLE kept AS SELECT 42 AS answer");
                assertThat(faults.killSessions()).isEqualTo(1);
                assertThatItIsLost(connection);
            }
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> DriverManager.getConnection(
                            "jdbc:mysql://localhost:" + port + "/app?sslMode=DISABLED&allowPublicKeyRetrieval=true",
                            database.user(),
                            database.password()))
                    .satisfies(e -> assertThat(e.getErrorCode()).isIn(3159, 1045));
            try (Connection connection = open(database)) {
                faults.freeze();
                assertThat(Sessions.answers(connection)).isFalse();
                faults.thaw();
            }
            for (StopMode mode : StopMode.values()) {
                faults.stop(mode);
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> open(database))
                        .withRootCauseInstanceOf(ConnectException.class);
                faults.start();
                assertThatDataIsKept(database);
            }
            try (Connection connection = open(database)) {
                faults.crash();
                assertThatItIsLost(connection);
            }
            faults.start();
            assertThatDataIsKept(database);
            assertThat(database.port()).isEqualTo(port);

            faults.makeReadOnly();
            try (Connection connection = open(database)) {
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> Sessions.execute(connection, "INSERT INTO kept VALUES (1)"))
                        .satisfies(e -> assertThat(e.getErrorCode()).isEqualTo(1290));
            }
            faults.rotatePassword("another$one");
            assertThatDataIsKept(database);
            faults.showCertificate(TestCertificates.shared().expired());
            await().atMost(LONGEST)
                    .untilAsserted(() -> assertThatExceptionOfType(SQLException.class)
                            .isThrownBy(() -> open(database))
                            .withStackTraceContaining("CertificateExpiredException"));
            faults.heal();
            await().atMost(LONGEST).ignoreExceptions().untilAsserted(() -> assertThatDataIsKept(database));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MYSQL", "MARIADB"})
    void aServerThatIsNamedIsLeftAsItWas(DatabaseProduct product) throws Exception {
        String property = "lifebelt.testing.url." + product.toString().toLowerCase(Locale.ROOT);
        try (TestDatabase server = start(product);
                Connection owner = open(server)) {
            Sessions.execute(owner, "CREATE TABLE kept AS SELECT 42 AS answer");
            System.setProperty(property, server.url());
            assertThatIllegalStateException()
                    .isThrownBy(() -> TestDatabase.of(product)
                            .provider(ServerProvider.NAMED)
                            .start())
                    .withMessageContaining("must be allowed to create databases")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("lifebelt$test"));

            try (Connection admin = DriverManager.getConnection(
                    server.jdbcUrl(), ServerSpec.ADMIN, server.spec().adminPassword())) {
                Sessions.execute(admin, "GRANT ALL ON `lifebelt\\_%`.* TO app");
            }
            try (TestDatabase named =
                    TestDatabase.of(product).provider(ServerProvider.NAMED).start()) {
                try (Connection own = open(named);
                        Connection other = named.dataSource().getConnection()) {
                    assertThat(Sessions.query(own, "SELECT database()")).startsWith("lifebelt_");
                    Sessions.execute(own, "CREATE TABLE kept AS SELECT 42 AS answer");
                    assertThat(named.sessions()).isEqualTo(2);
                    assertThat(named.faults().killSessions()).isEqualTo(2);
                    assertThatItIsLost(other);
                    assertThat(Sessions.answers(owner)).isTrue();
                }
                named.markClean(Cleaning.AUTOMATIC);
                try (Connection own = open(named)) {
                    Sessions.execute(own, "DELETE FROM kept");
                }
                named.restoreClean();
                assertThatDataIsKept(named);
                assertThatExceptionOfType(UnsupportedOperationException.class)
                        .isThrownBy(() -> named.faults().stop(StopMode.IMMEDIATE));
                assertThat(Sessions.query(owner, "SELECT @@innodb_fast_shutdown"))
                        .isEqualTo("1");
            }
            assertThatDataIsKept(server);
            assertThat(Sessions.query(
                            owner,
                            "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'lifebelt%'"))
                    .isEqualTo("0");
        } finally {
            System.clearProperty(property);
        }
    }

    private static TestDatabase start(DatabaseProduct product) {
        return TestDatabase.of(product).provider(ServerProvider.TESTCONTAINERS).start();
    }

    private static void assertThatDataIsKept(TestDatabase database) throws SQLException {
        try (Connection connection = open(database)) {
            assertThat(Sessions.query(connection, "SELECT answer FROM kept")).isEqualTo("42");
        }
    }

    private static void assertThatItIsLost(Connection connection) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> Sessions.query(connection, "SELECT 1"))
                .satisfies(e -> assertThat(e.getSQLState()).startsWith("08"));
    }

    private static Connection open(TestDatabase database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", database.user());
        properties.setProperty("password", database.password());
        properties.setProperty("connectTimeout", "5000");
        properties.setProperty("socketTimeout", "5000");
        return DriverManager.getConnection(database.jdbcUrl(), properties);
    }
}
