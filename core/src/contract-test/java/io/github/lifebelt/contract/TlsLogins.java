package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.testing.TestCertificates;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** Being let in or not, by the dialect itself and by a pool. */
public abstract class TlsLogins {

    protected static final TestCertificates CERTIFICATES = TestCertificates.shared();

    protected static DatabaseUrl url(TestDatabase server, @Nullable SslMode mode, @Nullable Path roots) {
        return DatabaseUrl.parse(server.url()).toBuilder()
                .sslMode(mode)
                .sslRootCert(roots == null ? null : roots.toString())
                .build();
    }

    protected static void connects(DatabaseUrl url, boolean encrypted) throws SQLException {
        try (Connected connected = Connects.open(url)) {
            assertThat(Sql.isEncrypted(connected.jdbc())).isEqualTo(encrypted);
        }
        try (ConnectionPool pool = ConnectionPool.builder(url).open();
                var connection = pool.getConnection()) {
            assertThat(Sql.query(connection, "select 1")).isEqualTo("1");
        }
    }

    protected static void takesWhatTheServerHas(@Nullable SslMode mode) throws SQLException {
        connects(url(Servers.get(true), mode, null), true);
        connects(url(Servers.get(false), mode, null), false);
    }

    protected static void isRefused(DatabaseUrl url, String reason) {
        SQLException failure = catchThrowableOfType(
                SQLException.class, () -> Connects.open(url).close());
        assertThat((Throwable) failure).as("refused by the dialect").isNotNull();
        assertThat(Connects.whileConnecting(failure)).isEqualTo(Verdict.REFUSED);
        assertThat(Connects.dialect().connectProblem(failure)).isEqualTo(ConnectProblem.TLS);
        assertThat((Throwable) failure).hasStackTraceContaining(reason);
        try (ConnectionPool pool = ConnectionPool.builder(url).open()) {
            SQLException refused = catchThrowableOfType(
                    SQLException.class, () -> pool.getConnection().close());
            assertThat((Throwable) refused)
                    .isInstanceOf(SQLNonTransientConnectionException.class)
                    .hasMessageStartingWith("[CONNECT_REFUSED] ")
                    .hasMessageContaining(reason)
                    .hasCauseInstanceOf(SQLException.class);
        }
    }

    public static DatabaseUrl at(DatabaseUrl url, String host) {
        return DatabaseUrl.builder(url.dialect())
                .host(host, url.hosts().get(0).port())
                .database(url.database())
                .user(url.user())
                .password(url.credentials().secret())
                .sslMode(url.sslMode())
                .sslRootCert(url.sslRootCert())
                .build();
    }
}
