package io.github.lifebelt.postgres;

import static io.github.lifebelt.postgres.pool.Servers.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.postgres.Connects.Connected;
import io.github.lifebelt.postgres.pool.Servers;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.testing.PgBouncer;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** By way of a real PgBouncer that pools transactions, which has to be installed: {@code -Ppackages} runs this. */
@Tag("packages")
@ParameterizedClass(name = "tls={0}")
@ValueSource(booleans = {false, true})
class BouncerTest {

    @Parameter
    boolean tls;

    private TestDatabase server() {
        return Servers.get(tls);
    }

    @AfterEach
    void heal() {
        Servers.heal(server());
    }

    private static void assertFails(DatabaseUrl url, String words, ConnectProblem problem, Verdict verdict) {
        SQLException failure = catchThrowableOfType(SQLException.class, () -> {
            try (Connection connection = Connects.dialect().connect(Connects.request(url, Duration.ofSeconds(10)))) {
                query(connection, "select 1");
            }
        });
        assertThat((Throwable) failure).as(words).isNotNull();
        assertThat((Throwable) failure).hasMessageContaining(words);
        assertThat(Connects.dialect().connectProblem(failure)).as("%s", failure).isEqualTo(problem);
        assertThat(Connects.whileConnecting(failure)).as("%s", failure).isEqualTo(verdict);
    }

    @Test
    void whatPgBouncerRefusesIsToldByItsWords() {
        try (PgBouncer bouncer = PgBouncer.inFrontOf(server())) {
            DatabaseUrl url = server().databaseUrl(bouncer);
            assertFails(
                    url.toBuilder().password("wrong").build(),
                    "authentication failed",
                    ConnectProblem.AUTHENTICATION,
                    Verdict.AUTHENTICATION);
            assertFails(
                    url.toBuilder().options("-c work_mem=1MB").build(),
                    "unsupported startup parameter",
                    ConnectProblem.OTHER,
                    Verdict.REFUSED);
            assertFails(
                    url.toBuilder().database("missing").build(),
                    "does not exist",
                    ConnectProblem.DATABASE,
                    Verdict.REFUSED);
        }
    }

    @Test
    void aPgBouncerThatIsFullOrAloneSaysSo() throws SQLException {
        try (PgBouncer bouncer = PgBouncer.inFrontOf(
                server(), Map.of("max_client_conn", "1", "query_wait_timeout", "1", "server_login_retry", "1"))) {
            DatabaseUrl url = server().databaseUrl(bouncer);
            try (Connected only = Connects.open(url)) {
                assertThat(query(only.jdbc(), "select 1")).isEqualTo("1");
                assertFails(url, "no more connections", ConnectProblem.AT_CAPACITY, Verdict.AT_CAPACITY);
            }
        }
        server().faults().stop(StopMode.FAST);
        try (PgBouncer bouncer = PgBouncer.inFrontOf(server(), Map.of("query_wait_timeout", "1"))) {
            assertFails(
                    server().databaseUrl(bouncer),
                    "query_wait_timeout",
                    ConnectProblem.TIMED_OUT,
                    Verdict.DATABASE_DOWN);
        }
    }
}
