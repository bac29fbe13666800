package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.testing.PoolAssertions.nothingLeftInTransaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Units on a pool of two connections, which leave nothing open and nothing changed, however they have ended. */
abstract class UnitTest extends PoolTest {

    private static final boolean POSTGRES = Servers.PRODUCT == DatabaseProduct.POSTGRESQL;
    private static final int SIZE = 2;

    ConnectionPool pool;
    UnitOfWork unit;
    private String session;

    @BeforeEach
    void begin() throws SQLException {
        try (Connection connection = bare()) {
            execute(connection, "drop table if exists orders");
            execute(connection, "create table orders (n int)");
            execute(connection, "drop table if exists accounts");
            execute(connection, "create table accounts (id int primary key, n int)");
            execute(connection, "insert into accounts values (1, 0), (2, 0)");
        }
        pool = open(builder().maxSize(SIZE));
        unit = UnitOfWork.on(pool).named("order");
        try (Connection connection = pool.getConnection()) {
            session = session(connection);
        }
    }

    /** What every exit of a unit has in common. */
    @AfterEach
    void leavesNothingBehind() throws SQLException {
        boolean interrupted = Thread.interrupted();
        Servers.heal(server());
        assertThat(interrupted).as("the test has taken its interrupts back").isFalse();
        assertThat(pool.stats().active()).isZero();
        assertThat(pool.stats().pending()).isZero();
        nothingLeftInTransaction(server());
        List<Connection> all = new ArrayList<>();
        try {
            for (int i = 0; i < SIZE; i++) {
                Connection connection = pool.getConnection();
                all.add(connection);
                assertThat(connection.getAutoCommit()).isTrue();
                assertThat(session(connection)).isEqualTo(session);
            }
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
        assertThat(pool.stats().leftovers()).isZero();
    }

    /** What a unit may set, as the server sees it. */
    String session(Connection connection) throws SQLException {
        String own = POSTGRES
                ? "select concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'),"
                        + " current_setting('idle_in_transaction_session_timeout'))"
                : "select concat_ws(' ', @@session.innodb_lock_wait_timeout, @@session.lock_wait_timeout, @@session."
                        + (Servers.isMariaDb(server()) ? "max_statement_time" : "max_execution_time") + ")";
        return query(connection, own) + " " + Sql.isolation(connection) + " " + Sql.isReadOnly(connection);
    }

    int stored() throws SQLException {
        try (Connection connection = bare()) {
            return Integer.parseInt(query(connection, "select count(*) from orders"));
        }
    }

    String sum() throws SQLException {
        try (Connection connection = bare()) {
            return query(connection, "select sum(n) from accounts");
        }
    }

    static void insert(Transaction tx, int n) throws SQLException {
        execute(tx.connection(), "insert into orders values (" + n + ")");
    }

    static void touch(Transaction tx, int id) throws SQLException {
        execute(tx.connection(), "update accounts set n = n + 1 where id = " + id);
    }

    /** Ends the unit's session as an administrator does. */
    void kill(Transaction tx) throws SQLException {
        assertThat(server().faults().killSession(Sql.sessionId(tx.connection())))
                .isTrue();
    }

    /** Has the server fail as it does in a deadlock, without the second party. */
    static void conflict(Transaction tx) throws SQLException {
        fail(tx, "40P01", 1213);
    }

    static void fail(Transaction tx, String postgresState, int mysqlNumber) throws SQLException {
        execute(
                tx.connection(),
                POSTGRES
                        ? "do $$ begin raise exception 'made' using errcode = '" + postgresState + "'; end $$"
                        : "signal sqlstate '40001' set mysql_errno = " + mysqlNumber + ", message_text = 'made'");
    }

    /** Something that may fail. */
    interface Step {
        void go() throws SQLException;
    }

    /** What callers do, and should not. */
    static void swallowing(Step step) {
        try {
            step.go();
        } catch (SQLException e) {
            // Nothing, as it was meant.
        }
    }

    /** What libraries that speak SQL do with what JDBC throws. */
    static final class Wrapped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Wrapped(SQLException cause) {
            super("wrapped", cause);
        }
    }

    static void wrapping(Step step) {
        try {
            step.go();
        } catch (SQLException e) {
            throw new Wrapped(e);
        }
    }
}
