package io.github.lifebelt.postgres.pool;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.PoolTest;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What of PostgreSQL is reached through a lease: COPY, LISTEN, the driver itself. */
class PostgresLeaseTest extends PoolTest {

    @Test
    void theDriversConnectionKnowsItsBackend() throws SQLException {
        ConnectionPool pool = open();
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.unwrap(PGConnection.class).getBackendPID()).isEqualTo((int) sessionId(connection));
        }
    }

    @Test
    void copyAndListenWorkThroughUnwrap() throws Exception {
        ConnectionPool pool = open();
        try (Connection connection = pool.getConnection();
                Connection sender = bare()) {
            execute(connection, "create temp table copied (n int)");
            long rows = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy copied from stdin", new StringReader("1\n2\n3\n"));
            assertThat(rows).isEqualTo(3);
            execute(connection, "listen bell");
            execute(sender, "notify bell, 'ding'");
            PGConnection listening = connection.unwrap(PGConnection.class);
            await().untilAsserted(() -> {
                PGNotification[] heard = listening.getNotifications();
                assertThat(heard).isNotNull().hasSize(1);
                assertThat(heard[0].getParameter()).isEqualTo("ding");
            });
        }
    }

    @Test
    void aPendingNotificationIsNotTakenForDeath() throws SQLException {
        ConnectionPool pool = open(builder().maxSize(1));
        long session;
        try (Connection connection = pool.getConnection()) {
            session = sessionId(connection);
            execute(connection, "listen bell");
        }
        try (Connection sender = bare()) {
            execute(sender, "notify bell, 'ding'");
        }
        try (Connection connection = pool.getConnection()) {
            assertThat(sessionId(connection)).isEqualTo(session);
            assertThat(connection.unwrap(PGConnection.class).getNotifications()).hasSize(1);
        }
        assertThat(pool.stats().replaced()).isZero();
    }

    @Test
    void copyThroughUnwrapIsNotCommittedByGivingBack() throws Exception {
        try (Connection connection = bare()) {
            execute(connection, "create table if not exists copied_into (n int)");
            execute(connection, "truncate copied_into");
        }
        ConnectionPool pool = open(builder().maxSize(1));
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy copied_into from stdin", new StringReader("1\n"));
        }
        try (Connection connection = bare()) {
            assertThat(query(connection, "select count(*) from copied_into")).isEqualTo("0");
        }
    }
}
