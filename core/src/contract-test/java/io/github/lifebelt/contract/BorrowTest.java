package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolConfig.PrePing;
import io.github.lifebelt.PoolExhaustedException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a borrower gets, what the pool does for it, and what it must not do. */
class BorrowTest extends PoolTest {

    @Test
    @Tag("smoke")
    void aBorrowedConnectionWorksAndComesBack() throws SQLException {
        ConnectionPool pool = open();
        assertThat(pool.stats().total()).isZero();
        try (Connection connection = pool.getConnection()) {
            assertThat(Sql.isEncrypted(connection)).isEqualTo(tls);
            assertThat(pool.stats().active()).isOne();
        }
        assertThat(pool.stats().active()).isZero();
        assertThat(pool.stats().idle()).isOne();
        assertThat(pool.stats().borrows()).isOne();
    }

    @Test
    void aQuietConnectionIsUsedAgainWithoutARoundTrip() throws SQLException {
        ConnectionPool pool = open();
        long first;
        try (Connection connection = pool.getConnection()) {
            first = sessionId(connection);
        }
        for (int i = 0; i < 100; i++) {
            try (Connection connection = pool.getConnection()) {
                assertThat(connection).isNotNull();
            }
        }
        try (Connection connection = pool.getConnection()) {
            assertThat(sessionId(connection)).isEqualTo(first);
        }
        assertThat(pool.stats().connects()).isOne();
        assertThat(pool.stats().pings()).isZero();
    }

    @Test
    void roundTripAsksEveryTimeAndOffNever() throws SQLException {
        ConnectionPool asking = open(builder().prePing(PrePing.ROUND_TRIP));
        ConnectionPool trusting = open(builder().prePing(PrePing.OFF));
        fill(asking, 1);
        fill(trusting, 1);
        for (int i = 0; i < 10; i++) {
            asking.getConnection().close();
            trusting.getConnection().close();
        }
        assertThat(asking.stats().pings()).isEqualTo(10);
        assertThat(trusting.stats().pings()).isZero();
    }

    @Test
    void afterIdlenessThereIsARoundTrip() throws SQLException {
        ConnectionPool pool = open(builder().pingAfterIdle(Duration.ZERO));
        fill(pool, 1);
        pool.getConnection().close();
        assertThat(pool.stats().pings()).isOne();
    }

    @Test
    void aFullPoolSaysSoWithItsFiguresAndWithoutAnSqlState() throws Exception {
        ConnectionPool pool =
                open(builder().name("orders").maxSize(2).minIdle(2).borrowTimeout(Duration.ofSeconds(1)));
        // A connect may take longer than borrowers wait here.
        await().atMost(Duration.ofSeconds(30)).until(() -> pool.stats().total() == 2);
        try (Connection one = pool.getConnection();
                Connection two = borrowedByAnother(pool)) {
            assertThat(one).isNotSameAs(two);
            long begin = System.nanoTime();
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOfSatisfying(
                            PoolExhaustedException.class,
                            e -> assertThat(e.getSQLState()).isNull())
                    .hasMessageContaining("[POOL_EXHAUSTED] orders")
                    .hasMessageContaining("max 2, active 2, idle 0");
            assertThat(since(begin)).isBetween(Duration.ofMillis(999), atMost(Duration.ofMillis(1_250)));
        }
        assertThat(pool.stats().timeouts()).isOne();
        pool.getConnection().close();
    }

