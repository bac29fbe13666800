package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Path;
import java.util.Properties;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;

/** The builders for Cloud SQL, RDS, Neon and Cosmos DB: what they make is what the driver understands, without a secret. */
@Tag("smoke")
class CloudBuildersTest {

    private static final Path PEM = Path.of("roots.pem");

    /** Complete, and as the driver reads it. */
    private static DatabaseUrl complete(DatabaseUrl.Builder builder) {
        DatabaseUrl url =
                builder.database("shop").user("app").password("s3cret").build();
        assertThat(url.jdbcUrl()).doesNotContain("s3cret");
        assertThat(url.driverProperties()).doesNotContainValue("s3cret").containsEntry("PGDBNAME", "shop");
        Properties read = Driver.parseURL(url.jdbcUrl(), new Properties());
        assertThat(read).as(url.jdbcUrl()).isNotNull().containsAllEntriesOf(url.driverProperties());
        return url;
    }

    private static void refused(String code, ThrowingCallable call) {
        ConfigurationException refused = catchThrowableOfType(ConfigurationException.class, call);
        assertThat(refused).as(code).isNotNull();
        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused).hasMessageNotContaining("s3cret").hasMessageContaining("allowed:");
    }

    @Test
    void cloudSqlThroughTheConnector() {
        DatabaseUrl url = complete(CloudSqlPostgres.connector("my-project:europe-west1:orders"));
        assertThat(url.sslMode()).isEqualTo(SslMode.DISABLE);
        assertThat(url.driverProperties())
                .containsEntry("cloudSqlInstance", "my-project:europe-west1:orders")
                .containsEntry("socketFactory", "com.google.cloud.sql.postgres.SocketFactory");
        complete(CloudSqlPostgres.connector("example.com:my-project:europe-west1:orders"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "orders", "p:r", "P:r1:i1", "p1:r1:i1/x", "postgresql://app:s3cret@h/db", "a:b:c:d:e"})
    void whatIsNoInstanceIsRefused(String name) {
        refused("INVALID_INSTANCE_NAME", () -> CloudSqlPostgres.connector(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.2.3", "2001:db8::1", "orders.internal"})
    void cloudSqlByItsAddress(String address) {
        DatabaseUrl url = complete(CloudSqlPostgres.direct(address, PEM));
        assertThat(url.sslMode()).isEqualTo(SslMode.VERIFY_CA);
        assertThat(url.sslRootCert()).isEqualTo("roots.pem");
        assertThat(url.hosts()).containsExactly(new DatabaseUrl.Host(address, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.1.2.3:5432", "my-project:europe-west1:orders", "postgresql://app:s3cret@h/db"})
    void whatIsNoAddressIsRefused(String address) {
        refused("INVALID_SERVER_NAME", () -> CloudSqlPostgres.direct(address, PEM));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "orders.abc123.eu-west-1.rds.amazonaws.com",
                "orders.cluster-abc123.eu-west-1.rds.amazonaws.com",
                "orders.cluster-ro-abc123.eu-west-1.rds.amazonaws.com",
                "orders.abc123.rds.cn-north-1.rds.amazonaws.com.cn"
            })
    void rds(String host) {
        DatabaseUrl url = complete(RdsPostgres.endpoint(host, PEM));
        assertThat(url.sslMode()).isEqualTo(SslMode.VERIFY_FULL);
        assertThat(url.jdbcUrl()).contains("sslmode=verify-full", "sslrootcert=roots.pem");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "orders",
                ".rds.amazonaws.com",
                "orders.rds.amazonaws.com.evil.example",
                "orders.evilrds.amazonaws.com",
                "orders.abc.eu-west-1.rds.amazonaws.com:5432",
                "postgresql://app:s3cret@orders.abc.eu-west-1.rds.amazonaws.com"
            })
    void whatIsNoEndpointOfRdsIsRefused(String host) {
        refused("INVALID_SERVER_NAME", () -> RdsPostgres.endpoint(host, PEM));
    }

    @Test
    void neon() {
        DatabaseUrl url = complete(NeonPostgres.endpoint("ep-cool-name.eu-central-1.aws.neon.tech"));
        assertThat(url.sslMode()).isEqualTo(SslMode.VERIFY_FULL);
        assertThat(url.options()).isNull();
        assertThat(url.jdbcUrl()).contains("sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory");
    }

    @ParameterizedTest
    @CsvSource({
        "ep-cool-name.eu-central-1.aws.neon.tech, ep-cool-name",
        "ep-cool-name-pooler.westus3.azure.neon.tech, ep-cool-name"
    })
    void neonWithoutSni(String host, String id) {
        DatabaseUrl url = complete(NeonPostgres.endpointInOptions(host));
        assertThat(url.driverProperties()).containsEntry("options", "endpoint=" + id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".neon.tech", "neon.tech", "ep-x.neon.tech.evil.example", "app:s3cret@ep-x.neon.tech"})
    void whatIsNoEndpointOfNeonIsRefused(String host) {
        refused("INVALID_SERVER_NAME", () -> NeonPostgres.endpoint(host));
        refused("INVALID_SERVER_NAME", () -> NeonPostgres.endpointInOptions(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"c-orders.abc123", "c-orders.abc123.postgres.cosmos.azure.com"})
    void cosmos(String cluster) {
        DatabaseUrl url =
                AzurePostgres.cosmos(cluster).password("s3cret").pgBouncer().build();
        assertThat(url)
                .hasToString("postgresql://citus@c-orders.abc123.postgres.cosmos.azure.com:6432/citus"
                        + "?sslmode=verify-full");
        assertThat(url.driverProperties())
                .containsEntry("prepareThreshold", "0")
                .doesNotContainValue("s3cret");
        assertThat(AzurePostgres.cosmos(cluster)
                        .user("app")
                        .database("shop")
                        .build()
                        .target())
                .isEqualTo("postgresql://app@c-orders.abc123.postgres.cosmos.azure.com:5432/shop");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "orders",
                "c-orders",
                "c-orders.abc.evil.example",
                "orders.postgres.database.azure.com",
                "postgresql://citus:s3cret@c-orders.abc123.postgres.cosmos.azure.com"
            })
    void whatIsNoClusterOfCosmosIsRefused(String cluster) {
        refused("INVALID_SERVER_NAME", () -> AzurePostgres.cosmos(cluster));
    }
}
