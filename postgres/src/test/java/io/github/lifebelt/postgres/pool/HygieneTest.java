package io.github.lifebelt.postgres.pool;

import static io.github.lifebelt.postgres.pool.Servers.execute;
import static io.github.lifebelt.postgres.pool.Servers.pid;
import static io.github.lifebelt.postgres.pool.Servers.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolListener;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What a borrower leaves behind does not reach the next one, and is never stored by giving back. */
class HygieneTest extends PoolTest {

    private final List<Boolean> leftovers = new ArrayList<>();

    @BeforeEach
    void emptyTable() throws SQLException {
        try (Connection connection = bare()) {
            execute(connection, "create table if not exists hygiene (n int)");
            execute(connection, "truncate hygiene");
        }
    }

    private ConnectionPool listened() {
        return open(builder().maxSize(1).listener(new PoolListener() {
            @Override
            public void leftoverRolledBack(boolean misuse) {
                leftovers.add(misuse);
            }
        }));
    }

    private int stored() throws SQLException {
        try (Connection connection = bare()) {
            return Integer.parseInt(query(connection, "select count(*) from hygiene"));
        }
    }

    @Test
    @Tag("smoke")
    void workWithAutocommitOffIsRolledBackNotCommitted() throws SQLException {
        ConnectionPool pool = listened();
        int pid;
        try (Connection connection = pool.getConnection()) {
            pid = pid(connection);
            connection.setAutoCommit(false);
            execute(connection, "insert into hygiene values (1)");
        }
        assertThat(stored()).isZero();
        assertThat(leftovers).containsExactly(false);
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(pid(connection)).isEqualTo(pid);
        }
    }

    @Test
    void aRawBeginIsRolledBackAndWarnedAbout() throws SQLException {
        ConnectionPool pool = listened();
        try (Connection connection = pool.getConnection()) {
            execute(connection, "begin");
            execute(connection, "insert into hygiene values (1)");
        }
        assertThat(stored()).isZero();
        assertThat(leftovers).containsExactly(true);
        try (Connection connection = pool.getConnection()) {
            execute(connection, "insert into hygiene values (2)");
        }
        assertThat(stored()).isOne();
        assertThat(pool.stats().leftovers()).isOne();
    }

    @Test
    void copyThroughUnwrapIsNotCommittedByGivingBack() throws SQLException {
        ConnectionPool pool = listened();
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy hygiene from stdin", new StringReader("1\n"));
        } catch (java.io.IOException e) {
            throw new SQLException(e);
        }
        assertThat(stored()).isZero();
    }

    @Test
    void aFailedTransactionIsRolledBack() throws SQLException {
        ConnectionPool pool = listened();
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> execute(connection, "select 1/0")).isInstanceOf(SQLException.class);
        }
        try (Connection connection = pool.getConnection()) {
            assertThat(query(connection, "select 1")).isEqualTo("1");
        }
        assertThat(pool.stats().replaced()).isZero();
    }

    @Test
    void whatWasCommittedIsLeftAlone() throws SQLException {
        ConnectionPool pool = listened();
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            execute(connection, "insert into hygiene values (1)");
            connection.commit();
        }
        assertThat(stored()).isOne();
        assertThat(leftovers).isEmpty();
    }

    @Test
    void theSessionIsAsThePoolIsSetForEachBorrower() throws SQLException {
        ConnectionPool pool = open(builder()
                .maxSize(1)
                .isolation(Connection.TRANSACTION_REPEATABLE_READ)
                .schema("pg_catalog")
                .initSql("set statement_timeout = '77s'"));
        try (Connection connection = pool.getConnection()) {
            assertConfigured(connection);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setReadOnly(true);
            connection.setSchema("public");
            connection.setNetworkTimeout(Runnable::run, 5_000);
            connection.setAutoCommit(false);
            assertThat(query(connection, "show transaction_isolation")).isEqualTo("serializable");
        }
        try (Connection connection = pool.getConnection()) {
            assertConfigured(connection);
        }
        assertThat(pool.stats().replaced()).isZero();
    }

    private static void assertConfigured(Connection connection) throws SQLException {
        assertThat(connection.getAutoCommit()).isTrue();
        assertThat(connection.isReadOnly()).isFalse();
        assertThat(connection.getNetworkTimeout()).isZero();
        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
        assertThat(query(connection, "show transaction_isolation")).isEqualTo("repeatable read");
        assertThat(connection.getSchema()).isEqualTo("pg_catalog");
        assertThat(query(connection, "show statement_timeout")).isEqualTo("77s");
    }

    @Test
    void theServersDefaultIsolationComesBackWhenNoneWasSet() throws SQLException {
        ConnectionPool pool = open(builder().maxSize(1));
        int pid;
        try (Connection connection = pool.getConnection()) {
            pid = pid(connection);
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            assertThat(query(connection, "show transaction_isolation")).isEqualTo("serializable");
        }
        try (Connection connection = pool.getConnection()) {
            assertThat(pid(connection)).isEqualTo(pid);
            assertThat(query(connection, "show transaction_isolation")).isEqualTo("read committed");
        }
    }

    @Test
    void aReplacementGetsTheSameSessionAsTheFirst() throws SQLException {
        ConnectionPool pool = open(builder()
                .maxSize(1)
                .autoCommit(false)
                .readOnly(true)
                .isolation(Connection.TRANSACTION_SERIALIZABLE)
                .schema("pg_catalog")
                .initSql("set statement_timeout = '77s'"));
        for (int i = 0; i < 2; i++) {
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getAutoCommit()).isFalse();
                assertThat(connection.isReadOnly()).isTrue();
                assertThat(query(connection, "show transaction_isolation")).isEqualTo("serializable");
                assertThat(query(connection, "show transaction_read_only")).isEqualTo("on");
                assertThat(query(connection, "show search_path")).contains("pg_catalog");
                assertThat(query(connection, "show statement_timeout")).isEqualTo("77s");
            }
            Servers.killSessions(server());
        }
        assertThat(pool.stats().connects()).isEqualTo(2);
    }

    @Test
    void aResetThatTheServerDoesNotAnswerIsBoundedAndCostsOnlyTheConnection() throws SQLException {
        ConnectionPool pool = open(builder().maxSize(1).isolation(Connection.TRANSACTION_READ_COMMITTED));
        Connection connection = pool.getConnection();
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        server().faults().freeze();
        long begin = System.nanoTime();
        connection.close();
        assertThat(since(begin)).isLessThan(atMost(Duration.ofMillis(1_500)));
        server().faults().thaw();
        try (Connection next = pool.getConnection()) {
            assertThat(query(next, "show transaction_isolation")).isEqualTo("read committed");
        }
        assertThat(pool.stats().replaced()).isOne();
    }

    @Test
    void givingADeadConnectionBackIsSilentAndQuick() throws SQLException {
        ConnectionPool pool = open(builder().maxSize(1));
        Connection connection = pool.getConnection();
        connection.setAutoCommit(false);
        execute(connection, "insert into hygiene values (1)");
        server().faults().killSessions();
        assertThatThrownBy(() -> query(connection, "select 1"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isIn("57P01", "08006"));
        long begin = System.nanoTime();
        connection.close();
        assertThat(since(begin)).isLessThan(atMost(Duration.ofMillis(100)));
        assertThat(stored()).isZero();
        try (Connection next = pool.getConnection()) {
            assertThat(next.getAutoCommit()).isTrue();
            assertThat(query(next, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void isValidAsksTheServer() throws SQLException {
        ConnectionPool pool = open(builder().maxSize(1));
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.isValid(5)).isTrue();
            assertThat(connection.isValid(0)).isTrue();
            connection.setAutoCommit(false);
            assertThat(connection.isValid(5)).isTrue();
            server().faults().freeze();
            long begin = System.nanoTime();
            assertThat(connection.isValid(1)).isFalse();
            assertThat(since(begin)).isBetween(Duration.ofMillis(900), atMost(Duration.ofMillis(1_250)));
        }
    }
}
