package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Connects.dies;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.PoolTest;
import io.github.lifebelt.spi.ProbeSocket.Liveness;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What the probe sees that PostgreSQL alone does. */
class PostgresProbeTest extends PoolTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    @Test
    @Tag("smoke")
    void aNotificationIsPendingAndNoDeath() throws SQLException {
        try (Connected connected = Connects.open(server());
                Connection other = bare()) {
            execute(connected.jdbc(), "listen probe");
            execute(other, "notify probe, 'hello'");
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(SOON)
                    .until(() -> connected.socket().probe() == Liveness.PENDING);
            assertThat(connected.socket().probe()).as("again").isEqualTo(Liveness.PENDING);
            assertThatCode(() -> Connects.dialect().ping(connected.jdbc())).doesNotThrowAnyException();
            assertThat(connected.socket().probe()).isEqualTo(Liveness.QUIET);
            assertThat(connected.jdbc().unwrap(PGConnection.class).getNotifications())
                    .singleElement()
                    .satisfies(told -> assertThat(told.getParameter()).isEqualTo("hello"));
        }
    }

    @Test
    void theDriverStillReadsTheServersLastWords() throws SQLException {
        try (Connected connected = Connects.open(server())) {
            server().faults().killSession(sessionId(connected.jdbc()));
            dies(connected);
            assertThatCode(() -> query(connected.jdbc(), "select 1"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            failure -> assertThat(failure.getSQLState()).isEqualTo("57P01"));
        }
    }

    @Test
    void aCrashedBackendTakesItsNeighboursAlong() throws SQLException {
        try (Connected crashed = Connects.open(server());
                Connected neighbour = Connects.open(server())) {
            server().faults().crashBackend(sessionId(crashed.jdbc()));
            dies(crashed);
            dies(neighbour);
        }
        server().faults().start();
    }
}
