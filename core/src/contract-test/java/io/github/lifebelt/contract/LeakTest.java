package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolExhaustedException;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.health.HealthReport.Holder;
import io.github.lifebelt.testing.FaultProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who keeps connections is named, and loses them only where the pool is set to that. */
class LeakTest extends PoolTest {

    private record Leak(String holder, Duration held, boolean takenAway) {}

    private final List<Leak> leaks = new CopyOnWriteArrayList<>();
    private final List<List<Holder>> reports = new CopyOnWriteArrayList<>();

    private final PoolListener listener = new PoolListener() {
        @Override
        public void leaked(String holder, Duration held, boolean takenAway) {
            leaks.add(new Leak(holder, held, takenAway));
        }

        @Override
        public void exhausted(List<Holder> holders) {
            reports.add(holders);
        }
    };

    @Test
    void aLeakIsCountedOnceAndNotTakenAway() throws Exception {
        ConnectionPool pool =
                open(builder().leakDetection(Duration.ofSeconds(2)).listener(listener));
        Connection kept = borrowedByAnother(pool);
        await().atMost(Duration.ofSeconds(30)).until(() -> pool.stats().leaks() == 1);
        // Looked at again a few times.
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        assertThat(pool.stats().leaks()).isOne();
        assertThat(leaks).singleElement().satisfies(leak -> {
            assertThat(leak.holder()).startsWith("thread 'pool-");
            assertThat(leak.held()).isBetween(Duration.ofSeconds(2), atMost(Duration.ofSeconds(4)));
            assertThat(leak.takenAway()).isFalse();
        });
        assertThat(query(kept, "select 1")).isEqualTo("1");
        kept.close();
        assertThat(pool.stats().active()).isZero();
    }

