package io.github.lifebelt.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mysql.cj.conf.ConnectionUrlParser;
import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.Dialect.Transport;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The builders for Cloud SQL and RDS, and the socket factories of a URL: what the driver is told, without a secret. */
@Tag("smoke")
class CloudBuildersTest {

    private static final Path PEM = Path.of("roots.pem");
    private static final String CLOUD_SQL = "jdbc:mysql:///shop?cloudSqlInstance=p:r:i&user=app&password=s3cret"
            + "&ipTypes=PRIVATE&socketFactory=com.google.cloud.sql.mysql.SocketFactory";

    /** Complete, and as the driver reads it. */
    private static DatabaseUrl complete(DatabaseUrl.Builder builder) {
        DatabaseUrl url =
                builder.database("shop").user("app").password("s3cret").build();
        assertThat(url.driverProperties()).doesNotContainValue("s3cret");
        ConnectionUrlParser read = read(url.jdbcUrl());
        assertThat(read.getPath()).isEqualTo("shop");
        assertThat(read.getProperties()).containsAllEntriesOf(url.driverProperties());
        return url;
    }

    private static ConnectionUrlParser read(String jdbcUrl) {
        assertThat(jdbcUrl).doesNotContain("s3cret");
        return ConnectionUrlParser.parseConnectionString(jdbcUrl);
    }

    private static ConfigurationException refused(String code, ThrowingCallable call) {
        ConfigurationException refused = catchThrowableOfType(ConfigurationException.class, call);
        assertThat(refused).as(code).isNotNull();
        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused).hasMessageNotContaining("s3cret");
        return refused;
    }

    @Test
    void cloudSqlThroughTheConnector() {
        DatabaseUrl url = complete(CloudSqlMySql.connector("my-project:europe-west1:orders"));
        assertThat(url.sslMode()).isEqualTo(SslMode.DISABLE);
        assertThat(url.driverProperties())
                .containsEntry("cloudSqlInstance", "my-project:europe-west1:orders")
                .containsEntry("socketFactory", "com.google.cloud.sql.mysql.SocketFactory");
        assertThat(url.jdbcUrl()).contains("sslMode=DISABLED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "orders", "p:r", "mysql://app:s3cret@h/db", "a:b:c:d:e"})
    void whatIsNoInstanceIsRefused(String name) {
        refused("INVALID_INSTANCE_NAME", () -> CloudSqlMySql.connector(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.2.3", "2001:db8::1", "orders.internal"})
    void cloudSqlByItsAddress(String address) {
        DatabaseUrl url = complete(CloudSqlMySql.direct(address, PEM));
        assertThat(url.sslMode()).isEqualTo(SslMode.VERIFY_CA);
        assertThat(url.sslRootCert()).isEqualTo("roots.pem");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.1.2.3:3306", "my-project:europe-west1:orders", "mysql://app:s3cret@h/db"})
    void whatIsNoAddressIsRefused(String address) {
        refused("INVALID_SERVER_NAME", () -> CloudSqlMySql.direct(address, PEM));
    }

    @Test
    void rds() {
        DatabaseUrl url = complete(RdsMySql.endpoint("orders.abc123.eu-west-1.rds.amazonaws.com", PEM));
        assertThat(url.sslMode()).isEqualTo(SslMode.VERIFY_FULL);
        assertThat(url.sslRootCert()).isEqualTo("roots.pem");
        assertThat(url.jdbcUrl()).contains("sslMode=VERIFY_IDENTITY");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "orders", "x.rds.amazonaws.com.evil.example", "app:s3cret@x.rds.amazonaws.com"})
    void whatIsNoEndpointOfRdsIsRefused(String host) {
        refused("INVALID_SERVER_NAME", () -> RdsMySql.endpoint(host, PEM));
    }

    @Test
    void theUrlOfTheCloudSqlConnectorIsTaken() {
        DatabaseUrl url = DatabaseUrl.parse(CLOUD_SQL);
        assertThat(url.driverProperties())
                .containsEntry("cloudSqlInstance", "p:r:i")
                .containsEntry("ipTypes", "PRIVATE");
        assertThat(new MySqlDialect().transport(url)).isEqualTo(Transport.FOREIGN_PROTECTED);
        assertThat(read(url.jdbcUrl()).getProperties())
                .containsEntry("cloudSqlInstance", "p:r:i")
                .containsEntry("sslMode", "DISABLED");
        assertThat(refused(
                        "SOCKET_FACTORY_MISSING",
                        () -> ConnectionPool.builder(CLOUD_SQL).open().close()))
                .hasMessageContaining("com.google.cloud.sql:mysql-socket-factory-connector-j-8");
    }

    @Test
    void withoutTheFactoryItsParametersAreUnknown() {
        assertThat(refused(
                        "UNKNOWN_PARAM",
                        () -> DatabaseUrl.parse("jdbc:mysql://h/shop?cloudSqlInstance=p:r:i")
                                .driverProperties()))
                .hasMessageContaining("socketFactory=com.google.cloud.sql.mysql.SocketFactory");
    }

    @Test
    void theDriversOwnFactoryIsNone() {
        assertThat(new MySqlDialect()
                        .transport(DatabaseUrl.parse(
                                "jdbc:mysql://h/shop?socketFactory=com.mysql.cj.protocol.StandardSocketFactory")))
                .isEqualTo(Transport.HOSTS);
        refused(
                "UNSUPPORTED_PARAM",
                () -> DatabaseUrl.parse("jdbc:mysql://h/shop?socketFactory=").driverProperties());
    }

    @Test
    void whatSoundsLikeASecretIsNotShown() {
        DatabaseUrl url = DatabaseUrl.builder("mysql")
                .host("/run/mysqld/mysqld.sock")
                .parameter("socketFactory", "any.Factory")
                .parameter("myOwn", "1")
                .parameter("myToken", "s3cret")
                .build();
        assertThat(url.driverProperties()).containsEntry("myOwn", "1").doesNotContainKey("myToken");
        assertThat(read(url.jdbcUrl()).getHosts().get(0).getHost()).isEqualTo("/run/mysqld/mysqld.sock");
    }

    @Test
    void aPathWithoutAFactoryIsRefusedAndTheConnectorNamed() {
        assertThat(refused(
                        "UNSUPPORTED_HOST",
                        () -> DatabaseUrl.parse("mysql://app@%2Fcloudsql%2Fp%3Ar%3Ai/shop")
                                .driverProperties()))
                .hasMessageContaining("CloudSqlMySql.connector");
    }
}
