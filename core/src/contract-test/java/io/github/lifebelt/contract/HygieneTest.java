package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.PoolListener;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

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
        long session;
        try (Connection connection = pool.getConnection()) {
            session = sessionId(connection);
            connection.setAutoCommit(false);
            execute(connection, "insert into hygiene values (1)");
        }
        assertThat(stored()).isZero();
        assertThat(leftovers).containsExactly(false);
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(sessionId(connection)).isEqualTo(session);
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
    void aTransactionWithAFailureIsRolledBack() throws SQLException {
        ConnectionPool pool = listened();
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            execute(connection, "insert into hygiene values (1)");
            assertThatThrownBy(() -> execute(connection, Sql.FAILING)).isInstanceOf(SQLException.class);
        }
        assertThat(stored()).isZero();
        assertThat(leftovers).containsExactly(false);
        try (Connection connection = pool.getConnection()) {
            assertThat(query(connection, "select 1")).isEqualTo("1");
        }
        assertThat(pool.stats().replaced()).isZero();
    }

    /** From there on Connector/J has no word of the server about transactions. */
    @Test
    void aRawBeginWithAFailureHalfWayThroughAResultIsRolledBackToo() throws SQLException {
        ConnectionPool pool = listened();
        try (Connection connection = pool.getConnection()) {
            execute(connection, "begin");
            execute(connection, "insert into hygiene values (1)");
            assertThatThrownBy(() -> execute(connection, Sql.FAILING_LATE)).isInstanceOf(SQLException.class);
        }
        try (Connection connection = pool.getConnection()) {
            assertThat(query(connection, "select count(*) from hygiene")).isEqualTo("0");
            execute(connection, "insert into hygiene values (2)");
        }
        assertThat(stored()).isOne();
        assertThat(leftovers).containsExactly(true);
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
        ConnectionPool pool = open(elsewhere(builder())
                .maxSize(1)
                .isolation(Connection.TRANSACTION_REPEATABLE_READ)
                .initSql(Sql.remember("mark", "77")));
        try (Connection connection = pool.getConnection()) {
            assertConfigured(connection);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setReadOnly(true);
            returnHome(connection);
            connection.setNetworkTimeout(Runnable::run, 5_000);
            connection.setAutoCommit(false);
            assertThat(Sql.isolation(connection)).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
        }
        try (Connection connection = pool.getConnection()) {
            assertConfigured(connection);
        }
        assertThat(pool.stats().replaced()).isZero();
    }

    /** In another schema than the user's own. */
    private static PoolBuilder elsewhere(PoolBuilder builder) {
        return builder.schema(Sql.SYSTEM_SCHEMA);
    }

    private void returnHome(Connection connection) throws SQLException {
        Sql.enter(connection, Sql.userSchema(server()));
        assertThat(Sql.schema(connection)).isEqualTo(Sql.userSchema(server()));
    }

    private void assertElsewhere(Connection connection) throws SQLException {
        assertThat(Sql.schema(connection)).isEqualTo(Sql.SYSTEM_SCHEMA);
    }

    private void assertConfigured(Connection connection) throws SQLException {
        assertThat(connection.getAutoCommit()).isTrue();
        assertThat(connection.isReadOnly()).isFalse();
        assertThat(connection.getNetworkTimeout()).isZero();
        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
        assertThat(Sql.isolation(connection)).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
        assertElsewhere(connection);
        assertThat(Sql.remembered(connection, "mark")).isEqualTo("77");
    }

    @Test
    void theServersDefaultIsolationComesBackWhenNoneWasSet() throws SQLException {
        ConnectionPool pool = open(builder().maxSize(1));
        long session;
        try (Connection connection = pool.getConnection()) {
            session = sessionId(connection);
            assertThat(connection.getTransactionIsolation()).isEqualTo(Sql.DEFAULT_ISOLATION);
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            assertThat(Sql.isolation(connection)).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
        }
        try (Connection connection = pool.getConnection()) {
            assertThat(sessionId(connection)).isEqualTo(session);
            assertThat(Sql.isolation(connection)).isEqualTo(Sql.DEFAULT_ISOLATION);
        }
    }

    @Test
    void theSchemaThatABorrowerEnteredIsLeftAgainWhenNoneWasSet() throws SQLException {
        ConnectionPool pool = open(builder().maxSize(1));
        try (Connection connection = pool.getConnection()) {
            Sql.enter(connection, Sql.SYSTEM_SCHEMA);
            assertThat(Sql.schema(connection)).isEqualTo(Sql.SYSTEM_SCHEMA);
        }
        try (Connection connection = pool.getConnection()) {
            assertThat(Sql.schema(connection)).isEqualTo(Sql.userSchema(server()));
        }
    }

    @Test
    void aReplacementGetsTheSameSessionAsTheFirst() throws SQLException {
        ConnectionPool pool = open(elsewhere(builder())
                .maxSize(1)
                .autoCommit(false)
                .readOnly(true)
                .isolation(Connection.TRANSACTION_SERIALIZABLE)
                .initSql(Sql.remember("mark", "77")));
        for (int i = 0; i < 2; i++) {
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getAutoCommit()).isFalse();
                assertThat(connection.isReadOnly()).isTrue();
                assertThat(Sql.isolation(connection)).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
                assertThat(Sql.isReadOnly(connection)).isTrue();
                assertElsewhere(connection);
                assertThat(Sql.remembered(connection, "mark")).isEqualTo("77");
            }
            Servers.killSessions(server());
        }
        assertThat(pool.stats().connects()).isEqualTo(2);
    }

    @Test
    void aReplacementHasNothingOfWhatTheBorrowerOfTheDeadOneHadSet() throws SQLException {
        ConnectionPool pool = open(elsewhere(builder())
                .maxSize(1)
                .isolation(Connection.TRANSACTION_REPEATABLE_READ)
                .initSql(Sql.remember("mark", "77")));
        try (Connection connection = pool.getConnection()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setReadOnly(true);
            connection.setNetworkTimeout(Runnable::run, 5_000);
            returnHome(connection);
            execute(connection, Sql.remember("mark", "78"));
            connection.setAutoCommit(false);
            Servers.killSessions(server());
        }
        try (Connection connection = pool.getConnection()) {
            assertConfigured(connection);
            assertThat(Sql.isReadOnly(connection)).isFalse();
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
            assertThat(Sql.isolation(next)).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
        }
        assertThat(pool.stats().replaced()).isOne();
    }

    @Test
    void givingADeadConnectionBackIsSilentAndQuick() throws SQLException {
        ConnectionPool pool = open(builder().maxSize(1));
        Connection connection = pool.getConnection();
        connection.setAutoCommit(false);
        execute(connection, "insert into hygiene values (1)");
        Servers.killSessions(server());
        assertThatThrownBy(() -> query(connection, "select 1"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isIn(Sql.KILLED_STATES));
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
