package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.testing.StopMode;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How quickly a pool has connections again, beside bare connects made in parallel in the same run. */
class RefillTest extends PoolTest {

    private static final int ROUNDS = 9;

    /** From the start signal until n connections have each answered, all held at once. */
    private Duration timeToHold(int n, Callable<Connection> connect) throws Exception {
        CountDownLatch answered = new CountDownLatch(n);
        CountDownLatch measured = new CountDownLatch(1);
        long begin = System.nanoTime();
        List<Future<Boolean>> holders = together(n, () -> {
            try (Connection connection = connect.call()) {
                query(connection, "select 1");
                answered.countDown();
                return measured.await(30, TimeUnit.SECONDS);
            }
        });
        assertThat(answered.await(30, TimeUnit.SECONDS)).isTrue();
        Duration took = since(begin);
        measured.countDown();
        for (Future<Boolean> holder : holders) {
            assertThat(holder.get(30, TimeUnit.SECONDS)).isTrue();
        }
        return took;
    }

    @Test
    void fiveDeadAreFiveLiveInTheTimeOfFiveConnectsAndSoAreFifty() throws Exception {
        for (int n : new int[] {5, 50}) {
            ConnectionPool pool = open(builder().maxSize(n));
            timeToHold(n, pool::getConnection);
            timeToHold(n, this::bare);
            List<Duration> ours = new ArrayList<>();
            List<Duration> bare = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                bare.add(timeToHold(n, this::bare));
                Servers.killSessions(server());
                ours.add(timeToHold(n, pool::getConnection));
            }
            // The promise is 1.3 times plus 5 ms, measured by the benchmarks; a test on a busy machine leaves room for
            // noise, and would still see a serial refill, which takes n times 30 ms.
            assertThat(median(ours))
                    .isLessThan(atMost(median(bare).multipliedBy(2).plusMillis(20)));
            pool.close();
        }
    }

    @Test
    void theFirstBurstOnANewPoolDoesNotPauseBetweenConnections() throws Exception {
        int n = 20;
        timeToHold(n, this::bare);
        List<Duration> first = new ArrayList<>();
        List<Duration> bare = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            bare.add(timeToHold(n, this::bare));
            ConnectionPool pool = open(builder().maxSize(n));
            first.add(timeToHold(n, pool::getConnection));
            pool.close();
        }
        // HikariCP's adder sleeps 30 ms after each: 600 ms if nothing were done about it.
        assertThat(median(first)).isLessThan(atMost(median(bare).multipliedBy(2).plusMillis(150)));
    }

    @Test
    @Tag("smoke")
    void theLeastIdleAreConnectedInTheBackground() {
        ConnectionPool pool = open(builder().minIdle(3));
        await().untilAsserted(() -> assertThat(pool.stats().idle()).isEqualTo(3));
        assertThat(pool.stats().borrows()).isZero();
    }

    @Test
    void whatWasInUseIsWarmAgainAfterAnOutageAndWhatWasNotIsNot() throws Exception {
        // A borrower that waited for the end of the outage might connect a fifth for itself.
        ConnectionPool pool = open(builder().maxSize(5).failFast());
        fill(pool, 4);
        server().faults().stop(StopMode.FAST);
        assertThatThrownBy(pool::getConnection).isInstanceOf(DatabaseUnavailableException.class);
        server().faults().start();
        await().untilAsserted(() -> {
            assertThat(pool.stats().idle()).isEqualTo(4);
            assertThat(server().sessions()).isEqualTo(4);
        });
    }

    @Test
    void aRecycledConnectionIsReplacedInTheBackground() throws Exception {
        ConnectionPool pool = open(builder().maxSize(3));
        fill(pool, 3);
        long before = pool.stats().connects();
        pool.recycle();
        await().untilAsserted(() -> {
            assertThat(pool.stats().connects()).isEqualTo(before + 3);
            assertThat(pool.stats().idle()).isEqualTo(3);
        });
        fill(pool, 3);
        assertThat(pool.stats().connects()).isEqualTo(before + 3);
    }
}
