package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.internal.tls.TlsPolicy;
import io.github.lifebelt.postgres.AzurePostgres.Cloud;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("smoke")
class AzurePostgresTest {

    private static final String HOST = "orders.postgres.database.azure.com";

    private static AzurePostgres orders() {
        return AzurePostgres.flexibleServer("orders")
                .database("shop")
                .user("app")
                .password("s3cret");
    }

    private static Map<String, String> driver(DatabaseUrl url) {
        Connects.dialect().check(url);
        return Connects.dialect().driverProperties(url);
    }

    private static ConfigurationException refused(String code, ThrowingCallable call) {
        ConfigurationException refused = catchThrowableOfType(ConfigurationException.class, call);
        assertThat(refused).as(code).isNotNull();
        assertThat(refused.code()).isEqualTo(code);
        return refused;
    }

    @Test
    void aServersNameIsEnough() {
        DatabaseUrl url = orders().build();
        assertThat(url.hosts()).containsExactly(new DatabaseUrl.Host(HOST, 5432));
        assertThat(url.database()).isEqualTo("shop");
        assertThat(url.user()).isEqualTo("app");
        assertThat(url.credentials().secret()).isEqualTo("s3cret");
        assertThat(url.sslMode()).isEqualTo(SslMode.VERIFY_FULL);
        assertThat(url).hasToString("postgresql://app@" + HOST + ":5432/shop?sslmode=verify-full");
        assertThat(driver(url))
                .containsEntry("PGHOST", HOST)
                .containsEntry("PGPORT", "5432")
                .containsEntry("PGDBNAME", "shop")
                .containsEntry("tcpKeepAlive", "true")
                .doesNotContainKeys("prepareThreshold", "user", "password");
    }

    @Test
    void theJdbcUrlIsForOtherToolsAndReadsBackTheSame() {
        String jdbc = orders().build().jdbcUrl();
        assertThat(jdbc)
                .startsWith("jdbc:postgresql://" + HOST + ":5432/shop?")
                .contains("sslmode=verify-full", "sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory")
                .doesNotContain("s3cret");
        DatabaseUrl again = DatabaseUrl.parse(jdbc);
        assertThat(again.hosts()).isEqualTo(orders().build().hosts());
        assertThat(driver(again)).isEqualTo(driver(orders().build()));
    }

    @Test
    void everythingBelowVerifyFullIsRaised() {
        DatabaseUrl url = orders().sslMode(SslMode.REQUIRE).build();
        TlsPolicy.Decision decision = Connects.tls(url, false);
        assertThat(decision.tls().mode()).isEqualTo(SslMode.VERIFY_FULL);
        assertThat(decision.notes()).hasSize(1);
        assertThat(Connects.tls(url, true).tls().mode()).isEqualTo(SslMode.REQUIRE);
    }

    @Test
    void pgBouncerIsOnItsOwnPortAndPreparesNothing() {
        DatabaseUrl url = orders().pgBouncer().build();
        assertThat(url.hosts()).containsExactly(new DatabaseUrl.Host(HOST, 6432));
        assertThat(driver(url)).containsEntry("prepareThreshold", "0");
        assertThat(driver(
                        orders().pgBouncer().parameter("prepareThreshold", "5").build()))
                .containsEntry("prepareThreshold", "5");
    }

    @ParameterizedTest
    @CsvSource({
        "orders.postgres.database.azure.com, 6432, 0",
        "orders.postgres.database.azure.com, 8432, 0",
        "orders.postgres.database.azure.com, 5432,",
        "db.example.com, 6432,"
    })
    void aUrlOfAzuresPgBouncerPreparesNothingEither(String host, int port, String threshold) {
        DatabaseUrl url = DatabaseUrl.parse("postgresql://app@" + host + ":" + port + "/shop");
        assertThat(driver(url).get("prepareThreshold")).isEqualTo(threshold);
    }

