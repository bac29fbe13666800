package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parameters: what is refused before the first connect, and what arrives at driver and server. */
class DriverSettingsTest {

    private static Map<String, String> driver(String url) {
        DatabaseUrl parsed = DatabaseUrl.parse(url);
        Connects.dialect().check(parsed);
        return Connects.dialect().driverProperties(parsed);
    }

    private static ConfigurationException refused(String code, String url) {
        ConfigurationException refused = catchThrowableOfType(
                ConfigurationException.class,
                () -> ConnectionPool.builder(url).open().close());
        assertThat(refused).as(url).isNotNull();
        assertThat(refused.code()).isEqualTo(code);
        return refused;
    }

    private static TestDatabase server() {
        return Servers.get(true);
    }

    private static String with(String parameters) {
        return server().url() + "&" + parameters;
    }

    @ParameterizedTest
    @CsvSource({
        "applicationName, ApplicationName",
        "sockettimeout, socketTimeout",
        "prepareTreshold, prepareThreshold",
        "prepare_threshold, prepareThreshold",
        "current_schema, currentSchema"
    })
    @Tag("smoke")
    void aPropertyThatTheDriverWouldIgnoreIsRefused(String wrong, String right) {
        assertThat(refused("UNKNOWN_PARAM", "jdbc:postgresql://h/db?" + wrong + "=5"))
                .hasMessageContaining("'" + wrong + "'")
                .hasMessageContaining("did you mean " + right + "?");
    }