    @Test
    void whatIsKeptForTooLongIsTakenAwayAndOthersHaveItsPlace() throws Exception {
        try (Connection setUp = bare()) {
            execute(setUp, "drop table if exists kept");
            execute(setUp, "create table kept (n int)");
        }
        // For the one who has its place next, too.
        ConnectionPool pool =
                open(builder().maxSize(1).maxHold(Duration.ofSeconds(3)).listener(listener));
        Connection kept = pool.getConnection();
        kept.setAutoCommit(false);
        execute(kept, "insert into kept values (1)");
        Statement statement = kept.createStatement();
        try (Connection next = borrowedByAnother(pool)) {
            assertThat(query(next, "select count(*) from kept")).isEqualTo("0");
            assertThat(next.getAutoCommit()).isTrue();
            assertThatThrownBy(() -> execute(kept, "insert into kept values (2)"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"))
                    .hasMessageStartingWith("[MAX_HOLD_EXCEEDED]");
            assertThatThrownBy(kept::commit).hasMessageStartingWith("[MAX_HOLD_EXCEEDED]");
            assertThatThrownBy(() -> statement.execute("insert into kept values (3)"))
                    .isInstanceOf(SQLException.class);
            assertThat(kept.isClosed()).isTrue();
            kept.close();
            assertThat(query(next, "select count(*) from kept")).isEqualTo("0");
            assertThat(pool.stats().active()).isOne();
        }
        // Its place is free before listeners hear of it.
        await().until(() -> leaks.size() == 1);
        assertThat(leaks.get(0).takenAway()).isTrue();
        assertThat(pool.stats().leaks()).isOne();
        assertThat(pool.stats().active()).isZero();
        fill(pool, 1);
    }

    @Test
    void whatAConnectTakesIsNotHeld() throws Exception {
        Duration most = Duration.ofSeconds(3);
        ConnectionPool pool = open(builder()
                .maxHold(most)
                .listener(listener)
                .onConnect(connection -> execute(connection, Sql.sleep(3.2))));
        long begin = System.nanoTime();
        try (Connection fresh = pool.getConnection()) {
            assertThat(since(begin)).isGreaterThan(most);
            // Looked at again in the meantime.
            execute(fresh, Sql.sleep(0.5));
            assertThat(query(fresh, "select 1")).isEqualTo("1");
        }
        assertThat(leaks).isEmpty();
        assertThat(pool.stats().leaks()).isZero();
    }

    @Test
    void whatAPingTakesIsNotHeld() throws Exception {
        List<Duration> uses = new CopyOnWriteArrayList<>();
        try (FaultProxy proxy = server().proxy()) {
            ConnectionPool pool = open(ConnectionPool.builder(server().url(proxy))
                    .maxSize(1)
                    .pingAfterIdle(Duration.ZERO)
                    .listener(new PoolListener() {
                        @Override
                        public void returned(Duration used) {
                            uses.add(used);
                        }
                    }));
            fill(pool, 1);
            uses.clear();
            proxy.latency(Duration.ofMillis(300));
            pool.getConnection().close();
            assertThat(pool.stats().pings()).isOne();
            assertThat(uses)
                    .singleElement()
                    .satisfies(used -> assertThat(used).isLessThan(atMost(Duration.ofMillis(300))));
        }
    }

    @Test
    void aStatementThatRunsForTooLongIsEnded() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1).maxHold(Duration.ofSeconds(1)));
        long begin = System.nanoTime();
        Future<String> busy = threads.submit(() -> {
            try (Connection connection = pool.getConnection()) {
                return query(connection, Sql.sleep(60));
            } catch (SQLException e) {
                // It is the failure itself where the connection was taken away before the statement began.
                return e + " " + List.of(e.getSuppressed());
            }
        });
        assertThat(busy.get(30, TimeUnit.SECONDS)).contains("[MAX_HOLD_EXCEEDED]");
        assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(5)));
        fill(pool, 1);
    }

    @Test
    void exhaustionNamesTheHoldersInTheErrorAndOnceInTheLog() throws Exception {
        ConnectionPool pool = open(builder()
                .maxSize(2)
                .minIdle(2)
                .borrowTimeout(Duration.ofMillis(300))
                .listener(listener));
        // A connect may take longer than borrowers wait here.
        await().atMost(Duration.ofSeconds(30)).until(() -> pool.stats().total() == 2);
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch out = new CountDownLatch(2);
        List<Future<Boolean>> holding = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            holding.add(threads.submit(() -> {
                try (Connection connection = pool.getConnection()) {
                    query(connection, "select 'secret', 1");
                    out.countDown();
                    return end.await(60, TimeUnit.SECONDS);
                }
            }));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            for (Future<Boolean> one : holding) {
                if (one.isDone()) {
                    one.get();
                }
            }
            return out.getCount() == 0;
        });
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOf(PoolExhaustedException.class)
                    .hasMessageContaining("held by thread 'pool-")
                    .hasMessageContaining("last statement: select ?, ...")
                    .hasMessageNotContaining("secret");
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> !reports.isEmpty());
        assertThat(reports.get(0)).hasSize(2).allSatisfy(holder -> {
            assertThat(holder.session()).isPositive();
            assertThat(holder.now()).anyMatch(frame -> frame.contains("CountDownLatch.await"));
            assertThat(holder.server())
                    .isNotNull()
                    .satisfies(session -> assertThat(session.state()).startsWith("idle"));
        });
        end.countDown();
        for (Future<Boolean> one : holding) {
            assertThat(one.get(30, TimeUnit.SECONDS)).isTrue();
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> pool.stats().active() == 0);
        assertThat(reports).hasSize(1);
    }

    @Test
    void onceThereWasPressureItIsKnownWhereConnectionsAreBorrowed() throws Exception {
        ConnectionPool pool = open(
                builder().maxSize(1).borrowTimeout(Duration.ofMillis(1_500)).listener(listener));
        pool.awaitReady(Duration.ofSeconds(20));
        try (Connection first = borrowedByAnother(pool)) {
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOf(PoolExhaustedException.class)
                    .hasMessageNotContaining("borrowed at");
        }
        Connection second = threads.submit(() -> borrowHere(pool)).get(30, TimeUnit.SECONDS);
        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(PoolExhaustedException.class)
                .hasMessageContaining("borrowed at")
                .hasMessageContaining("LeakTest.borrowHere");
        second.close();
    }

    private static Connection borrowHere(ConnectionPool pool) throws SQLException {
        return pool.getConnection();
    }
}
