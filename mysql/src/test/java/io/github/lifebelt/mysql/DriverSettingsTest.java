package io.github.lifebelt.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mysql.cj.conf.ConnectionUrl;
import com.mysql.cj.conf.HostInfo;
import com.mysql.cj.conf.PropertyDefinitions.SslMode;
import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.jdbc.JdbcPropertySetImpl;
import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Written by us, read by Connector/J's own parser. */
@Tag("smoke")
class DriverSettingsTest {

    private static HostInfo readByTheDriver(DatabaseUrl url) {
        return ConnectionUrl.getConnectionUrlInstance(url.jdbcUrl(), new Properties())
                .getMainHost();
    }

    private static Map<String, String> properties(String parameters) {
        return new MySqlDialect().driverProperties(DatabaseUrl.parse("jdbc:mysql://h/db?" + parameters));
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
        assertThat(readByTheDriver(DatabaseUrl.parse("mysql://[::1]:3307/x")).getPort())
                .isEqualTo(3307);
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
        DatabaseUrl url =
                AzureMySql.flexibleServer("srv").user("app").password("s3cret").build();
        assertThat(url.jdbcUrl()).doesNotContain("s3cret").doesNotContain("app");
        assertThat(url.toString()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cachePrepStmts=true&prepStmtCacheSize=250 | {cachePrepStmts=true, prepStmtCacheSize=250}",
                "useServerPrepStmts=yes | {useServerPrepStmts=yes}",
                "serverTimezone=UTC | {connectionTimeZone=UTC}",
                "allowMultiQueries=true | {allowMultiQueries=true}",
                "zeroDateTimeBehavior=convertToNull | {zeroDateTimeBehavior=CONVERT_TO_NULL}",
                "useUnicode=true&characterEncoding=utf8 | {characterEncoding=utf8}",
                "useUnicode=yes&useJDBCCompliantTimezoneShift=true&useLegacyDatetimeCode=false | {}",
                "connectTimeout=5000 | {connectTimeout=5000}",
                "socketTimeout=0 | {socketTimeout=0}",
                "enabledTLSProtocols=TLSv1.2 | {tlsVersions=TLSv1.2}",
                "autoReconnect=false | {autoReconnect=false}",
                "largeRowSizeThreshold=16K | {largeRowSizeThreshold=16K}",
                "defaultAuthenticationPlugin=com.azure.X&authenticationPlugins=com.azure.X&azure.clientId=id"
                        + " | {authenticationPlugins=com.azure.X, azure.clientId=id, defaultAuthenticationPlugin=com.azure.X}",
                "get-server-public-key=true | {allowPublicKeyRetrieval=true}",
                "charset=utf8mb4&reconnect=true | {}",
                "ssl-cert=/c.pem&ssl-key=/k.pem&sslpassword=secret | {}",
                "clientCertificateKeyStoreUrl=file:/me.p12&clientCertificateKeyStoreType=PKCS12"
                        + "&clientCertificateKeyStorePassword=secret | {}"
            })
    void whatTheDriverGets(String parameters, String expected) {
        Map<String, String> sorted = new java.util.TreeMap<>(properties(parameters));
        assertThat(sorted).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "autoReconnect=true | UNSUPPORTED_PARAM | exchange the session",
                "autoReconnectForPools=yes | UNSUPPORTED_PARAM | exchange the session",
                "autoReconnect=maybe | INVALID_PARAM | true, false",
                "maxReconnects=3 | UNSUPPORTED_PARAM | replaces broken connections",
                "protocol=pipe | UNSUPPORTED_PARAM | deadline",
                "socksProxyHost=proxy | UNSUPPORTED_PARAM | SOCKS",
                "trustCertificateKeyStoreUrl=file:/trust.p12 | UNSUPPORTED_PARAM | ssl-ca=",
                "trustCertificateKeyStorePassword=changeit | UNSUPPORTED_PARAM | ssl-ca=",
                "fallbackToSystemKeyStore=true | UNSUPPORTED_PARAM | clientCertificateKeyStoreUrl=<file>",
                "useConfigs=maxPerformance | UNSUPPORTED_PARAM | write the properties themselves",
                "propertiesTransform=X | UNSUPPORTED_PARAM | write the properties themselves",
                "failOverReadOnly=false | UNSUPPORTED_PARAM | one host at a time",
                "loadBalanceConnectionGroup=g | UNSUPPORTED_PARAM | one host at a time",
                "dnsSrv=true | UNSUPPORTED_PARAM | service records",
                "queryTimeoutKillsConnection=true | UNSUPPORTED_PARAM | behind the pool's back",
                "selfDestructOnPingMaxOperations=5 | UNSUPPORTED_PARAM | lifebelt.recycle-after",
                "password2=secret | UNSUPPORTED_PARAM | several passwords",
                "connect-timeout=5 | UNSUPPORTED_PARAM | lifebelt.connect-timeout",
                "connectTimeout=3 | INVALID_PARAM | three seconds are 3000",
                "socketTimeout=30 | INVALID_PARAM | three seconds are 3000",
                "connectTimeout=5s | INVALID_PARAM | whole number",
                "prepStmtCacheSize=many | INVALID_PARAM | whole number",
                "prepStmtCacheSize=2.5 | INVALID_PARAM | whole number",
                "cachePrepStmts=on | INVALID_PARAM | TRUE",
                "tlsVersions=TLSv1.1 | INVALID_PARAM | TLSv1.2",
                "charset=latin1 | INVALID_PARAM | characterEncoding",
                "cacheprepstmts=true | UNKNOWN_PARAM | did you mean cachePrepStmts?",
                "cachePrepStmt=true | UNKNOWN_PARAM | did you mean cachePrepStmts?",
                "ConnectTimeout=5000 | UNKNOWN_PARAM | did you mean connectTimeout?",
                "azure.clientSecret=changeit | UNKNOWN_PARAM | 'azure.clientSecret'",
                "useMysqlMetadata=true | UNKNOWN_PARAM | 'useMysqlMetadata'"
            })
    void whatItDoesNotGet(String parameters, String code, String reason) {
        ConfigurationException refused =
                catchThrowableOfType(ConfigurationException.class, () -> properties(parameters));
        assertThat(refused).isNotNull();
        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused).hasMessageContaining(reason).hasMessageNotContaining("changeit");
    }

    @Test
    void whatCannotBeConnectedToIsRefused() {
        MySqlDialect dialect = new MySqlDialect();
        DatabaseUrl socket = DatabaseUrl.parse("mysql://app@%2Fcloudsql%2Fproject%3Aregion%3Ainstance/shop");
        assertThatThrownBy(() -> dialect.check(socket)).hasMessageContaining("[UNSUPPORTED_HOST]");
        DatabaseUrl allow = AzureMySql.flexibleServer("srv")
                .sslMode(io.github.lifebelt.security.SslMode.ALLOW)
                .build();
        assertThatThrownBy(() -> dialect.check(allow)).hasMessageContaining("[UNSUPPORTED_SSLMODE]");
        DatabaseUrl postgres = DatabaseUrl.builder("postgresql").host("h").build();
        assertThatThrownBy(() -> dialect.jdbcUrl(postgres)).hasMessageContaining("[WRONG_DIALECT]");
        DatabaseUrl options =
                DatabaseUrl.builder("mysql").host("h").options("-c x=1").build();
        assertThatThrownBy(() -> dialect.check(options)).hasMessageContaining("sessionVariables");
    }

    @ParameterizedTest
    @CsvSource({
        "srv.mysql.database.azure.com, true",
        "SRV.MySQL.Database.Azure.com., true",
        "srv.privatelink.mysql.database.azure.com, true",
        "srv.mysql.database.usgovcloudapi.net, true",
        "srv.mysql.database.chinacloudapi.cn, true",
        ".mysql.database.azure.com, false",
        "mysql.database.azure.com.evil.example, false",
        "srv.postgres.database.azure.com, false",
        "db.abc.eu-west-1.rds.amazonaws.com, false",
        "localhost, false"
    })
    void whoseCertificatesThePublicTrusts(String host, boolean expected) {
        assertThat(new MySqlDialect().hasPubliclyTrustedCertificate(host)).isEqualTo(expected);
        assertThat(new MySqlDialect().sleepsWhenIdle(host)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "Srv",
                "srv_1",
                "-srv",
                "app@srv",
                "srv.example.com",
                "mysql://app:qxz@srv",
                "srv/orders"
            })
    void whatIsNoServersNameIsRefused(String name) {
        assertThatThrownBy(() -> AzureMySql.flexibleServer(name))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("[INVALID_SERVER_NAME]")
                .hasMessageNotContaining("qxz");
    }

    @Test
    void theRetiredUserFormIsRefused() {
        AzureMySql server = AzureMySql.flexibleServer("srv.mysql.database.azure.com");
        assertThatThrownBy(() -> server.user("app@srv")).hasMessageContaining("[USER_AT_SERVER]");
        assertThatCode(() -> server.user("someone@example.com")).doesNotThrowAnyException();
        assertThat(AzureMySql.flexibleServer("srv")
                        .cloud(AzureMySql.Cloud.US_GOVERNMENT)
                        .build()
                        .hosts()
                        .get(0)
                        .name())
                .isEqualTo("srv.mysql.database.usgovcloudapi.net");
    }
}
