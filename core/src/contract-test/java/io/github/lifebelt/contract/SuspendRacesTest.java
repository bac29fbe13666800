package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolExhaustedException;
import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.health.HealthReport.Code;
import io.github.lifebelt.health.HealthReport.Reason;
import io.github.lifebelt.internal.pool.DirectConnections;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.ProtocolProxy;
import io.github.lifebelt.testing.ProtocolProxy.Ending;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.List;
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
            // It would go on for its two seconds.
            proxy.acceptAndStaySilent();
            Future<HealthReport> health = threads.submit(pool::health);
            await().until(() -> proxy.accepted() == 1);
            long begin = System.nanoTime();
            pool.suspend(LONG);
            assertThat(OpenSockets.to(proxy.port())).isEmpty();
            assertThat(since(begin)).isLessThan(atMost(LONG.dividedBy(2)));
            assertThat(health.get(30, TimeUnit.SECONDS).reasons())
                    .extracting(Reason::code)
                    .containsExactly(Code.POOL_SUSPENDED);
            proxy.heal();
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
    void whoWaitsForAPoolThatIsClosedInsteadIsLentNothing() throws Exception {
        ConnectionPool pool = open(builder().maxSize(4));
        fill(pool, 1);
        pool.suspend(LONG);
        long connects = pool.stats().connects();
        List<Future<Connection>> waiters = together(4, pool::getConnection);
        await().until(() -> pool.stats().pending() == 4);
        pool.close();
        for (Future<Connection> waiter : waiters) {
            assertThatThrownBy(() -> waiter.get(30, TimeUnit.SECONDS)).hasMessageContaining("[POOL_CLOSED]");
        }
        assertThat(pool.stats().connects()).isEqualTo(connects);
    }

    @Test
    void aSecondCallHasALimitOfItsOwnAndEndsWithThePool() throws Exception {
        ConnectionPool pool = open(builder().maxSize(2).borrowTimeout(SHORT));
        try (Connection held = borrowedByAnother(pool)) {
            assertThat(held.isClosed()).isFalse();
            Future<Boolean> first = suspending(pool);
            assertThatThrownBy(() -> pool.suspend(Duration.ofMillis(100)))
                    .isInstanceOf(SQLTimeoutException.class)
                    .hasMessageContaining("[SUSPEND_TIMEOUT]")
                    .hasMessageContaining("another call of suspend()");
            assertThat(first.isDone()).isFalse();
            Future<Boolean> second = threads.submit(() -> {
                pool.suspend(LONG);
                return true;
            });
            pool.close(Duration.ofMillis(100));
            assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS)).hasMessageContaining("POOL_CLOSED");
            assertThatThrownBy(() -> second.get(10, TimeUnit.SECONDS)).hasMessageContaining("POOL_CLOSED");
        }
    }

    @Test
    void resumeEndsACallThatStillWaits() throws Exception {
        ConnectionPool pool = open(builder().maxSize(2).borrowTimeout(SHORT));
        try (Connection held = borrowedByAnother(pool)) {
            Future<Boolean> suspending = suspending(pool);
            pool.resume();
            assertThatThrownBy(() -> suspending.get(10, TimeUnit.SECONDS)).hasMessageContaining("[SUSPEND_ENDED]");
            borrowedByAnother(pool).close();
            assertThat(query(held, "select 1")).isEqualTo("1");
        }
        pool.suspend(LONG);
        pool.resume();
        fill(pool, 2);
    }

    @Test
    void whoStillConnectsIsNamedToo() throws Exception {
        try (FaultProxy proxy = server().proxy()) {
            ConnectionPool pool =
                    open(ConnectionPool.builder(server().url(proxy)).maxSize(2).borrowTimeout(LONG));
            proxy.acceptAndStaySilent();
            Future<Connection> borrower = threads.submit(() -> pool.getConnection());
            await().until(() -> proxy.accepted() == 1);
            assertThatThrownBy(() -> pool.suspend(Duration.ofMillis(100)))
                    .hasMessageContaining("[SUSPEND_TIMEOUT]")
                    .hasMessageContaining(": 1 connection is being made. ");
            pool.close(Duration.ZERO);
            assertThatThrownBy(() -> borrower.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(SQLException.class);
        }
    }

    @Test
    void aUnitThatLooksForItsCommitIsWaitedFor() throws Exception {
        try (ProtocolProxy proxy = server().protocolProxy()) {
            ConnectionPool pool =
                    open(ConnectionPool.builder(server().url(proxy)).maxSize(1).borrowTimeout(SHORT));
            try (Connection connection = bare()) {
                execute(connection, "drop table if exists paid");
                execute(connection, "create table paid (n int)");
                execute(connection, "drop table if exists lifebelt_token");
                execute(connection, UnitOfWork.on(pool).tokenTableStatement());
            }
            UnitOfWork unit =
                    UnitOfWork.on(pool).commitOutcome(CommitOutcome.TOKEN).resolveTimeout(LONG);
            proxy.loseCommitAnswer(Ending.RESET);
            Future<Boolean> work = threads.submit(() -> {
                unit.run(tx -> {
                    execute(tx.connection(), "insert into paid values (1)");
                    proxy.refuse();
                });
                return true;
            });
            await().until(() -> pool.unwrap(PoolEngine.class).units().isAnyInDoubt());
            assertThatThrownBy(() -> pool.suspend(Duration.ofMillis(100)))
                    .hasMessageContaining("[SUSPEND_TIMEOUT]")
                    .hasMessageContaining("a unit looks for the outcome of its COMMIT");
            assertThat(work.isDone()).isFalse();
            proxy.heal();
            pool.suspend(LONG);
            assertThat(work.get(30, TimeUnit.SECONDS)).isTrue();
            pool.resume();
            fill(pool, 1);
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
