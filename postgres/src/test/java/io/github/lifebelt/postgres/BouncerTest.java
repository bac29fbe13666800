package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.testing.PgBouncer;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** By way of a real PgBouncer that pools transactions, which has to be installed: {@code -Ppackages} runs this. */
@Tag("packages")
@ParameterizedClass(name = "tls={0}")
@ValueSource(booleans = {false, true})
class BouncerTest {

    private static final Duration SOON = Duration.ofSeconds(20);

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
            // Who looked whether it has started may still be there.
            try (Connected only = await().atMost(SOON).ignoreExceptions().until(() -> Connects.open(url), c -> true)) {
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

    @Test
    void aPgBouncerIsRecognisedAndStatementsAreNoLongerPrepared() throws SQLException {
        try (PgBouncer bouncer = PgBouncer.inFrontOf(server(), Map.of("default_pool_size", "1"));
                Connected direct = Connects.open(server());
                Connected one = Connects.open(server().databaseUrl(bouncer));
                Connected two = Connects.open(server().databaseUrl(bouncer))) {
            ServerFacts expected = Connects.dialect().serverFacts(direct.jdbc());
            for (Connected connected : List.of(one, two)) {
                ServerFacts facts = Connects.dialect().serverFacts(connected.jdbc());
                assertThat(facts.bouncer()).isTrue();
                assertThat(facts.incarnation()).isEqualTo(expected.incarnation());
                assertThat(facts.version()).isEqualTo(expected.version());
                assertThat(facts.maxConnections()).isEqualTo(expected.maxConnections());
                assertThat(facts.keepaliveIdle()).isNull();
            }
            // Both share one session of the server, and would prepare under the same names.
            for (int i = 0; i < 20; i++) {
                for (Connected connected : List.of(one, two)) {
                    try (PreparedStatement statement = connected.jdbc().prepareStatement("select ? + 1")) {
                        statement.setInt(1, i);
                        try (ResultSet row = statement.executeQuery()) {
                            assertThat(row.next()).isTrue();
                            assertThat(row.getInt(1)).isEqualTo(i + 1);
                        }
                    }
                }
            }
        }
    }

    @Test
    void whatTheUrlSaysOfPreparingStays() throws SQLException {
        try (PgBouncer bouncer = PgBouncer.inFrontOf(server())) {
            DatabaseUrl url = server().databaseUrl(bouncer).toBuilder()
                    .parameter("prepareThreshold", "5")
                    .build();
            try (Connected connected = Connects.open(url)) {
                assertThat(Connects.dialect().serverFacts(connected.jdbc()).bouncer())
                        .isTrue();
                assertThat(connected.jdbc().unwrap(PGConnection.class).getPrepareThreshold())
                        .isEqualTo(5);
            }
        }
    }
}
