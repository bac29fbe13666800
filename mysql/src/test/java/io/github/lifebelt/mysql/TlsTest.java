package io.github.lifebelt.mysql;

import static io.github.lifebelt.mysql.Connects.whileConnecting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.internal.tls.TlsPolicy;
import io.github.lifebelt.mysql.Connects.Connected;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.testing.TestCertificates;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in under which mode, on servers with good and bad certificates. */
class TlsTest {

    private static final TestCertificates CERTIFICATES = TestCertificates.shared();

    private static final class WrongHost {
        static final TestDatabase SERVER =
                TestDatabase.mysql().certificate(CERTIFICATES.wrongHost()).start();
    }

    private static final class Expired {
        static final TestDatabase SERVER =
                TestDatabase.mysql().certificate(CERTIFICATES.expired()).start();
    }

    private enum Certificate {
        GOOD,
        WRONG_HOST,
        EXPIRED;

        TestDatabase server() {
            return switch (this) {
                case GOOD -> Servers.get(true);
                case WRONG_HOST -> WrongHost.SERVER;
                case EXPIRED -> Expired.SERVER;
            };
        }
    }

    private static DatabaseUrl url(TestDatabase server, @Nullable SslMode mode, @Nullable Path roots) {
        return DatabaseUrl.parse(server.url()).toBuilder()
                .sslMode(mode)
                .sslRootCert(roots == null ? null : roots.toString())
                .build();
    }

    private static String status(Connected connected, String variable) throws SQLException {
        try (Statement statement = connected.jdbc().createStatement();
                ResultSet rows = statement.executeQuery("show session status like '" + variable + "'")) {
            rows.next();
            return rows.getString(2);
        }
    }

    private static void connects(DatabaseUrl url, boolean encrypted) throws SQLException {
        try (Connected connected = Connects.open(url)) {
            assertThat(status(connected, "Ssl_cipher").isEmpty()).isEqualTo(!encrypted);
        }
        try (ConnectionPool pool = ConnectionPool.builder(url).open();
                var connection = pool.getConnection()) {
            assertThat(Servers.query(connection, "select 1")).isEqualTo("1");
        }
    }

