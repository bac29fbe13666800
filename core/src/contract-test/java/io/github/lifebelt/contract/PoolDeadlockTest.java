package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolExhaustedException;
import io.github.lifebelt.internal.pool.OpenUnits;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.tx.ConnectionUnavailableException;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** All connections are held by threads that wait for one more: one of them is told at once, and the others go on. */
class PoolDeadlockTest extends PoolTest {

    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    @Test
    @Tag("smoke")
    void aThreadThatWaitsForItselfIsToldWithItsOwnStack() throws SQLException {
        ConnectionPool pool = open(builder().name("orders").maxSize(1));
        OpenUnits.Entry unit = pool.unwrap(PoolEngine.class).openUnits().begin("place-order");
        try (Connection held = pool.getConnection()) {
            assertThat(query(held, "select 1")).isEqualTo("1");
            long begin = System.nanoTime();
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOfSatisfying(
                            PoolExhaustedException.class,
                            e -> assertThat(e.getSQLState()).isNull())
                    .hasMessageStartingWith("[POOL_DEADLOCK] orders: all connections (max 1)")
                    .hasMessageContaining("thread '" + Thread.currentThread().getName() + "' in unit 'place-order'")
                    .satisfies(e -> assertThat(e.getSuppressed())
                            .singleElement()
                            .satisfies(where -> assertThat(where.getStackTrace())
                                    .anyMatch(frame -> frame.getMethodName()
                                            .equals("aThreadThatWaitsForItselfIsToldWithItsOwnStack"))));
            assertThat(since(begin)).isLessThan(atMost(AT_ONCE));
        } finally {
            unit.end();
        }
        assertThat(pool.stats().timeouts()).isOne();
        pool.getConnection().close();
    }

    @Test
    void ofNThreadsThatTakeASecondOneEachOneFailsAndTheOthersHaveIt() throws Exception {
        int n = 4;
        ConnectionPool pool = open(builder().maxSize(n));
        fill(pool, n);
        CyclicBarrier allHoldOne = new CyclicBarrier(n);
        AtomicInteger refused = new AtomicInteger();
        long begin = System.nanoTime();
        List<Future<String>> borrowers = together(n, () -> {
            try (Connection first = pool.getConnection()) {
                query(first, "select 1");
                allHoldOne.await(30, TimeUnit.SECONDS);
                try (Connection second = pool.getConnection()) {
                    return query(second, "select 2");
                }
            } catch (PoolExhaustedException e) {
                assertThat(e.getMessage()).startsWith("[POOL_DEADLOCK]");
                assertThat(e.getSuppressed()).hasSize(n);
                refused.incrementAndGet();
                return "refused";
            }
        });
        List<String> ends = new ArrayList<>();
        for (Future<String> borrower : borrowers) {
            ends.add(borrower.get(30, TimeUnit.SECONDS));
        }
        assertThat(since(begin)).isLessThan(atMost(AT_ONCE));
        assertThat(ends).containsExactlyInAnyOrder("refused", "2", "2", "2");
        assertThat(pool.stats().active()).isZero();
        assertThat(pool.stats().pending()).isZero();
    }

    /** A unit's connection cannot be with anybody else; so there is nothing to be waited for. */
    @Test
    void unitsWithinUnitsGoOnAsSoonAsOneHasGivenWay() throws Exception {
        int n = 3;
        ConnectionPool pool = open(builder().maxSize(n));
        fill(pool, n);
        try (Connection connection = bare()) {
            execute(connection, "create table if not exists deadlock_hygiene (n int)");
            execute(connection, "truncate deadlock_hygiene");
        }
        AtomicInteger refused = new AtomicInteger();
        int rounds = 20;
        long begin = System.nanoTime();
        List<Future<Integer>> borrowers = together(2 * n, () -> {
            int stored = 0;
            for (int round = 0; round < rounds; round++) {
                try {
                    UnitOfWork.on(pool).named("outer").run(tx -> {
                        execute(tx.connection(), "insert into deadlock_hygiene values (1)");
                        UnitOfWork.on(pool)
                                .named("inner")
                                .run(inner -> execute(inner.connection(), "insert into deadlock_hygiene values (1)"));
                    });
                    stored++;
                } catch (ConnectionUnavailableException e) {
                    assertThat(e.getCause()).hasMessageStartingWith("[POOL_DEADLOCK]");
                    refused.incrementAndGet();
                }
            }
            return stored;
        });
        int stored = 0;
        for (Future<Integer> borrower : borrowers) {
            stored += borrower.get(30, TimeUnit.SECONDS);
        }
        assertThat(stored + refused.get()).isEqualTo(2 * n * rounds);
        assertThat(stored).isPositive();
        assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(10)));
        try (Connection connection = bare()) {
            assertThat(query(connection, "select count(*) from deadlock_hygiene"))
                    .isEqualTo("" + 2 * stored);
        }
        assertThat(pool.stats().active()).isZero();
    }

    @Test
    void whoWaitsForOneThatIsAtWorkIsServed() throws Exception {
        ConnectionPool pool = open(builder().maxSize(2));
        Future<String> worker = threads.submit(() -> {
            try (Connection connection = pool.getConnection()) {
                // Longer than a circle has to last.
                return String.valueOf(query(connection, Sql.sleep(1)));
            }
        });
        await().until(() -> pool.stats().active() == 1);
        try (Connection first = pool.getConnection();
                Connection second = pool.getConnection()) {
            assertThat(first).isNotSameAs(second);
        }
        assertThat(worker.get(5, TimeUnit.SECONDS)).isNotNull();
    }

    /** The thread that borrowed waits, but another one has the connection now. */
    @Test
    void aConnectionThatWasHandedOnIsWaitedFor() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1));
        Connection handedOn = pool.getConnection();
        CountDownLatch taken = new CountDownLatch(1);
        Future<Boolean> worker = threads.submit(() -> {
            try (handedOn) {
                query(handedOn, "select 1");
                taken.countDown();
                query(handedOn, Sql.sleep(1));
                return true;
            }
        });
        // Until its first use it counts as ours, and we would wait for ourselves.
        assertThat(taken.await(30, TimeUnit.SECONDS)).isTrue();
        try (Connection next = pool.getConnection()) {
            assertThat(query(next, "select 1")).isEqualTo("1");
        }
        assertThat(worker.get(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoHoldsNothingWaitsAndTheCircleStillBreaks() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1));
        Future<String> bystander;
        try (Connection held = pool.getConnection()) {
            bystander = threads.submit(() -> {
                try (Connection connection = pool.getConnection()) {
                    return query(connection, "select 1");
                }
            });
            await().until(() -> pool.stats().pending() == 1);
            assertThatThrownBy(pool::getConnection).hasMessageStartingWith("[POOL_DEADLOCK]");
            assertThat(held.isClosed()).isFalse();
            assertThat(bystander.isDone()).isFalse();
        }
        assertThat(bystander.get(5, TimeUnit.SECONDS)).isEqualTo("1");
    }

    @Test
    void closingThePoolWhileOneHoldsAConnectionIsNoCircle() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1));
        Connection held = pool.getConnection();
        Future<?> waiter = threads.submit(() -> pool.getConnection());
        await().until(() -> pool.stats().pending() == 1);
        pool.close(Duration.ofMillis(600));
        assertThatThrownBy(waiter::get)
                .isInstanceOf(ExecutionException.class)
                .rootCause()
                .hasMessageStartingWith("[POOL_CLOSED]");
        held.close();
    }
}
