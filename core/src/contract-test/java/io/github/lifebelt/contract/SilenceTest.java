package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolExhaustedException;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.health.HealthReport.Holder;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pool that is full is told from one whose borrowers all wait for the same silent server. */
class SilenceTest extends PoolTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofMillis(250);

    private record Ended(Throwable failure, Duration after) {}

    private ConnectionPool ofTwo(Duration timeout) {
        return open(builder()
                .maxSize(2)
                .borrowTimeout(timeout)
                .connectTimeout(timeout)
                .pingAfterIdle(Duration.ZERO));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void whoQueuesBehindConnectsOrPingsOfAFrozenServerIsToldOfTheServer(int connected) throws Exception {
        ConnectionPool pool = ofTwo(TIMEOUT);
        fill(pool, connected);
        server().faults().freeze();
        List<Future<Ended>> borrowers = together(6, () -> {
            long begin = System.nanoTime();
            Throwable failure = catchThrowable(pool::getConnection);
            return new Ended(failure, since(begin));
        });
        for (Future<Ended> borrower : borrowers) {
            Ended ended = borrower.get(30, TimeUnit.SECONDS);
            assertThat(ended.failure()).isInstanceOf(DatabaseUnavailableException.class);
            assertThat(ended.after()).isLessThan(atMost(TIMEOUT.plus(GRACE)));
        }
        assertThat(pool.stats().timeouts()).isZero();
        server().faults().thaw();
        await().ignoreExceptions().untilAsserted(() -> fill(pool, 2));
    }

    @Test
    void itIsSaidWhatTheOthersWaitFor() throws Exception {
        ConnectionPool pool = ofTwo(Duration.ofSeconds(5));
        server().faults().freeze();
        List<Future<Throwable>> connecting = together(2, () -> catchThrowable(pool::getConnection));
        await().until(() -> pool.stats().active() == 2);
        assertThatThrownBy(() -> brief(pool).call(tx -> query(tx.connection(), "select 1")))
                .cause()
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("[DATABASE_UNAVAILABLE]")
                .hasMessageContaining("has given no connection since")
                .hasMessageContaining("2 of 2 connections are being made or asked, the longest for");
        server().faults().thaw();
        for (Future<Throwable> borrower : connecting) {
            borrower.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aFullPoolIsFullAlsoWhenOneOfItsSessionsWasKilled() throws Exception {
        ConnectionPool pool = ofTwo(Duration.ofSeconds(2));
        CountDownLatch reported = new CountDownLatch(1);
        pool.addListener(new PoolListener() {
            @Override
            public void exhausted(List<Holder> holders) {
                reported.countDown();
            }
        });
        try (Connection healthy = borrowedByAnother(pool);
                Connection killed = borrowedByAnother(pool)) {
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOf(PoolExhaustedException.class)
                    .hasMessageNotContaining("seen to work");
            // The report asks the server on a connection of its own, which is seen to work.
            assertThat(reported.await(30, TimeUnit.SECONDS)).isTrue();
            server().faults().killSession(Sql.sessionId(killed));
            assertThatThrownBy(() -> query(killed, "select 1")).isInstanceOf(SQLException.class);
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOf(PoolExhaustedException.class)
                    .hasMessageContaining("None has been seen to work since");
            assertThat(query(healthy, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void aSlowConnectBesideALeaseThatWorksIsNoSilence() throws Exception {
        ConnectionPool pool = ofTwo(Duration.ofSeconds(10));
        try (Connection healthy = borrowedByAnother(pool)) {
            server().faults().freeze();
            Future<Connection> slow = threads.submit(() -> pool.getConnection());
            await().until(() -> pool.stats().active() == 2);
            assertThatThrownBy(() -> brief(pool).call(tx -> query(tx.connection(), "select 1")))
                    .hasCauseInstanceOf(PoolExhaustedException.class);
            server().faults().thaw();
            slow.get(30, TimeUnit.SECONDS).close();
            assertThat(query(healthy, "select 1")).isEqualTo("1");
        }
    }

    /** Gives up before those that came first do. */
    private static UnitOfWork brief(ConnectionPool pool) {
        return UnitOfWork.on(pool).named("brief").timeout(Duration.ofMillis(500));
    }
}