    private static void isRefused(DatabaseUrl url, String reason) {
        SQLException failure = catchThrowableOfType(
                SQLException.class, () -> Connects.open(url).close());
        assertThat((Throwable) failure).as("refused by the dialect").isNotNull();
        assertThat(whileConnecting(failure)).isEqualTo(Verdict.REFUSED);
        assertThat(Connects.dialect().connectProblem(failure)).isEqualTo(ConnectProblem.TLS);
        assertThat((Throwable) failure).hasStackTraceContaining(reason);
        try (ConnectionPool pool = ConnectionPool.builder(url).open()) {
            assertThatThrownBy(() -> pool.getConnection().close())
                    .isInstanceOf(SQLNonTransientConnectionException.class)
                    .hasMessageStartingWith("[CONNECT_REFUSED] ")
                    .hasCauseInstanceOf(SQLException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GOOD, REQUIRE, connects",
        "GOOD, VERIFY_CA, connects",
        "GOOD, VERIFY_FULL, connects",
        "WRONG_HOST, VERIFY_CA, connects",
        "WRONG_HOST, VERIFY_FULL, No subject alternative DNS name matching localhost",
        "EXPIRED, VERIFY_CA, validity check failed",
        "EXPIRED, VERIFY_FULL, validity check failed"
    })
    @Tag("smoke")
    void withTheRightAuthority(Certificate shown, SslMode mode, String outcome) throws SQLException {
        DatabaseUrl url = url(shown.server(), mode, CERTIFICATES.authority());
        if (outcome.equals("connects")) {
            connects(url, true);
        } else {
            isRefused(url, outcome);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SslMode.class,
            names = {"REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
    void anotherAuthorityIsNotTrusted(SslMode mode) {
        isRefused(url(Servers.get(true), mode, CERTIFICATES.otherAuthority()), "PKIX path building failed");
    }

    @ParameterizedTest
    @EnumSource(
            value = SslMode.class,
            names = {"VERIFY_CA", "VERIFY_FULL"})
    void withoutAFileTheJdksTrustStoreCounts(SslMode mode) {
        isRefused(url(Servers.get(true), mode, null), "PKIX path building failed");
    }

    /** Connector/J by itself refuses an expired certificate even here. */
    @ParameterizedTest
    @EnumSource(Certificate.class)
    @Tag("smoke")
    void requireWithoutAFileVerifiesNothing(Certificate shown) throws SQLException {
        connects(url(shown.server(), SslMode.REQUIRE, null), true);
    }

    @Test
    void preferTakesWhatTheServerHas() throws SQLException {
        connects(url(Servers.get(true), SslMode.PREFER, null), true);
        connects(url(Servers.get(false), SslMode.PREFER, null), false);
        connects(url(Servers.get(true), null, null), true);
        connects(url(Servers.get(false), null, null), false);
    }

    @Test
    void aServerThatDemandsTlsRefusesPlainClients() {
        DatabaseUrl url = url(Servers.get(true), SslMode.DISABLE, null);
        // MariaDB up to 10.11 has the words of a wrong password for it, 1045; newer ones say what MySQL says.
        isRefused(url, "--require_secure_transport=ON");
    }

    @ParameterizedTest
    @EnumSource(
            value = SslMode.class,
            names = {"REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
    void aServerWithoutTlsIsNoServerForThoseWhoRequireIt(SslMode mode) {
        isRefused(url(Servers.get(false), mode, null), "not provided by server");
    }

    /** Nobody gets the password who only pretends to be the server: it would be sent under any key that he shows. */
    @Test
    void withoutTlsThePasswordIsNotSentUnderAKeyThatIsAskedFor() throws SQLException {
        try (TestDatabase fresh = TestDatabase.mysql().tls(false).start()) {
            DatabaseUrl given = DatabaseUrl.parse(fresh.url());
            DatabaseUrl url = DatabaseUrl.builder(given.dialect())
                    .host("localhost", fresh.port())
                    .database(given.database())
                    .user(given.user())
                    .password(given.credentials().secret())
                    .sslMode(SslMode.DISABLE)
                    .build();
            if (Servers.isMariaDb(fresh)) {
                // Its passwords are never sent.
                connects(url, false);
                return;
            }
            SQLException failure = catchThrowableOfType(
                    SQLException.class, () -> Connects.open(url).close());
            assertThat((Throwable) failure)
                    .hasMessageContaining("plain")
                    .hasMessageContaining("ssl-mode=VERIFY_IDENTITY")
                    .hasMessageContaining("allowPublicKeyRetrieval=true");
            isRefused(url, "Public Key Retrieval is not allowed");
            connects(url.toBuilder().parameter("get-server-public-key", "true").build(), false);
        }
    }

    @Test
    void requireWithAFileVerifiesTheChain() throws SQLException {
        DatabaseUrl url = url(WrongHost.SERVER, SslMode.REQUIRE, CERTIFICATES.authority());
        assertThat(TlsPolicy.resolve(url, Connects.dialect(), false).tls().mode())
                .isEqualTo(SslMode.VERIFY_CA);
        connects(url, true);
    }

    @Test
    void verifyFullComparesAddressesToo() throws SQLException {
        DatabaseUrl named = url(Servers.get(true), SslMode.VERIFY_FULL, CERTIFICATES.authority());
        connects(at(named, "127.0.0.1"), true);
        DatabaseUrl wrong = url(WrongHost.SERVER, SslMode.VERIFY_FULL, CERTIFICATES.authority());
        isRefused(at(wrong, "127.0.0.1"), "No subject alternative names matching IP address");
    }

    private static DatabaseUrl at(DatabaseUrl url, String host) {
        return DatabaseUrl.builder(url.dialect())
                .host(host, url.hosts().get(0).port())
                .database(url.database())
                .user(url.user())
                .password(url.credentials().secret())
                .sslMode(url.sslMode())
                .sslRootCert(url.sslRootCert())
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3", "TLSv1.2,TLSv1.3"})
    void theVersionOfTlsCanBeChosen(String versions) throws SQLException {
        DatabaseUrl url = DatabaseUrl.parse(Servers.get(true).url()).toBuilder()
                .parameter("tlsVersions", versions)
                .build();
        try (Connected connected = Connects.open(url)) {
            assertThat(versions).endsWith(status(connected, "Ssl_version"));
        }
    }

    @Test
    void sessionsAreResumed() throws SQLException {
        DatabaseUrl url = DatabaseUrl.parse(Servers.get(true).url()).toBuilder()
                .parameter("tlsVersions", "TLSv1.2")
                .build();
        var tls = TlsPolicy.resolve(url, Connects.dialect(), false).tls();
        int resumed = 0;
        for (int i = 0; i < 5; i++) {
            var request = new io.github.lifebelt.spi.ConnectRequest(
                    url, url.credentials(), tls, System.nanoTime() + Connects.AMPLE.toNanos());
            try (Connected connected = new Connected(Connects.dialect().connect(request), request.socket())) {
                resumed += Integer.parseInt(status(connected, "Ssl_sessions_reused"));
            }
        }
        // MariaDB keeps no sessions.
        assertThat(resumed > 0).isEqualTo(!Servers.isMariaDb(Servers.get(true)));
    }
}
