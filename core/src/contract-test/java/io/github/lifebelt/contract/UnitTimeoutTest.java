package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.tx.ConnectionUnavailableException;
import io.github.lifebelt.tx.DatabaseException.Effect;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.Isolation;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a unit sets for itself holds for it and for nobody else: how long things may take, and what it may see and do. */
class UnitTimeoutTest extends UnitTest {

    /** What a cancel, which may have to connect, and the rollback take: past a second the connection itself is ended. */
    private static final Duration MORE = Duration.ofMillis(1_300);

    private void ends(Reason reason, Duration after, Duration atMost, ThrowingCallable run) {
        long begin = System.nanoTime();
        assertThatThrownBy(run).isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
            assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
            assertThat(e.effect()).isEqualTo(Effect.NONE);
        });
        assertThat(since(begin)).isBetween(after.minusMillis(50), atMost(atMost));
    }

    private void nothingRuns(String statement) throws SQLException {
        try (Connection watcher = bare()) {
            await().atMost(Duration.ofSeconds(10)).until(() -> !Sql.isRunning(watcher, statement));
        }
    }

    @Test
    @Tag("smoke")
    void aStatementThatTakesTooLongIsEndedOnTheServer() throws SQLException {
        String nap = Sql.sleep(20);
        Duration limit = Duration.ofMillis(300);
        ends(
                Reason.TIMEOUT,
                limit,
                limit.plus(MORE),
                () -> unit.statementTimeout(limit).run(tx -> {
                    insert(tx, 1);
                    execute(tx.connection(), nap);
                }));
        nothingRuns(nap);
        assertThat(stored()).isZero();
    }

    /** MySQL leaves writes to the driver, which counts in seconds. */
    @Test
    void aWriteThatTakesTooLongIsEndedToo() throws SQLException {
        String nap = Sql.FAILURE_ENDS_TRANSACTION
                ? "insert into orders select 1 from pg_sleep(20)"
                : "insert into orders select sleep(20) from accounts";
        Duration limit = Duration.ofSeconds(1);
        ends(
                Reason.TIMEOUT,
                limit,
                limit.plus(MORE),
                () -> unit.statementTimeout(limit).run(tx -> execute(tx.connection(), nap)));
        nothingRuns(nap);
        assertThat(stored()).isZero();
    }

    @Test
    void statementsThatAreQuickEnoughAreNoneOfItsBusiness() throws SQLException {
        unit.statementTimeout(Duration.ofSeconds(1)).run(tx -> {
            for (int i = 0; i < 6; i++) {
                execute(tx.connection(), Sql.sleep(0.3));
            }
            insert(tx, 1);
        });
        assertThat(stored()).isOne();
    }

    /** MySQL looks after waiting transactions once in a second. */
    @Test
    void aWaitForALockHasAnEnd() throws SQLException {
        Duration limit = Duration.ofSeconds(1);
        try (Connection holder = bare()) {
            holder.setAutoCommit(false);
            execute(holder, "update accounts set n = 7 where id = 1");
            ends(
                    Reason.LOCK_TIMEOUT,
                    limit,
                    limit.plusSeconds(1).plus(MORE),
                    () -> unit.lockTimeout(limit).run(tx -> {
                        insert(tx, 1);
                        touch(tx, 1);
                    }));
            holder.rollback();
        }
        assertThat(stored()).isZero();
        assertThat(sum()).isEqualTo("0");
    }

    @Test
    void aUnitThatTakesTooLongIsEndedOnTheServer() throws SQLException {
        String nap = Sql.sleep(20);
        Duration limit = Duration.ofMillis(500);
        ends(
                Reason.TIMEOUT,
                limit,
                limit.plus(MORE),
                () -> unit.timeout(limit)
                        .retry(RetryPolicy.conflictsAndLostConnections())
                        .run(tx -> {
                            insert(tx, 1);
                            execute(tx.connection(), nap);
                        }));
        nothingRuns(nap);
        assertThat(stored()).isZero();
    }

    /** The server knows each of them by itself only. */
    @Test
    void statementsThatTakeTooLongTogetherAreEndedToo() throws SQLException {
        AtomicInteger statements = new AtomicInteger();
        Duration limit = Duration.ofMillis(700);
        ends(
                Reason.TIMEOUT,
                limit,
                limit.plus(MORE),
                () -> unit.timeout(limit).run(tx -> {
                    insert(tx, 1);
                    for (int i = 0; i < 50; i++) {
                        execute(tx.connection(), Sql.sleep(0.2));
                        statements.incrementAndGet();
                    }
                }));
        assertThat(statements.get()).isBetween(1, 5);
        assertThat(stored()).isZero();
    }

    @Test
    void aUnitThatComputesPastItsTimeOutIsNotStored() throws SQLException {
        Duration limit = Duration.ofMillis(200);
        for (boolean asks : List.of(false, true)) {
            // The time is the unit's, not that of a connect.
            fill(pool, 1);
            ends(
                    Reason.TIMEOUT,
                    limit,
                    limit.plus(MORE),
                    () -> unit.timeout(limit).run(tx -> {
                        try (Statement statement = tx.connection().createStatement()) {
                            statement.execute("insert into orders values (1)");
                            await().pollInterval(Duration.ofMillis(5))
                                    .until(() -> tx.remaining().isZero());
                            if (asks) {
                                swallowing(() -> statement.execute("insert into orders values (2)"));
                            }
                        }
                    }));
        }
        assertThat(stored()).isZero();
        fill(pool, 1);
        // Outside of ends(...) nothing but the commit may meet the end of the time.
        try (Transaction tx = unit.timeout(Duration.ofSeconds(1)).begin()) {
            insert(tx, 1);
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> tx.remaining().isZero());
            assertThatThrownBy(tx::commit)
                    .isInstanceOfSatisfying(
                            TransactionRolledBackException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT));
        }
        assertThat(stored()).isZero();
    }

    /** The cancel cannot get through either; then the connection is ended below the unit. */
    @Test
    @Tag("smoke")
    void aUnitWhoseConnectionSwallowsAllIsReleased() throws Exception {
        Duration limit = Duration.ofSeconds(1);
        try (FaultProxy proxy = server().proxy();
                ConnectionPool behind = ConnectionPool.fromUrl(server().url(proxy))) {
            // The time is the unit's, not that of a connect.
            fill(behind, 1);
            ends(
                    Reason.TIMEOUT,
                    limit,
                    limit.plus(MORE),
                    () -> UnitOfWork.on(behind).timeout(limit).run(tx -> {
                        insert(tx, 1);
                        proxy.blackhole();
                        insert(tx, 2);
                    }));
            assertThat(behind.stats().active()).isZero();
            proxy.heal();
            UnitOfWork.on(behind).run(tx -> insert(tx, 3));
        }
        await().atMost(Duration.ofSeconds(5)).until(() -> stored() == 1);
    }

    /** The cancel goes its own way and may be late. */
    @Test
    void aLateCancelNeverHitsTheNextBorrower() throws SQLException {
        ConnectionPool one = open(builder().maxSize(1));
        UnitOfWork hasty = UnitOfWork.on(one).timeout(Duration.ofMillis(20));
        String nap = Sql.sleep(0.003);
        int[] ended = new int[2];
        for (int i = 0; i < 200; i++) {
            double length = 0.017 + 0.001 * (i % 5);
            Throwable failure = catchThrowable(() -> hasty.run(tx -> execute(tx.connection(), Sql.sleep(length))));
            ended[failure == null ? 0 : 1]++;
            if (failure instanceof TransactionRolledBackException e) {
                assertThat(e.reason()).as(e.getMessage()).isEqualTo(Reason.TIMEOUT);
            }
            try (Connection next = one.getConnection()) {
                execute(next, nap);
                execute(next, nap);
            }
        }
        assertThat(ended[1]).isPositive();
        assertThat(one.stats().active()).isZero();
    }

    @Test
    void theTimeOutCountsWhileThePoolIsExhausted() throws Exception {
        try (Connection first = borrowedByAnother(pool);
                Connection second = borrowedByAnother(pool)) {
            assertThat(first).isNotSameAs(second);
            long begin = System.nanoTime();
            assertThatThrownBy(() -> unit.timeout(Duration.ofMillis(300)).run(tx -> insert(tx, 1)))
                    .isInstanceOf(ConnectionUnavailableException.class)
                    .hasMessageContaining("[POOL_EXHAUSTED]");
            assertThat(since(begin)).isBetween(Duration.ofMillis(299), atMost(Duration.ofSeconds(1)));
        }
    }

    @Test
    void aUnitKnowsWhatIsLeftOfItsTime() {
        unit.run(tx -> assertThat(tx.remaining()).isNull());
        unit.timeout(Duration.ofSeconds(30)).retry(RetryPolicy.conflicts()).run(tx -> {
            Duration first = tx.remaining();
            assertThat(first).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> tx.remaining().compareTo(first) < 0);
            if (tx.attempt() == 1) {
                conflict(tx);
            }
        });
    }

    @Test
    void whatIsSetForAUnitIsGoneAfterItHoweverItEnded() throws SQLException {
        ConnectionPool one = open(builder().maxSize(1));
        UnitOfWork special = UnitOfWork.on(one)
                .timeout(Duration.ofSeconds(40))
                .statementTimeout(Duration.ofSeconds(7))
                .lockTimeout(Duration.ofSeconds(9))
                .isolation(Isolation.SERIALIZABLE)
                .readOnly();
        long session;
        String before;
        try (Connection connection = one.getConnection()) {
            session = sessionId(connection);
            before = session(connection);
        }
        List<Exit> exits = List.of(
                tx -> assertThat(session(tx.connection())).isNotEqualTo(before),
                tx -> {},
                tx -> execute(tx.connection(), Sql.FAILING),
                tx -> {
                    query(tx.connection(), "select count(*) from orders");
                    throw new IOException("own");
                },
                tx -> conflict(tx),
                tx -> tx.setRollbackOnly("only tried"));
        for (Exit exit : exits) {
            Throwable ending = catchThrowable(() -> special.run(exit::go));
            assertThat(ending instanceof AssertionError || ending instanceof ConnectionUnavailableException)
                    .as(String.valueOf(ending))
                    .isFalse();
            try (Connection connection = one.getConnection()) {
                assertThat(session(connection)).isEqualTo(before);
                assertThat(sessionId(connection)).isEqualTo(session);
            }
        }
        assertThat(one.stats().connects()).isOne();
    }

    private interface Exit {
        void go(Transaction tx) throws Exception;
    }

    private int seenOfAnother(UnitOfWork settings) throws SQLException {
        return settings.call(tx -> {
            int before = Integer.parseInt(query(tx.connection(), "select count(*) from orders"));
            try (Connection other = bare()) {
                execute(other, "insert into orders values (9)");
            }
            return Integer.parseInt(query(tx.connection(), "select count(*) from orders")) - before;
        });
    }

    @Test
    void anIsolationIsTheUnitsOwn() throws SQLException {
        int usual = Sql.DEFAULT_ISOLATION == Connection.TRANSACTION_READ_COMMITTED ? 1 : 0;
        assertThat(seenOfAnother(unit)).isEqualTo(usual);
        assertThat(seenOfAnother(unit.isolation(Isolation.REPEATABLE_READ))).isZero();
        assertThat(seenOfAnother(unit)).isEqualTo(usual);
        assertThat(seenOfAnother(unit.isolation(Isolation.READ_COMMITTED))).isOne();
        assertThat(seenOfAnother(unit)).isEqualTo(usual);
    }

    @Test
    void aUnitThatIsToReadCannotWriteAndThatIsNoNewsAboutTheServer() throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> unit.readOnly()
                        .retry(RetryPolicy.conflictsAndLostConnections())
                        .run(tx -> {
                            runs.incrementAndGet();
                            query(tx.connection(), "select count(*) from orders");
                            insert(tx, 1);
                        }))
                .isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
                    assertThat(e.sqlState()).isEqualTo("25006");
                    assertThat(e.reason()).isEqualTo(Reason.STATEMENT_ERROR);
                    assertThat(e.retryable()).isFalse();
                });
        assertThat(runs).hasValue(1);
        unit.readOnly()
                .isolation(Isolation.SERIALIZABLE)
                .run(tx -> assertThat(catchThrowable(() -> tx.nested(part -> {
                            insert(part, 1);
                            return 1;
                        })))
                        .isInstanceOf(SQLException.class));
        long pings = pool.stats().pings();
        unit.run(tx -> insert(tx, 2));
        assertThat(pool.stats().pings()).isEqualTo(pings);
        assertThat(pool.stats().connects()).isEqualTo(1);
        assertThat(stored()).isOne();
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        for (Duration nonsense : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(2))) {
            assertThatThrownBy(() -> unit.timeout(nonsense)).isInstanceOf(ConfigurationException.class);
            assertThatThrownBy(() -> unit.statementTimeout(nonsense)).isInstanceOf(ConfigurationException.class);
            assertThatThrownBy(() -> unit.lockTimeout(nonsense))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("unit lock-timeout")
                    .hasMessageContaining("allowed: 1ms to");
        }
    }
}
