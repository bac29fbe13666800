package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolExhaustedException;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.PoolStats.State;
import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.health.HealthReport.Code;
import io.github.lifebelt.health.HealthReport.Reason;
import io.github.lifebelt.health.HealthReport.Status;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Off the network for a checkpoint, and back. What is open is counted by the kernel, and by the server. */
class SuspendTest extends PoolTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int BORROWERS = 8;

    @Test
    void underLoadNoSocketIsOpenInBetweenAndNoBorrowerFails() throws Exception {
        try (FaultProxy proxy = server().proxy()) {
            ConnectionPool pool =
                    open(ConnectionPool.builder(server().url(proxy)).maxSize(3).minIdle(1));
            fill(pool, 3);
            assertThat(pool.health().ready()).isTrue();
            assertThat(OpenSockets.to(proxy.port())).hasSizeGreaterThanOrEqualTo(4);
            AtomicBoolean done = new AtomicBoolean();
            AtomicInteger served = new AtomicInteger();
            List<Future<Boolean>> load = together(BORROWERS, () -> {
                while (!done.get()) {
                    UnitOfWork.on(pool).run(tx -> query(tx.connection(), "select 1"));
                    served.incrementAndGet();
                }
                return true;
            });
            for (int round = 0; round < 3; round++) {
                int before = served.get();
                await().until(() -> served.get() > before + BORROWERS);
                pool.suspend(LONG);
                assertThat(OpenSockets.to(proxy.port())).isEmpty();
                await().until(() -> pool.stats().pending() == BORROWERS);
                int during = served.get();
                assertThat(OpenSockets.to(proxy.port())).as("while all wait").isEmpty();
                await().untilAsserted(() -> assertThat(server().sessions()).isZero());
                assertThat(served.get()).isEqualTo(during);
                assertThat(pool.stats().active()).isZero();
                pool.resume();
                await().until(() -> served.get() > during + BORROWERS);
            }
            done.set(true);
            for (Future<Boolean> one : load) {
                assertThat(one.get(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void nothingIsLookedForOnTheNetworkWhileADatabaseIsDown() throws Exception {
        try (FaultProxy proxy = server().proxy()) {
            ConnectionPool pool =
                    open(ConnectionPool.builder(server().url(proxy)).failFast().borrowTimeout(Duration.ofSeconds(1)));
            fill(pool, 1);
            server().faults().stop(StopMode.FAST);
            await().until(() -> {
                assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
                return pool.stats().state() == State.DOWN;
            });
            pool.suspend(LONG);
            assertWaitsForResume(pool);
            // The proxy may get to what was tried before a moment later; whoever looks for a database looks every 50
            // ms.
            AtomicLong seen = new AtomicLong();
            await().during(Duration.ofMillis(300)).until(() -> seen.getAndSet(proxy.accepted()) == seen.get());
            long accepted = seen.get();
            assertThat(OpenSockets.to(proxy.port())).isEmpty();
            server().faults().start();
            assertThat(pool.health().database().reached()).isFalse();
            assertThat(proxy.accepted()).as("nobody has tried").isEqualTo(accepted);
            pool.resume();
            // At once, although they fail fast: the outage of before is forgotten.
            fill(pool, 1);
            assertThat(pool.stats().state()).isEqualTo(State.UP);
        }
    }

    /** Nobody hears of a database that nobody looks at. */
    private static void assertWaitsForResume(ConnectionPool pool) {
        assertThat(pool.stats().state()).isEqualTo(State.UP);
        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(PoolExhaustedException.class)
                .hasMessageContaining(PoolExhaustedException.SUSPENDED_CODE);
    }

    @Test
    void whoIsResumedInAnOutageFindsOutAtOnce() throws Exception {
        List<State> states = new CopyOnWriteArrayList<>();
        ConnectionPool pool =
                open(builder().failFast().borrowTimeout(Duration.ofSeconds(1)).listener(new PoolListener() {
                    @Override
                    public void stateChanged(State from, State to, String reason) {
                        states.add(to);
                    }
                }));
        server().faults().stop(StopMode.FAST);
        await().until(() -> {
            assertThatThrownBy(pool::getConnection).isInstanceOf(DatabaseUnavailableException.class);
            return pool.stats().state() == State.DOWN;
        });
        pool.suspend(LONG);
        assertWaitsForResume(pool);
        int before = states.size();
        pool.resume();
        assertThatThrownBy(pool::getConnection).isInstanceOf(DatabaseUnavailableException.class);
        assertThat(pool.stats().state()).isEqualTo(State.DOWN);
        assertThat(states.subList(before, states.size())).as("a new outage").contains(State.DOWN);
    }

    @Test
    void aRejectedLoginOfBeforeIsNoneAfterwards() throws Exception {
        AtomicReference<String> password = new AtomicReference<>("not " + server().password());
        ConnectionPool pool = open(builder()
                .borrowTimeout(Duration.ofSeconds(1))
                .credentials(() -> Credentials.of(server().user(), password.get())));
        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(SQLNonTransientConnectionException.class)
                .hasMessageContaining("CONNECT_REFUSED");
        pool.suspend(LONG);
        assertWaitsForResume(pool);
        password.set(server().password());
        pool.resume();
        fill(pool, 1);
        assertThat(pool.stats().state()).isEqualTo(State.UP);
    }

    @Test
    void healthSaysSoAtOnceAndAsksNobody() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        ConnectionPool pool = open(builder().healthCache(Duration.ofMinutes(1)).credentials(() -> {
            asked.incrementAndGet();
            return Credentials.of(server().user(), server().password());
        }));
        fill(pool, 1);
        assertThat(pool.health().status()).isEqualTo(Status.UP);
        pool.suspend(LONG);
        int before = asked.get();
        long connects = pool.stats().connects();
        HealthReport report = pool.health();
        assertThat(report.reasons()).extracting(Reason::code).containsExactly(Code.POOL_SUSPENDED);
        assertThat(report.status()).isEqualTo(Status.DOWN);
        assertThat(report.live()).isTrue();
        assertThat(report.ready()).isFalse();
        assertThat(report.database().reached()).isFalse();
        assertThat(report.toJson()).contains("\"code\":\"POOL_SUSPENDED\"");
        assertThat(asked).hasValue(before);
        assertThat(pool.stats().connects()).isEqualTo(connects);
        pool.resume();
        assertThat(pool.health().status()).isEqualTo(Status.UP);
        pool.suspend(LONG);
        pool.close();
        assertThat(pool.health().reasons()).extracting(Reason::code).containsExactly(Code.POOL_CLOSED);
    }

    @Test
    void aSupplierOfCredentialsThatIsAskedIsWaitedForAndNotAskedAgain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch answer = new CountDownLatch(1);
        ConnectionPool pool = open(builder().credentials(() -> {
            if (asked.incrementAndGet() == 2) {
                await().atMost(LONG).until(() -> answer.getCount() == 0);
            }
            // The first ones are about to expire, and so asked for again in the background.
            Instant end = Instant.now().plusSeconds(asked.get() == 1 ? 2 : 3_600);
            return new Credentials(server().user(), server().password(), end);
        }));
        fill(pool, 1);
        await().until(() -> asked.get() == 2);
        Future<Boolean> suspending = threads.submit(() -> {
            pool.suspend(LONG);
            return true;
        });
        await().until(() -> pool.health().reasons().stream().anyMatch(one -> one.code() == Code.POOL_SUSPENDED));
        await().until(() -> pool.stats().idle() == 0);
        assertThat(suspending.isDone()).isFalse();
        answer.countDown();
        assertThat(suspending.get(30, TimeUnit.SECONDS)).isTrue();
        pool.resume();
        fill(pool, 1);
        assertThat(asked).as("what was given then is used").hasValue(2);
    }

    @Test
    void aBorrowerThatKeepsItsConnectionKeepsThePoolFromBeingSuspendedAndLosesNothing() throws Exception {
        ConnectionPool pool = open(builder().maxSize(2));
        try (Connection held = pool.getConnection()) {
            assertThatThrownBy(() -> pool.suspend(Duration.ofMillis(100)))
                    .isInstanceOf(SQLTimeoutException.class)
                    .hasMessageContaining("SUSPEND_TIMEOUT")
                    .hasMessageContaining(Thread.currentThread().getName());
            assertThat(query(held, "select 1")).isEqualTo("1");
            borrowedByAnother(pool).close();
        }
    }

    @Test
    void aStatementUnderWayIsWaitedFor() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1));
        Future<Boolean> worker;
        try (Connection held = borrowedByAnother(pool)) {
            assertThat(held.isClosed()).isFalse();
            worker = threads.submit(() -> {
                pool.suspend(LONG);
                return true;
            });
            query(held, sleep(0.2));
            assertThat(worker.isDone()).isFalse();
        }
        assertThat(worker.get(30, TimeUnit.SECONDS)).isTrue();
        await().untilAsserted(() -> assertThat(server().sessions()).isZero());
        pool.resume();
        fill(pool, 1);
    }

    @Test
    void aBorrowerWhoseTimeRunsOutIsToldWhy() throws Exception {
        ConnectionPool pool = open(builder().borrowTimeout(Duration.ofSeconds(1)));
        fill(pool, 1);
        pool.suspend(LONG);
        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(PoolExhaustedException.class)
                .hasMessageContaining(PoolExhaustedException.SUSPENDED_CODE);
        pool.resume();
        fill(pool, 1);
    }

    @Test
    void afterTheRestoreTheFirstBorrowConnectsWithWhatHoldsThen() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        ConnectionPool pool = open(builder().maxSize(3).credentials(() -> {
            asked.incrementAndGet();
            // Who is slow to answer is not asked for each of many logins.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(150));
            return Credentials.of(server().user(), server().password());
        }));
        fill(pool, 3);
        int before = asked.get();
        long connects = pool.stats().connects();
        pool.suspend(LONG);
        pool.resize(2);
        pool.resume();
        assertThat(pool.stats().connects()).as("nothing in the background").isEqualTo(connects);
        fill(pool, 2);
        assertThat(asked.get()).isGreaterThan(before);
        assertThat(pool.stats().connects()).isEqualTo(connects + 2);
        assertThat(pool.stats().max()).isEqualTo(2);
    }

    @Test
    void itIsNoLossAndNoOutage() throws Exception {
        AtomicInteger bad = new AtomicInteger();
        ConnectionPool pool = open(builder().maxSize(3).listener(new PoolListener() {
            @Override
            public void connectionLost(String reason) {
                bad.incrementAndGet();
            }

            @Override
            public void databaseDown(SQLException cause) {
                bad.incrementAndGet();
            }
        }));
        for (int i = 0; i < 3; i++) {
            fill(pool, 3);
            pool.suspend(LONG);
            pool.suspend(LONG);
            pool.resume();
            pool.resume();
        }
        assertThat(bad).hasValue(0);
        assertThat(pool.stats().replaced()).isZero();
        assertThat(pool.stats().state()).isEqualTo(State.UP);
    }

    @Test
    void aSuspendedPoolIsClosedAtOnce() throws Exception {
        ConnectionPool pool = open(builder());
        fill(pool, 2);
        pool.suspend(LONG);
        long begin = System.nanoTime();
        pool.close();
        assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(2)));
        pool.resume();
        assertThatThrownBy(pool::getConnection).hasMessageContaining("POOL_CLOSED");
    }
}