    @ParameterizedTest
    @CsvSource({
        "PUBLIC, orders.postgres.database.azure.com",
        "US_GOVERNMENT, orders.postgres.database.usgovcloudapi.net",
        "CHINA, orders.postgres.database.chinacloudapi.cn"
    })
    void eachCloudHasItsNamesAndAllAreVerified(Cloud cloud, String host) {
        DatabaseUrl url = AzurePostgres.flexibleServer("orders").cloud(cloud).build();
        assertThat(url.hosts().get(0).name()).isEqualTo(host);
        assertThat(Connects.dialect().hasPubliclyTrustedCertificate(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "orders.postgres.database.azure.com",
                "orders.privatelink.postgres.database.azure.com",
                "orders.writer.postgres.database.azure.com",
                "orders.postgres.database.usgovcloudapi.net",
                "c-orders.abc123.postgres.cosmos.azure.com"
            })
    void aFullNameIsTakenAsItIs(String host) {
        assertThat(AzurePostgres.flexibleServer(host).build().hosts())
                .containsExactly(new DatabaseUrl.Host(host, 5432));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ab",
                "-orders",
                "orders-",
                "Orders",
                "or_ders",
                "orders:5432",
                "db.example.com",
                ".postgres.database.azure.com",
                "orders.postgres.database.azure.com.evil.example",
                "evilpostgres.database.azure.com"
            })
    void whatCannotBeAServersNameIsRefused(String name) {
        assertThat(refused("INVALID_SERVER_NAME", () -> AzurePostgres.flexibleServer(name)))
                .hasMessageContaining("3 to 63");
    }

    @Test
    void aUrlInPlaceOfANameIsNotShown() {
        assertThat(refused(
                        "INVALID_SERVER_NAME",
                        () -> AzurePostgres.flexibleServer("postgresql://app:s3cret@orders/shop")))
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"app@orders", "app@orders.postgres.database.azure.com"})
    void theSingleServersFormOfUserNamesIsRefused(String user) {
        assertThat(refused(
                        "USER_AT_SERVER",
                        () -> AzurePostgres.flexibleServer("orders").user(user)))
                .hasMessageContaining("'app' alone");
        assertThat(refused(
                        "USER_AT_SERVER",
                        () -> AzurePostgres.flexibleServer(HOST).user(user)))
                .hasMessageContaining("'app' alone");
    }

    @Test
    void aUserOfTheDirectoryHasAnAt() {
        assertThat(AzurePostgres.flexibleServer("orders")
                        .user("ann@example.com")
                        .build()
                        .user())
                .isEqualTo("ann@example.com");
    }

    @Test
    void rootsOfOnesOwnReplaceTheJdks() {
        DatabaseUrl url = orders().rootCertificate(Path.of("azure-roots.pem")).build();
        assertThat(url.sslRootCert()).isEqualTo("azure-roots.pem");
        assertThat(url.jdbcUrl()).contains("sslrootcert=azure-roots.pem").doesNotContain("sslfactory");
        refused("SSL_ROOT_CERT_MISSING", () -> Connects.tls(url, false));
    }

    @Test
    void startOptionsGoToTheServerAndNeonsToNeonOnly() {
        assertThat(driver(orders().options("-c statement_timeout=5s").build()))
                .containsEntry("options", "-c statement_timeout=5s");
        for (String neons : new String[] {"endpoint=ep-cool-name", "project=ep-cool-name"}) {
            refused("ENDPOINT_OPTION", () -> driver(orders().options(neons).build()));
            assertThat(driver(DatabaseUrl.builder("postgresql")
                            .host("ep-cool-name.eu-central-1.aws.neon.tech")
                            .options(neons)
                            .build()))
                    .containsEntry("options", neons);
        }
    }

    @Test
    void parametersAreTheDrivers() {
        assertThat(driver(orders().parameter("application_name", "shop")
                        .parameter("socketTimeout", "30")
                        .build()))
                .containsEntry("ApplicationName", "shop")
                .containsEntry("socketTimeout", "30");
        refused(
                "UNKNOWN_PARAM",
                () -> driver(orders().parameter("soketTimeout", "30").build()));
    }
}
