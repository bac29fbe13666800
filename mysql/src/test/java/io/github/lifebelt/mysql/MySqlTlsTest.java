package io.github.lifebelt.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.contract.TlsLogins;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of TLS is MySQL's and Connector/J's alone. */
class MySqlTlsTest extends TlsLogins {

    private static String status(Connected connected, String variable) throws SQLException {
        try (Statement statement = connected.jdbc().createStatement();
                ResultSet rows = statement.executeQuery("show session status like '" + variable + "'")) {
            rows.next();
            return rows.getString(2);
        }
    }

    /** Nobody gets the password who only pretends to be the server: it would be sent under any key that he shows. */
    @Test
    void withoutTlsThePasswordIsNotSentUnderAKeyThatIsAskedFor() throws SQLException {
        try (TestDatabase fresh = TestDatabase.of(Servers.PRODUCT).tls(false).start()) {
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
        var tls = Connects.tls(url, false).tls();
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