    @Test
    void whatIsLikeNothingIsRefusedWithoutAGuess() {
        assertThat(refused("UNKNOWN_PARAM", "jdbc:postgresql://h/db?useUnicode=true"))
                .hasMessageNotContaining("did you mean");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sslfactory",
                "sslfactoryarg",
                "sslhostnameverifier",
                "loginTimeout",
                "connectExecutor",
                "sslpasswordcallback",
                "service",
                "replication"
            })
    void whatWouldTakeThePromisesAwayIsRefused(String name) {
        assertThat(refused("UNSUPPORTED_PARAM", "jdbc:postgresql://h/db?" + name + "=x"))
                .hasMessageContaining("'" + name + "'");
    }

    /** By the builder, which puts nothing in its place: a host would get around the TLS policy, a password be shown. */
    @ParameterizedTest
    @ValueSource(strings = {"PGHOST", "PGPORT", "PGDBNAME", "user", "password", "sslmode", "sslrootcert", "options"})
    void whatHasAPlaceOfItsOwnIsNoParameter(String name) {
        DatabaseUrl url = DatabaseUrl.builder("postgresql")
                .host("h")
                .parameter(name, "s3cret")
                .build();
        ConfigurationException refused = catchThrowableOfType(
                ConfigurationException.class, () -> Connects.dialect().check(url));
        assertThat(refused).as(name).isNotNull();
        assertThat(refused.code()).isEqualTo("UNSUPPORTED_PARAM");
        assertThat(refused).hasMessageNotContaining("s3cret");
    }

    @Test
    void theDriversFactoryForTheJdksTrustStoreIsWhatWeDoAnyway() {
        String factory = "sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory";
        assertThat(driver("jdbc:postgresql://h/db?sslmode=verify-full&" + factory))
                .doesNotContainKey("sslfactory");
        refused("UNSUPPORTED_PARAM", "jdbc:postgresql://h/db?sslmode=require&" + factory);
        refused("UNSUPPORTED_PARAM", "jdbc:postgresql://h/db?sslmode=verify-full&sslrootcert=/r.pem&" + factory);
    }

    /** The driver would read the files itself, and has no context of a pool's then; people see them, without the password. */
    @Test
    void aClientCertificateIsNotTheDriversToShow() {
        String url = "postgresql://h/db?sslcert=/c.pem&sslkey=/k.pem&sslpassword=s3cret&sslcertmode=allow";
        assertThat(driver(url)).doesNotContainKeys("sslcert", "sslkey", "sslpassword", "sslcertmode");
        assertThat(DatabaseUrl.parse(url).jdbcUrl())
                .contains("sslcert=%2Fc.pem", "sslkey=%2Fk.pem")
                .doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource({
        "connect_timeout=3s, INVALID_PARAM",
        "connect_timeout=-1, INVALID_PARAM",
        "keepalives_idle=soon, INVALID_PARAM",
        "client_encoding=latin1, INVALID_PARAM",
        "target_session_attrs=master, INVALID_PARAM",
        "target_session_attr=any, UNKNOWN_PARAM",
        "sslmode=verify_full, INVALID_SSLMODE",
        "lifebelt.max-sise=5, UNKNOWN_SETTING"
    })
    void whatCannotWorkIsRefusedBeforeTheFirstConnect(String parameter, String code) {
        refused(code, "postgresql://h/db?" + parameter);
    }

    @ParameterizedTest
    @CsvSource({
        "readOnly=on, 'true, false'",
        "readOnly, 'true, false'",
        "tcpKeepAlive=1, 'true, false'",
        "connectTimeout=3s, a whole number without a unit",
        "socketTimeout=30s, a whole number without a unit",
        "prepareThreshold=five, a whole number without a unit",
        "targetServerType=leader, preferSecondary",
        "gssEncMode=never, 'disable, allow, prefer, require'"
    })
    @Tag("smoke")
    void aValueThatTheDriverWouldMisreadIsRefused(String parameter, String allowed) {
        assertThat(refused("INVALID_PARAM", "jdbc:postgresql://h/db?" + parameter))
                .hasMessageContaining(allowed);
    }

    @Test
    void theDriverGetsItsOwnSpelling() {
        assertThat(driver("jdbc:postgresql://h/db?targetServerType=PreferSecondary&readOnly=TRUE"))
                .containsEntry("targetServerType", "preferSecondary")
                .containsEntry("readOnly", "true");
    }

    @ParameterizedTest
    @CsvSource({
        "sslsni=0, SNI",
        "sslcompression=1, unsafe",
        "sslcertmode=disable, shown to a server that asks",
        "sslcrl=list.pem, com.sun.net.ssl.checkRevocation",
        "ssl_min_protocol_version=TLSv1.3, jdk.tls.client.protocols",
        "hostaddr=10.0.0.7, sslmode=verify-ca",
        "service=orders, write host",
        "passfile=pgpass, PGPASSFILE",
        "tcp_user_timeout=1000, socketTimeout",
        "gssdelegation=1, Kerberos"
    })
    void whatCannotBeHadIsRefusedWithTheReason(String parameter, String reason) {
        assertThat(refused("UNSUPPORTED_PARAM", "postgresql://h/db?" + parameter))
                .hasMessageContaining("'" + parameter.substring(0, parameter.indexOf('=')) + "'")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sslsni=1", "sslcompression=0", "client_encoding=UTF8", "keepalives=1"})
    void whatIsSoAnywayChangesNothing(String parameter) {
        assertThat(driver("postgresql://h/db?" + parameter)).isEqualTo(driver("postgresql://h/db"));
    }

    @ParameterizedTest
    @CsvSource({"keepalives=yes, INVALID_PARAM", "channel_binding=maybe, INVALID_PARAM"})
    void libpqsValuesAreCheckedToo(String parameter, String code) {
        refused(code, "postgresql://h/db?" + parameter);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"endpoint%3Dep-cool-name", "project%3Dep-cool-name", "-cgeqo%3Doff%20endpoint%3Dep-cool-name"})
    void neonsEndpointOptionIsRefusedElsewhereWhereverItStands(String options) {
        assertThat(driver("postgresql://u@ep-cool-name.eu-west-2.aws.neon.tech/db?options=" + options))
                .containsKey("options");
        for (String host : new String[] {"db.example.com", "localhost", "neon.tech.example.com", "neon.tech", ""}) {
            refused("ENDPOINT_OPTION", "postgresql://u@" + host + "/db?options=" + options);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ep-cool-name.eu-west-2.aws.neon.tech, true",
        "ep-cool-name-pooler.germanywestcentral.azure.neon.tech, true",
        "neon.tech, false",
        "neon.tech.example.com, false",
        "srv.postgres.database.azure.com, false",
        "db.abc.eu-west-1.rds.amazonaws.com, false",
        "localhost, false"
    })
    void onlyServerlessOnesSleepWhenIdle(String host, boolean sleeps) {
        assertThat(Connects.dialect().sleepsWhenIdle(host)).isEqualTo(sleeps);
    }

    @Test
    void aUnixSocketIsRefused() {
        refused("UNSUPPORTED_HOST", "postgresql://app@%2Fvar%2Frun%2Fpostgresql/orders");
    }

    @ParameterizedTest
    @CsvSource({
        "any, any",
        "read-write, primary",
        "primary, primary",
        "read-only, secondary",
        "standby, secondary",
        "prefer-standby, preferSecondary"
    })
    void targetSessionAttrsIsTheDriversTargetServerType(String libpqs, String drivers) {
        assertThat(driver("postgresql://h/db?target_session_attrs=" + libpqs))
                .containsEntry("targetServerType", drivers);
    }

    @Test
    void libpqsNamesBecomeTheDrivers() {
        assertThat(driver("postgresql://h1,h2:5433/db?connect_timeout=7&application_name=shop&channel_binding=require"
                        + "&sslnegotiation=direct&gssencmode=prefer&keepalives=0&client_encoding=UTF8"
                        + "&load_balance_hosts=random&krbsrvname=pg&gsslib=gssapi"))
                .containsEntry("PGHOST", "h1,h2")
                .containsEntry("PGPORT", "5432,5433")
                .containsEntry("connectTimeout", "7")
                .containsEntry("ApplicationName", "shop")
                .containsEntry("channelBinding", "require")
                .containsEntry("sslNegotiation", "direct")
                .containsEntry("gssEncMode", "prefer")
                .containsEntry("tcpKeepAlive", "false")
                .containsEntry("loadBalanceHosts", "true")
                .containsEntry("kerberosServerName", "pg")
                .containsEntry("gsslib", "gssapi")
                .doesNotContainKeys("connect_timeout", "client_encoding");
        assertThat(driver("postgresql://[::1]/db")).containsEntry("PGHOST", "[::1]");
        assertThat(driver("postgresql:///db")).containsEntry("PGHOST", "localhost");
        assertThat(driver("postgresql://h/db?fallback_application_name=a")).containsEntry("ApplicationName", "a");
        for (String both : new String[] {
            "application_name=a&fallback_application_name=b", "fallback_application_name=b&application_name=a"
        }) {
            assertThat(driver("postgresql://h/db?" + both)).containsEntry("ApplicationName", "a");
        }
    }

    @Test
    @Tag("smoke")
    void theApplicationsNameArrivesWithTheLoginAndCostsNoRoundTrip() throws SQLException {
        try (Connected connected = Connects.open(with("application_name=shop"));
                Connection other = Servers.bare(server())) {
            String session =
                    " from pg_stat_activity where pid = " + Connects.dialect().sessionId(connected.jdbc());
            assertThat(query(other, "select application_name" + session)).isEqualTo("shop");
            assertThat(query(other, "select query" + session))
                    .as("what was sent after the login")
                    .isEmpty();
        }
    }

    @Test
    @Tag("smoke")
    void theDatabaseIsTheOneThatIsNamedAndNotTheUsers() throws SQLException {
        try (TestDatabase named = TestDatabase.postgres().database("orders").start();
                Connected connected = Connects.open(named)) {
            assertThat(query(connected.jdbc(), "select current_database() || ' of ' || current_user"))
                    .isEqualTo("orders of app");
        }
    }

    @Test
    @Tag("smoke")
    void startOptionsArrive() throws SQLException {
        try (Connected connected =
                Connects.open(with("options=-c%20statement_timeout%3D4321ms%20-c%20search_path%3Dpg_catalog"))) {
            assertThat(query(connected.jdbc(), "show statement_timeout")).isEqualTo("4321ms");
            assertThat(query(connected.jdbc(), "show search_path")).isEqualTo("pg_catalog");
        }
    }

    @Test
    void keepalivesArriveAtTheSocket() throws Exception {
        try (Connected connected = Connects.open(with("keepalives_idle=11&keepalives_interval=7&keepalives_count=0"))) {
            assertThat(connected.socket().getKeepAlive()).isTrue();
            if (connected.socket().supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
                assertThat(connected.socket().getOption(ExtendedSocketOptions.TCP_KEEPIDLE))
                        .isEqualTo(11);
                assertThat(connected.socket().getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL))
                        .isEqualTo(7);
                assertThat(connected.socket().getOption(ExtendedSocketOptions.TCP_KEEPCOUNT))
                        .as("the pool's own")
                        .isEqualTo(3);
            }
        }
    }

    @Test
    void theFirstHostThatFitsIsTaken() throws SQLException {
        try (FaultProxy refusing = server().proxy()) {
            refusing.refuse();
            DatabaseUrl url = DatabaseUrl.parse(server().url());
            String hosts = "localhost:" + refusing.port() + ",localhost:" + server().port();
            String pair = server().url().replace("localhost:" + server().port(), hosts);
            assertThat(DatabaseUrl.parse(pair).hosts()).hasSize(2);
            try (Connected connected = Connects.open(pair + "&target_session_attrs=primary")) {
                assertThat(query(connected.jdbc(), "select current_user")).isEqualTo(url.user());
            }
            SQLException none = catchThrowableOfType(
                    SQLException.class,
                    () -> Connects.open(pair + "&target_session_attrs=standby").close());
            assertThat((Throwable) none).isNotNull();
            assertThat(Connects.whileConnecting(none)).isEqualTo(Verdict.DATABASE_DOWN);
        }
    }
}
