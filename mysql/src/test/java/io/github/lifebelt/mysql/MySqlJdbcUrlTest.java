package io.github.lifebelt.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mysql.cj.conf.ConnectionUrl;
import com.mysql.cj.conf.HostInfo;
import com.mysql.cj.conf.PropertyDefinitions.SslMode;
import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.jdbc.JdbcPropertySetImpl;
import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Written by us, read by Connector/J's own parser. */
class MySqlJdbcUrlTest {

    private static HostInfo readByTheDriver(DatabaseUrl url) {
        return ConnectionUrl.getConnectionUrlInstance(MySqlJdbcUrl.of(url), new Properties())
                .getMainHost();
    }

    @Test
    void theDriverReadsWhatWeMeant() {
        HostInfo read =
                readByTheDriver(AzureMySql.flexibleServer("srv").database("or&ders").user("app").build().toBuilder()
                        .parameter("connectionTimeZone", "a+b c")
                        .build());
        assertThat(read.getHost()).isEqualTo("srv.mysql.database.azure.com");
        assertThat(read.getPort()).isEqualTo(3306);
        assertThat(read.getDatabase()).isEqualTo("or&ders");
        assertThat(read.getHostProperties()).containsEntry("connectionTimeZone", "a+b c");
    }

    @ParameterizedTest
    @CsvSource({
        "DISABLE, DISABLED",
        "PREFER, PREFERRED",
        "REQUIRE, REQUIRED",
        "VERIFY_CA, VERIFY_CA",
        "VERIFY_FULL, VERIFY_IDENTITY"
    })
    void theDriverDemandsTheTlsThatWasAskedFor(io.github.lifebelt.security.SslMode ours, SslMode theirs) {
        HostInfo read =
                readByTheDriver(AzureMySql.flexibleServer("srv").sslMode(ours).build());
        JdbcPropertySetImpl properties = new JdbcPropertySetImpl();
        properties.initializeProperties(read.exposeAsProperties());
        assertThat(properties.<SslMode>getEnumProperty(PropertyKey.sslMode).getValue())
                .isEqualTo(theirs);
    }

    @Test
    void credentialsAreNeverInTheUrl() {
        DatabaseUrl url = AzureMySql.flexibleServer("srv").user("app").build().toBuilder()
                .password("s3cret")
                .build();
        assertThat(MySqlJdbcUrl.of(url)).doesNotContain("s3cret").doesNotContain("app");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "Srv", "srv_1", "-srv", "app@srv", "srv.example.com", "mysql://srv"})
    void whatIsNoServersNameIsRefused(String name) {
        assertThatThrownBy(() -> AzureMySql.flexibleServer(name))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("[INVALID_SERVER_NAME] '" + name + "'");
    }

    @Test
    void theRetiredUserFormAndWhatTheDriverCannotDoAreRefused() {
        AzureMySql server = AzureMySql.flexibleServer("srv.mysql.database.azure.com");
        assertThatThrownBy(() -> server.user("app@srv")).hasMessageContaining("[USER_AT_SERVER]");
        DatabaseUrl allow =
                server.sslMode(io.github.lifebelt.security.SslMode.ALLOW).build();
        assertThatThrownBy(() -> MySqlJdbcUrl.of(allow)).hasMessageContaining("[UNSUPPORTED_SSLMODE]");
        DatabaseUrl postgres = DatabaseUrl.builder("postgresql").host("h").build();
        assertThatThrownBy(() -> MySqlJdbcUrl.of(postgres)).hasMessageContaining("[WRONG_DIALECT]");
    }
}
