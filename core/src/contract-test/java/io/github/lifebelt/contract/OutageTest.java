package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.testing.StopMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stopped, restarted and frozen servers. No borrow outlives its deadline by more than this. */
class OutageTest extends PoolTest {

    private static final Duration GRACE = Duration.ofMillis(250);
    /** For tests that restart a server: MySQL has taken five seconds to come back, which is what a pool waits by default. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    @Tag("smoke")
    void afterAllSessionsWereKilledNoBorrowerSeesIt() throws Exception {
        ConnectionPool pool = open(builder().maxSize(10));
        fill(pool, 10);
        assertThat(server().faults().killSessions()).isGreaterThanOrEqualTo(10);
        long killed = System.nanoTime();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> since(killed).toMillis() >= 20);
        for (int i = 0; i < 40; i++) {
            try (Connection connection = pool.getConnection()) {
                assertThat(query(connection, "select 1")).isEqualTo("1");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(StopMode.class)
    void aRestartBetweenBorrowsIsNotSeen(StopMode mode) throws Exception {
        ConnectionPool pool = open();
        fill(pool, 5);
        server().faults().stop(mode);
        server().faults().start();
        fill(pool, 5);
    }

    @Test
    void aCrashBetweenBorrowsIsNotSeen() throws Exception {
        ConnectionPool pool = open();
        fill(pool, 5);
        server().faults().crash();
        server().faults().start();
        fill(pool, 5);
    }

    @Test
    void failFastSaysAtOnceSinceWhenAndWhy() throws Exception {
        ConnectionPool pool = open(builder().failFast());
        fill(pool, 2);
        server().faults().stop(StopMode.FAST);
        Instant before = Instant.now();
        assertThatThrownBy(pool::getConnection).isInstanceOf(DatabaseUnavailableException.class);
        List<Duration> took = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            long begin = System.nanoTime();
            Throwable failure = catchThrowable(pool::getConnection);
            took.add(since(begin));
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            DatabaseUnavailableException.class,
                            e -> assertThat(e.since()).isBetween(before.minusSeconds(1), Instant.now()))
                    .hasMessageContaining("[DATABASE_UNAVAILABLE]")
                    .hasMessageContaining("cannot be reached since")
                    .hasMessageContaining("refused");
        }
        assertThat(median(took)).as("%s", took).isLessThan(Duration.ofMillis(10));
        assertThat(took).allSatisfy(one -> assertThat(one).isLessThan(atMost(Duration.ofMillis(100))));
        assertThat(pool.stats().available()).isFalse();
    }

    @Test
    void withoutFailFastABorrowerWaitsForARestart() throws Exception {
        ConnectionPool pool = open(builder().unavailableTimeout(PATIENCE));
        fill(pool, 1);
        server().faults().stop(StopMode.FAST);
        Future<String> borrower = threads.submit(() -> {
            try (Connection connection = pool.getConnection()) {
                return query(connection, "select 'served'");
            }
        });
        await().until(() -> !pool.stats().available());
        server().faults().start();
        assertThat(borrower.get(40, TimeUnit.SECONDS)).isEqualTo("served");
        assertThat(pool.stats().available()).isTrue();
    }

    @Test
    void theWaitForADatabaseThatIsDownIsBounded() throws Exception {
        ConnectionPool pool = open(builder().unavailableTimeout(Duration.ofMillis(300)));
        server().faults().stop(StopMode.IMMEDIATE);
        long begin = System.nanoTime();
        assertThatThrownBy(pool::getConnection).isInstanceOf(DatabaseUnavailableException.class);
        assertThat(since(begin))
                .isBetween(Duration.ofMillis(300), atMost(Duration.ofMillis(300).plus(GRACE)));
    }

    @Test
    void borrowersThatQueueAreWokenWhenTheDatabaseIsFoundDown() throws Exception {
        ConnectionPool pool = open(builder().maxSize(2).failFast().borrowTimeout(Duration.ofSeconds(30)));
        Connection one = pool.getConnection();
        Connection two = pool.getConnection();
        List<Future<Throwable>> waiting = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            waiting.add(threads.submit(() -> catchThrowable(pool::getConnection)));
        }
        await().until(() -> pool.stats().pending() == 8);
        server().faults().stop(StopMode.FAST);
        // One holder notices, gives back, and somebody finds that there is nothing to connect to: all others are told.
        one.close();
        for (Future<Throwable> waiter : waiting) {
            assertThat(waiter.get(5, TimeUnit.SECONDS)).isInstanceOf(DatabaseUnavailableException.class);
        }
        two.close();
        assertThat(pool.stats().active()).isZero();
    }

    @Test
    void theListenerHearsOfTheOutageOnce() throws Exception {
        List<String> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
        ConnectionPool pool = open(builder().unavailableTimeout(PATIENCE).listener(new PoolListener() {
            @Override
            public void databaseDown(SQLException cause) {
                heard.add("down");
            }

            @Override
            public void databaseUp(Duration outage) {
                heard.add("up");
            }

            @Override
            public void poolSuspected(String reason) {
                heard.add("suspected");
            }
        }));
        fill(pool, 3);
        server().faults().stop(StopMode.FAST);
        List<Future<Boolean>> borrowers = together(8, () -> {
            pool.getConnection().close();
            return true;
        });
        await().until(() -> heard.contains("down"));
        server().faults().start();
        for (Future<Boolean> borrower : borrowers) {
            assertThat(borrower.get(40, TimeUnit.SECONDS)).isTrue();
        }
        // Which comes first depends on whether the first borrower finds a dead connection or an empty slot.
        assertThat(heard).containsExactlyInAnyOrder("suspected", "down", "up").containsSubsequence("down", "up");
    }

    @Test
    void aFrozenServerKeepsNoBorrowerPastItsDeadline() throws Exception {
        for (int millis : new int[] {500, 2_000}) {
            ConnectionPool pool = open(builder().borrowTimeout(Duration.ofMillis(millis)));
            server().faults().freeze();
            long begin = System.nanoTime();
            assertThatThrownBy(pool::getConnection).isInstanceOf(DatabaseUnavailableException.class);
            assertThat(since(begin))
                    .isBetween(
                            Duration.ofMillis(millis - 1),
                            atMost(Duration.ofMillis(millis).plus(GRACE)));
            server().faults().thaw();
            await().ignoreExceptions().untilAsserted(() -> pool.getConnection().close());
        }
    }

    @Test
    void fortyBorrowersOfAFrozenServerAllKeepTheirDeadline() throws Exception {
        ConnectionPool pool = open(builder().borrowTimeout(Duration.ofMillis(700)));
        server().faults().freeze();
        List<Future<Duration>> borrowers = together(40, () -> {
            long begin = System.nanoTime();
            assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
            return since(begin);
        });
        for (Future<Duration> borrower : borrowers) {
            assertThat(borrower.get(10, TimeUnit.SECONDS))
                    .isLessThan(atMost(Duration.ofMillis(700).plus(GRACE)));
        }
        assertThat(pool.stats().active()).isZero();
        assertThat(pool.stats().pending()).isZero();
        server().faults().thaw();
        await().ignoreExceptions().untilAsserted(() -> fill(pool, 5));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 30})
    void liveConnectionsOfAServerThatFreezesAreCondemnedTogether(int pingAfterSeconds) throws Exception {
        ConnectionPool pool = open(
                builder().borrowTimeout(Duration.ofMillis(1_400)).pingAfterIdle(Duration.ofSeconds(pingAfterSeconds)));
        fill(pool, 5);
        server().faults().freeze();
        ConcurrentLinkedQueue<Duration> took = new ConcurrentLinkedQueue<>();
        List<Future<Boolean>> borrowers = together(16, () -> {
            long begin = System.nanoTime();
            try {
                pool.getConnection().close();
                return true;
            } catch (SQLException e) {
                return false;
            } finally {
                took.add(since(begin));
            }
        });
        for (Future<Boolean> borrower : borrowers) {
            // Without idleness the socket looks alive, which the documentation says; with it nobody gets one.
            assertThat(borrower.get(10, TimeUnit.SECONDS)).isEqualTo(pingAfterSeconds > 0);
        }
        assertThat(took)
                .allSatisfy(time -> assertThat(time)
                        .isLessThan(atMost(Duration.ofMillis(1_400).plus(GRACE))));
        server().faults().thaw();
        await().ignoreExceptions().untilAsserted(() -> fill(pool, 5));
    }

    @Test
    void closingAPoolOnAFrozenServerIsQuickAndFreesEveryThread() throws Exception {
        ConnectionPool pool = open(builder().maxSize(6).borrowTimeout(Duration.ofSeconds(60)));
        fill(pool, 4);
        Connection querying = pool.getConnection();
        Connection thinking = pool.getConnection();
        server().faults().freeze();
        Future<?> query = threads.submit(() -> {
            execute(querying, "select 1");
            return null;
        });
        List<Connection> idle = List.of(pool.getConnection(), pool.getConnection());
        Future<Throwable> connecting = threads.submit(() -> catchThrowable(pool::getConnection));
        await().until(() -> pool.stats().active() == 5);
        for (Connection connection : idle) {
            connection.close();
        }
        long begin = System.nanoTime();
        pool.close(Duration.ZERO);
        assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(1)));
        assertThatThrownBy(() -> query.get(2, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        assertThat(connecting.get(2, TimeUnit.SECONDS)).isInstanceOf(SQLException.class);
        thinking.close();
        assertThatThrownBy(pool::getConnection).isInstanceOf(SQLNonTransientConnectionException.class);
    }

    @Test
    void recyclingAllOnAFrozenServerBlocksNobody() throws Exception {
        ConnectionPool pool = open();
        fill(pool, 5);
        server().faults().freeze();
        long begin = System.nanoTime();
        pool.recycle();
        assertThat(since(begin)).isLessThan(atMost(Duration.ofMillis(500)));
        server().faults().thaw();
        await().ignoreExceptions().untilAsserted(() -> fill(pool, 5));
    }

    @Test
    void aRejectedLoginIsNotWaitedOut() {
        ConnectionPool pool = open(ConnectionPool.builder(
                server().databaseUrl().toBuilder().password("wrong").build()));
        long begin = System.nanoTime();
        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(SQLNonTransientConnectionException.class)
                .hasMessageContaining("[CONNECT_REFUSED]")
                .hasMessageContaining(Sql.WRONG_PASSWORD)
                .hasMessageNotContaining("wrong");
        assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(2)));
        assertThat(pool.stats().available()).isFalse();
        assertThat(pool.stats().active()).isZero();
    }

    @Test
    void credentialsAreAskedForAtEachLoginSoThatARotationIsNotSeen() throws Exception {
        AtomicReference<String> secret = new AtomicReference<>(server().password());
        ConnectionPool pool =
                open(builder().maxSize(1).credentials(() -> Credentials.of(server().user(), secret.get())));
        try (Connection connection = pool.getConnection()) {
            server().faults().rotatePassword("rotated");
            secret.set("rotated");
            // Servers check at login only.
            assertThat(query(connection, "select 1")).isEqualTo("1");
        }
        Servers.killSessions(server());
        try (Connection connection = pool.getConnection()) {
            assertThat(query(connection, "select 1")).isEqualTo("1");
        }
        assertThat(pool.stats().connects()).isEqualTo(2);
    }
}
