package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Units that get into each other's way. A deadlock takes the victim's whole transaction, after which MySQL silently opens
 * another; a lock that was waited for in vain takes one statement of it. Half a unit is stored by neither, even if the
 * failure is swallowed.
 */
class ConflictTest extends PoolTest {

    private ConnectionPool pool;

    @BeforeEach
    void twoRows() throws SQLException {
        pool = open(builder().maxSize(2));
        try (Connection connection = bare()) {
            execute(connection, "drop table if exists accounts");
            execute(connection, "create table accounts (id int primary key, n int)");
            execute(connection, "insert into accounts values (1, 0), (2, 0)");
        }
    }

    private String rows() throws SQLException {
        try (Connection connection = bare()) {
            return query(connection, "select count(*) from accounts");
        }
    }

    private static void touch(Transaction tx, int id) throws SQLException {
        execute(tx.connection(), "update accounts set n = n + 1 where id = " + id);
    }

    @Test
    void aSwallowedDeadlockNeverEndsInANormalReturn() throws Exception {
        CyclicBarrier bothHaveOne = new CyclicBarrier(2);
        List<Future<Throwable>> units = Stream.of(1, 2)
                .map(first -> threads.submit(() ->
                        catchThrowable(() -> UnitOfWork.on(pool).run(tx -> {
                            touch(tx, first);
                            bothHaveOne.await(10, TimeUnit.SECONDS);
                            swallowing(() -> touch(tx, 3 - first));
                            swallowing(() ->
                                    execute(tx.connection(), "insert into accounts values (" + (10 + first) + ", 0)"));
                        }))))
                .toList();
        int committed = 0;
        for (Future<Throwable> unit : units) {
            Throwable failure = unit.get(30, TimeUnit.SECONDS);
            if (failure == null) {
                committed++;
            } else {
                assertThat(failure)
                        .isInstanceOfSatisfying(
                                TransactionRolledBackException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.SWALLOWED_ERROR));
            }
        }
        assertThat(committed).isOne();
        assertThat(rows()).isEqualTo("3");
    }

    @Test
    void aSwallowedLockTimeoutNeverEndsInANormalReturn() throws Exception {
        try (Connection holder = bare()) {
            holder.setAutoCommit(false);
            execute(holder, "update accounts set n = 7 where id = 2");
            Throwable failure = catchThrowable(() -> UnitOfWork.on(pool).run(tx -> {
                execute(tx.connection(), Sql.LOCK_TIMEOUT_OF_A_SECOND);
                touch(tx, 1);
                swallowing(() -> touch(tx, 2));
                swallowing(() -> execute(tx.connection(), "insert into accounts values (11, 0)"));
            }));
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            TransactionRolledBackException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.SWALLOWED_ERROR));
            holder.rollback();
        }
        assertThat(rows()).isEqualTo("2");
        try (Connection connection = bare()) {
            assertThat(query(connection, "select sum(n) from accounts")).isEqualTo("0");
        }
    }

    private interface Step {
        void go() throws SQLException;
    }

    private static void swallowing(Step step) {
        try {
            step.go();
        } catch (SQLException e) {
            // What callers do, and should not.
        }
    }
}
