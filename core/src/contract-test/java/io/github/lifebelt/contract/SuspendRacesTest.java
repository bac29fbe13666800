package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolExhaustedException;
import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.internal.pool.DirectConnections;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.testing.FaultProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Going off the network while something else is at it. */
class SuspendRacesTest extends PoolTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofSeconds(2);

    /** Suspends on another thread; back as soon as nobody is lent anything any more. */
    private Future<Boolean> suspending(ConnectionPool pool) {
        Future<Boolean> suspending = threads.submit(() -> {
            pool.suspend(LONG);
            return true;
        });
        await().until(() -> isWithheld(pool));
        return suspending;
    }

    private boolean isWithheld(ConnectionPool pool) throws Exception {
        return threads.submit(() -> {
                    try (Connection connection = pool.getConnection()) {
                        return connection.isClosed();
                    } catch (PoolExhaustedException e) {
                        return e.getMessage().contains(PoolExhaustedException.SUSPENDED_CODE);
                    }
                })
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void aHealthCheckUnderWayDoesNotHoldItUp() throws Exception {
        try (FaultProxy proxy = server().proxy()) {
            ConnectionPool pool =
                    open(ConnectionPool.builder(server().url(proxy)).maxSize(1));
            proxy.latency(Duration.ofMillis(10));
            Future<HealthReport> health = threads.submit(pool::health);
            await().until(() -> proxy.accepted() == 1);
            long begin = System.nanoTime();
            pool.suspend(LONG);
            assertThat(OpenSockets.to(proxy.port())).isEmpty();
            assertThat(since(begin)).isLessThan(atMost(LONG.dividedBy(2)));
            assertThat(health.get(30, TimeUnit.SECONDS)).isNotNull();
            pool.resume();
            fill(pool, 1);
        }
    }

    @Test
    void closingThePoolEndsIt() throws Exception {
        ConnectionPool pool = open(builder().maxSize(2).borrowTimeout(SHORT));
        try (Connection held = borrowedByAnother(pool)) {
            assertThat(held.isClosed()).isFalse();
            Future<Boolean> suspending = suspending(pool);
            pool.close(Duration.ofMillis(100));
            assertThatThrownBy(() -> suspending.get(10, TimeUnit.SECONDS)).hasMessageContaining("POOL_CLOSED");
        }
    }

    @Test
    void aBorrowerOfOneMoreWaitsAndIsNoDeadlock() throws Exception {
        ConnectionPool pool = open(builder().maxSize(3).borrowTimeout(SHORT));
        Future<Boolean> suspending;
        try (Connection first = pool.getConnection()) {
            suspending = suspending(pool);
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOf(PoolExhaustedException.class)
                    .hasMessageContaining(PoolExhaustedException.SUSPENDED_CODE);
            assertThat(query(first, "select 1")).isEqualTo("1");
        }
        assertThat(suspending.get(30, TimeUnit.SECONDS)).isTrue();
        pool.resume();
        fill(pool, 3);
    }

    @Test
    void aMigrationIsWaitedForAndMayConnectUntilItHasEnded() throws Exception {
        ConnectionPool pool = open(builder().borrowTimeout(SHORT));
        PoolEngine engine = pool.unwrap(PoolEngine.class);
        Future<Boolean> suspending;
        try (DirectConnections migration = engine.direct(null, null)) {
            migration.getConnection().close();
            suspending = suspending(pool);
            for (int step = 0; step < 3; step++) {
                migration.getConnection().close();
            }
            assertThat(suspending.isDone()).isFalse();
        }
        assertThat(suspending.get(30, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> engine.direct(null, null))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("POOL_SUSPENDED");
        pool.resume();
        try (DirectConnections migration = engine.direct(null, null)) {
            migration.getConnection().close();
        }
    }
}