    @Test
    void aWaiterIsServedWhenAConnectionComesBack() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1));
        Future<Long> waiter;
        long session;
        try (Connection held = pool.getConnection()) {
            session = sessionId(held);
            waiter = threads.submit(() -> {
                try (Connection connection = pool.getConnection()) {
                    return sessionId(connection);
                }
            });
            await().until(() -> pool.stats().pending() == 1);
        }
        assertThat(waiter.get(5, TimeUnit.SECONDS)).isEqualTo(session);
    }

    @Test
    void whoHasWaitedLongHasTheWholeTimeOfAPingLeft() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1).pingAfterIdle(Duration.ZERO));
        Future<Long> waiter;
        long session;
        try (Connection held = pool.getConnection()) {
            session = sessionId(held);
            waiter = threads.submit(() -> {
                try (Connection connection = pool.getConnection()) {
                    return sessionId(connection);
                }
            });
            await().until(() -> pool.stats().pending() == 1);
            // Longer than a ping may take.
            execute(held, Sql.sleep(1.2));
        }
        assertThat(waiter.get(5, TimeUnit.SECONDS)).isEqualTo(session);
        assertThat(pool.stats().pings()).isOne();
        assertThat(pool.stats().replaced()).isZero();
    }

    @Test
    void anInterruptEndsTheWaitWithTheFlagKept() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1));
        try (Connection held = pool.getConnection()) {
            assertThat(held.isClosed()).isFalse();
            Future<Boolean> waiter = threads.submit(() -> {
                assertThatThrownBy(pool::getConnection)
                        .isInstanceOf(SQLTransientConnectionException.class)
                        .hasMessageContaining("[BORROW_INTERRUPTED]");
                return Thread.currentThread().isInterrupted();
            });
            await().until(() -> pool.stats().pending() == 1);
            Thread waiting = Thread.getAllStackTraces().entrySet().stream()
                    .filter(entry -> List.of(entry.getValue()).toString().contains("PermitQueue"))
                    .findFirst()
                    .orElseThrow()
                    .getKey();
            waiting.interrupt();
            assertThat(waiter.get(5, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(pool.stats().pending()).isZero();
        pool.getConnection().close();
    }

    @Test
    void anInterruptLosesNoIdleConnection() throws SQLException {
        ConnectionPool pool = open();
        long before;
        try (Connection connection = pool.getConnection()) {
            before = sessionId(connection);
        }
        Thread.currentThread().interrupt();
        try (Connection connection = pool.getConnection()) {
            assertThat(sessionId(connection)).isEqualTo(before);
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(pool.stats().replaced()).isZero();
    }

    @Test
    void theDriversConnectionIsReachedAndHikarisPoolIsNot() throws SQLException {
        ConnectionPool pool = open();
        try (Connection connection = pool.getConnection()) {
            Class<?> kind = Sql.driverConnection();
            Object driver = connection.unwrap(kind);
            assertThat(driver).isInstanceOf(kind).isNotSameAs(connection);
            assertThat(sessionId((Connection) driver)).isEqualTo(sessionId(connection));
            assertThat(connection.isWrapperFor(kind)).isTrue();
            assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
        }
        DataSource source = pool;
        assertThat(source.unwrap(ConnectionPool.class)).isSameAs(pool);
        assertThatThrownBy(() -> source.unwrap(com.zaxxer.hikari.HikariDataSource.class))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void everythingMadeFromALeaseLeadsBackToIt() throws SQLException {
        ConnectionPool pool = open();
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement("select ? + 0");
                Statement plain = connection.createStatement()) {
            statement.setInt(1, 7);
            try (ResultSet rows = statement.executeQuery()) {
                assertThat(rows.getStatement()).isSameAs(statement);
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(7);
            }
            assertThat(statement.getConnection()).isSameAs(connection);
            assertThat(plain.getConnection()).isSameAs(connection);
            DatabaseMetaData meta = connection.getMetaData();
            assertThat(meta.getConnection()).isSameAs(connection);
            try (ResultSet catalogs = meta.getCatalogs()) {
                assertThat(catalogs.next()).isTrue();
                assertThat(catalogs.getStatement()).isNull();
            }
        }
    }

    @Test
    void whatWasGivenBackCannotBeUsedAndIsGivenBackOnce() throws SQLException {
        ConnectionPool pool = open(builder().maxSize(2));
        Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        connection.close();
        connection.close();
        assertThat(connection.isClosed()).isTrue();
        assertThat(connection.isValid(1)).isFalse();
        assertThat(statement.isClosed()).isTrue();
        statement.close();
        assertThatThrownBy(connection::createStatement).hasMessageContaining("given back");
        assertThatThrownBy(() -> statement.execute("select 1")).isInstanceOf(SQLException.class);
        assertThat(pool.stats().active()).isZero();
        try (Connection one = pool.getConnection();
                Connection two = pool.getConnection()) {
            assertThat(one).isNotSameAs(two);
        }
    }

    @Test
    void aRunningStatementCanBeCancelledFromAnotherThread() throws Exception {
        ConnectionPool pool = open();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            String sleep = Sql.sleep(60);
            Future<?> query = threads.submit(() -> statement.execute(sleep));
            try (Connection watcher = bare()) {
                await().until(() -> Sql.isRunning(watcher, sleep));
            }
            statement.cancel();
            assertThatThrownBy(() -> query.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .matches(Sql::isCancelled);
            assertThat(query(connection, "select 1")).isEqualTo("1");
        }
        assertThat(pool.stats().replaced()).isZero();
    }

    @Test
    void anAbortedConnectionIsNotLentAgain() throws SQLException {
        ConnectionPool pool = open(builder().maxSize(1));
        long aborted;
        try (Connection connection = pool.getConnection()) {
            aborted = sessionId(connection);
            connection.abort(Runnable::run);
            assertThat(connection.isClosed()).isTrue();
        }
        try (Connection connection = pool.getConnection()) {
            assertThat(sessionId(connection)).isNotEqualTo(aborted);
        }
    }

    @Test
    void hooksRunOnConnectOnceAndOnEachBorrow() throws SQLException {
        AtomicInteger connects = new AtomicInteger();
        AtomicInteger borrows = new AtomicInteger();
        ConnectionPool pool = open(builder()
                .onConnect(connection -> {
                    connects.incrementAndGet();
                    execute(connection, Sql.remember("hooked", "yes"));
                })
                .onBorrow(connection -> {
                    borrows.incrementAndGet();
                    execute(connection, Sql.remember("tenant", "t" + borrows.get()));
                }));
        for (int i = 1; i <= 3; i++) {
            try (Connection connection = pool.getConnection()) {
                assertThat(Sql.remembered(connection, "hooked")).isEqualTo("yes");
                assertThat(Sql.remembered(connection, "tenant")).isEqualTo("t" + i);
            }
        }
        assertThat(connects).hasValue(1);
        assertThat(borrows).hasValue(3);
    }

    @Test
    void aHookThatFailsFailsTheBorrowAndLeaksNothing() throws SQLException {
        AtomicInteger borrows = new AtomicInteger();
        ConnectionPool pool = open(builder().maxSize(1).onBorrow(connection -> {
            if (borrows.incrementAndGet() == 1) {
                throw new SQLException("no tenant");
            }
        }));
        assertThatThrownBy(pool::getConnection).hasMessage("no tenant");
        assertThat(pool.stats().active()).isZero();
        pool.getConnection().close();
    }

    @Test
    void aClosedPoolSaysSo() {
        ConnectionPool pool = open();
        pool.close();
        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(SQLNonTransientConnectionException.class)
                .hasMessageContaining("[POOL_CLOSED]");
        assertThat(pool.isClosed()).isTrue();
        pool.close();
    }

    @Test
    void closingWaitsForBorrowersAndThenAborts() throws Exception {
        ConnectionPool pool = open(builder().maxSize(2));
        Connection held = pool.getConnection();
        Future<?> closing = threads.submit(() -> pool.close(Duration.ofSeconds(20)));
        await().until(pool::isClosed);
        assertThat(query(held, "select 1")).isEqualTo("1");
        held.close();
        closing.get(5, TimeUnit.SECONDS);

        ConnectionPool impatient = open();
        Connection kept = impatient.getConnection();
        Future<?> stuck = threads.submit(() -> {
            execute(kept, Sql.sleep(60));
            return null;
        });
        long begin = System.nanoTime();
        impatient.close(Duration.ofMillis(100));
        assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(2)));
        assertThatThrownBy(() -> stuck.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        kept.close();
    }

    @Test
    void theSizeCanBeChangedWhileInUse() throws Exception {
        ConnectionPool pool = open(builder().maxSize(2).borrowTimeout(Duration.ofSeconds(5)));
        fill(pool, 2);
        pool.resize(6);
        fill(pool, 6);
        assertThat(pool.stats().total()).isEqualTo(6);
        pool.resize(1);
        await().untilAsserted(() -> assertThat(pool.stats().total()).isOne());
        assertThat(pool.stats().max()).isOne();
        try (Connection held = pool.getConnection()) {
            pool.resize(2);
            try (Connection second = pool.getConnection()) {
                assertThat(second).isNotSameAs(held);
                pool.resize(1);
            }
        }
        await().untilAsserted(() -> assertThat(pool.stats().total()).isOne());
        assertThatThrownBy(() -> pool.resize(0)).hasMessageContaining("max-size is 0");
        pool.getConnection().close();
    }
}
