package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.PoolConfig.Hygiene;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.tx.DatabaseException.AfterCommitException;
import io.github.lifebelt.tx.DatabaseException.Effect;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pool for tests tells whoever leaves something behind, and the next borrower finds nothing of it. */
class StrictHygieneTest extends PoolTest {

    private static final boolean POSTGRES = Servers.PRODUCT == DatabaseProduct.POSTGRESQL;

    @BeforeEach
    void emptyTable() throws SQLException {
        try (Connection connection = bare()) {
            execute(connection, "create table if not exists strict_hygiene (n int)");
            execute(connection, "truncate strict_hygiene");
        }
    }

    private ConnectionPool strict() {
        return open(builder().name("orders").maxSize(1).hygiene(Hygiene.STRICT));
    }

    @Test
    void whoeverLeavesSomethingIsToldWhatAndTheNextFindsNothing() throws SQLException {
        ConnectionPool pool = strict();
        SessionTraces.Trace trace = SessionTraces.of(server()).get(2);
        Connection connection = pool.getConnection();
        String before = query(connection, trace.question());
        SessionTraces.leave(connection, List.of(trace));
        String left = query(connection, trace.question());
        assertThatThrownBy(connection::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("[SESSION_LEFTOVER] orders: thread '"
                        + Thread.currentThread().getName() + "' gave")
                .hasMessageContaining(left);
        assertThat(connection.isClosed()).isTrue();
        assertThat(pool.stats().active()).isZero();
        try (Connection next = pool.getConnection()) {
            assertThat(query(next, trace.question())).isEqualTo(before);
        }
        assertThat(pool.stats().connects()).isOne();
    }

    /** Those that a server shows to every user. */
    @Test
    void eachKindOfThingIsSeen() throws SQLException {
        ConnectionPool pool = strict();
        List<String> unseen = new ArrayList<>();
        for (SessionTraces.Trace trace : SessionTraces.of(server())) {
            Connection connection = pool.getConnection();
            SessionTraces.leave(connection, List.of(trace));
            try {
                connection.close();
                unseen.add(trace.question());
            } catch (IllegalStateException e) {
                // Autocommit that was switched off by SQL is a transaction that JDBC does not know of.
                assertThat(e.getMessage()).matches("\\[(SESSION|TRANSACTION)_LEFTOVER] orders: .*");
            }
        }
        List<String> notShown = POSTGRES
                ? List.of("select coalesce(current_setting('lifebelt.other', true), '')")
                : List.of(
                        "select @leftover",
                        "select count(*) from leftover",
                        "select is_used_lock('leftover')",
                        "execute prepared_leftover");
        assertThat(notShown).containsAll(unseen);
    }

    @Test
    void whatJdbcKnowsOfIsNoLeftover() throws SQLException {
        for (boolean autoCommit : new boolean[] {true, false}) {
            useJdbc(builder().autoCommit(autoCommit));
            useJdbc(builder()
                    .autoCommit(autoCommit)
                    .readOnly(true)
                    .isolation(Connection.TRANSACTION_REPEATABLE_READ)
                    .schema(Sql.SYSTEM_SCHEMA)
                    .initSql(Sql.remember("mark", "77")));
        }
    }

    private void useJdbc(PoolBuilder builder) throws SQLException {
        ConnectionPool pool = open(builder.maxSize(1).hygiene(Hygiene.STRICT));
        for (int round = 0; round < 3; round++) {
            try (Connection connection = pool.getConnection()) {
                connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                connection.setReadOnly(!connection.isReadOnly());
                Sql.enter(connection, "information_schema");
                connection.setNetworkTimeout(Runnable::run, 5_000);
                connection.setAutoCommit(!connection.getAutoCommit());
                query(connection, "select 1");
            }
        }
        assertThat(pool.stats().connects()).isOne();
    }

    @Test
    void aTransactionThatJdbcDoesNotKnowOfIsToldToo() throws SQLException {
        ConnectionPool pool = strict();
        Connection connection = pool.getConnection();
        execute(connection, "begin");
        execute(connection, "insert into strict_hygiene values (1)");
        assertThatThrownBy(connection::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("[TRANSACTION_LEFTOVER] orders: thread '");
        assertThat(pool.stats().active()).isZero();
        assertThat(pool.stats().leftovers()).isOne();
        try (Connection next = pool.getConnection()) {
            assertThat(query(next, "select count(*) from strict_hygiene")).isEqualTo("0");
        }
    }

    @Test
    void aUnitIsHeldToTheSame() throws SQLException {
        ConnectionPool pool = strict();
        SessionTraces.Trace trace = SessionTraces.of(server()).get(2);
        assertThatThrownBy(() -> UnitOfWork.on(pool).run(tx -> SessionTraces.leave(tx.connection(), List.of(trace))))
                .isInstanceOfSatisfying(
                        AfterCommitException.class, e -> assertThat(e.effect()).isEqualTo(Effect.COMMITTED))
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("[SESSION_LEFTOVER]");
        assertThat(pool.stats().active()).isZero();
        UnitOfWork.on(pool).run(tx -> execute(tx.connection(), "insert into strict_hygiene values (1)"));
    }
}
