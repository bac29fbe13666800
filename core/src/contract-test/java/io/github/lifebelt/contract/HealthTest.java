package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolStats.State;
import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.health.HealthReport.Code;
import io.github.lifebelt.health.HealthReport.Holder;
import io.github.lifebelt.health.HealthReport.Status;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Health is right while the pool is exhausted, the server frozen or gone, and while everybody asks at once. */
class HealthTest extends PoolTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static List<Code> codes(HealthReport report) {
        return report.reasons().stream().map(HealthReport.Reason::code).toList();
    }

    private static JsonNode json(HealthReport report) throws Exception {
        return new ObjectMapper().readTree(report.toJson());
    }

    @Test
    @Tag("smoke")
    void aPoolThatWorksIsUpAndReady() throws Exception {
        ConnectionPool pool = open(builder().name("orders").maxSize(3));
        HealthReport report = pool.health();
        assertThat(report.status()).isEqualTo(Status.UP);
        assertThat(report.live()).isTrue();
        assertThat(report.ready()).isTrue();
        assertThat(report.reasons()).isEmpty();
        assertThat(report.database().reached()).isTrue();
        assertThat(report.database().lastSuccess()).isNotNull();
        assertThat(report.database().age()).isLessThan(atMost(TIMEOUT));
        assertThat(report.fleet()).isNotNull().satisfies(fleet -> {
            assertThat(fleet.wanted()).isEqualTo(3);
            assertThat(fleet.available()).isBetween(150, 200);
        });
        // Not one of the pool's own.
        assertThat(pool.stats().total()).isZero();
        assertThat(pool.stats().borrows()).isZero();
        JsonNode json = json(report);
        assertThat(json.get("status").asText()).isEqualTo("UP");
        assertThat(json.get("pool").asText()).isEqualTo("orders");
        assertThat(json.get("database").get("tookMillis").isIntegralNumber()).isTrue();
        assertThat(json.get("fleet").get("fits").asBoolean()).isTrue();
        assertThat(report.toJson()).doesNotContain(server().password());
    }

    @Test
    void itsConnectionIsKept() {
        ConnectionPool pool = open(builder().healthCache(Duration.ZERO).recycleAfter(Duration.ZERO));
        for (int i = 0; i < 3; i++) {
            assertThat(pool.health().status()).isEqualTo(Status.UP);
        }
        assertThat(pool.stats().connects()).isOne();
    }

    @Test
    void anExhaustedPoolIsUpAndSaturatedAndNamesItsHolders() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1).borrowTimeout(Duration.ofSeconds(60)));
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        Future<?> holder =
                threads.submit(() -> UnitOfWork.on(pool).named("slow-report").run(tx -> {
                    execute(tx.connection(), "select 'a secret', 42");
                    held.countDown();
                    await().atMost(Duration.ofSeconds(60)).until(() -> end.getCount() == 0);
                }));
        assertThat(held.await(30, TimeUnit.SECONDS)).isTrue();
        Future<Connection> waiter = threads.submit(() -> pool.getConnection());
        HealthReport report = await().atMost(Duration.ofSeconds(30))
                .until(pool::health, health -> health.saturation().saturated());
        long begin = System.nanoTime();
        pool.health();
        assertThat(since(begin)).isLessThan(atMost(TIMEOUT));
        assertThat(report.status()).isEqualTo(Status.UP);
        assertThat(report.ready()).isTrue();
        assertThat(report.database().reached()).isTrue();
        assertThat(codes(report)).containsExactly(Code.POOL_SATURATED);
        assertThat(report.saturation().waiting()).isOne();
        assertThat(report.saturation().oldestWait()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        Holder blamed = report.saturation().holders().get(0);
        assertThat(blamed.unit()).isEqualTo("slow-report");
        assertThat(blamed.statement()).isEqualTo("select ?, ...");
        assertThat(blamed.now()).anyMatch(frame -> frame.contains("park") || frame.contains("wait"));
        assertThat(blamed.server())
                .isNotNull()
                .satisfies(session -> assertThat(session.state()).startsWith("idle"));
        assertThat(report.toJson()).doesNotContain("a secret");
        end.countDown();
        holder.get(30, TimeUnit.SECONDS);
        waiter.get(30, TimeUnit.SECONDS).close();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> pool.health().reasons().isEmpty());
    }

    @Test
    void aPoolThatNothingComesBackToIsStuckAndNotReady() throws Exception {
        ConnectionPool pool =
                open(builder().maxSize(1).borrowTimeout(Duration.ofSeconds(60)).stuckAfter(Duration.ofSeconds(1)));
        // By this thread, which does not wait: whoever waited for itself would be told.
        Connection held = pool.getConnection();
        Future<Connection> waiter = threads.submit(() -> pool.getConnection());
        HealthReport report = await().atMost(Duration.ofSeconds(30)).until(pool::health, health -> !health.ready());
        assertThat(codes(report)).containsExactly(Code.POOL_STUCK);
        assertThat(report.live()).isTrue();
        assertThat(report.database().reached()).isTrue();
        held.close();
        waiter.get(30, TimeUnit.SECONDS).close();
        assertThat(await().atMost(Duration.ofSeconds(30))
                        .until(pool::health, HealthReport::ready)
                        .status())
                .isEqualTo(Status.UP);
    }

    @Test
    void aFrozenServerIsDownWithinTheTimeout() throws Exception {
        ConnectionPool pool = open(builder().healthCache(Duration.ZERO));
        assertThat(pool.health().status()).isEqualTo(Status.UP);
        server().faults().freeze();
        for (int i = 0; i < 3; i++) {
            long begin = System.nanoTime();
            HealthReport report = pool.health();
            assertThat(since(begin)).isLessThan(atMost(TIMEOUT.plusMillis(100)));
            assertThat(report.status()).isEqualTo(Status.DOWN);
            assertThat(report.ready()).isFalse();
            assertThat(report.live()).isTrue();
            assertThat(codes(report)).containsExactly(Code.DATABASE_UNREACHABLE);
            assertThat(report.database().lastSuccess()).isNotNull();
        }
        server().faults().thaw();
        await().atMost(Duration.ofSeconds(30)).until(() -> pool.health().status() == Status.UP);
    }

    @Test
    void aStoppedServerIsDownAtOnceAndUpWhenItIsBack() throws Exception {
        ConnectionPool pool = open(builder().healthCache(Duration.ZERO).failFast());
        fill(pool, 2);
        assertThat(pool.health().ready()).isTrue();
        server().faults().stop(StopMode.FAST);
        long begin = System.nanoTime();
        HealthReport report = pool.health();
        assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(1)));
        assertThat(report.status()).isEqualTo(Status.DOWN);
        assertThat(report.database().reached()).isFalse();
        assertThat(report.database().problem()).isNotEmpty();
        server().faults().start();
        HealthReport again =
                await().atMost(Duration.ofSeconds(30)).until(pool::health, health -> health.status() == Status.UP);
        assertThat(again.database().state()).isIn(State.UP, State.SUSPECT, State.RECOVERING);
    }

    @Test
    void liveConnectionsThatServeAreDegradedWhereTheLoginIsRefused() throws Exception {
        ConnectionPool pool = open(builder().healthCache(Duration.ZERO));
        fill(pool, 1);
        server().faults().rotatePassword("another");
        HealthReport report = pool.health();
        assertThat(report.status()).isEqualTo(Status.DEGRADED);
        assertThat(codes(report)).containsExactly(Code.CONNECTING_FAILS);
        assertThat(report.ready()).isTrue();
        assertThat(report.database().reached()).isTrue();
    }

    @Test
    void aServerWithoutWritesIsDegraded() throws Exception {
        ConnectionPool pool = open(builder().healthCache(Duration.ZERO));
        assertThat(pool.health().status()).isEqualTo(Status.UP);
        server().faults().makeReadOnly();
        HealthReport report =
                await().atMost(Duration.ofSeconds(30)).until(pool::health, health -> health.status() != Status.UP);
        assertThat(report.status()).isEqualTo(Status.DEGRADED);
        assertThat(codes(report)).containsExactly(Code.SERVER_READ_ONLY);
        assertThat(report.ready()).isTrue();
        server().faults().makeWritable();
        await().atMost(Duration.ofSeconds(30)).until(() -> pool.health().status() == Status.UP);
    }

    @Test
    void aThousandCallersCauseOneProbePerCachePeriod() throws Exception {
        ConnectionPool pool = open(builder().healthCache(Duration.ofMillis(500)));
        pool.health();
        long connects = pool.stats().connects();
        Set<HealthReport> reports = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        long begin = System.nanoTime();
        List<Future<Boolean>> callers = together(1_000, () -> {
            for (int i = 0; i < 20; i++) {
                long asked = System.nanoTime();
                HealthReport report = pool.health();
                assertThat(report.status()).isEqualTo(Status.UP);
                assertThat(since(asked)).isLessThan(atMost(TIMEOUT));
                reports.add(report);
            }
            return true;
        });
        for (Future<Boolean> caller : callers) {
            assertThat(caller.get(60, TimeUnit.SECONDS)).isTrue();
        }
        long periods = 2 + since(begin).toMillis() / 500;
        assertThat(reports).hasSizeLessThanOrEqualTo(Math.toIntExact(periods));
        assertThat(pool.stats().connects()).isEqualTo(connects);
    }

    @Test
    void aFleetThatWantsMoreThanTheServerHasIsTold() {
        ConnectionPool pool = open(builder().maxSize(20).replicas(10));
        HealthReport report = pool.health();
        assertThat(codes(report)).containsExactly(Code.FLEET_TOO_BIG);
        assertThat(report.status()).isEqualTo(Status.UP);
        assertThat(report.fleet()).isNotNull().satisfies(fleet -> {
            assertThat(fleet.surge()).isEqualTo(3);
            assertThat(fleet.wanted()).isEqualTo(260);
            assertThat(fleet.fits()).isFalse();
        });
    }

    @Test
    void twoPoolsOnOneDatabaseAreNoticedAsLongAsBothAreOpen() {
        ConnectionPool pool = open(builder().name("web").healthCache(Duration.ZERO));
        ConnectionPool twin = open(builder().name("jobs"));
        assertThat(codes(pool.health())).containsExactly(Code.SEVERAL_POOLS);
        assertThat(pool.health().reasons().get(0).message()).contains("jobs");
        open(builder().name("reports").readOnly(true));
        twin.close();
        assertThat(pool.health().reasons()).isEmpty();
    }

    @Test
    void aClosedPoolIsNotLive() throws Exception {
        ConnectionPool pool = open();
        pool.close();
        HealthReport report = pool.health();
        assertThat(report.live()).isFalse();
        assertThat(report.ready()).isFalse();
        assertThat(report.status()).isEqualTo(Status.DOWN);
        assertThat(codes(report)).containsExactly(Code.POOL_CLOSED);
        // Nobody is asked for it.
        assertThat(pool.stats().connects()).isZero();
    }

    @Test
    void anInterruptedCallerGetsTheAnswerAndKeepsItsFlag() throws Exception {
        ConnectionPool pool = open(builder().healthCache(Duration.ZERO));
        List<HealthReport> seen = new ArrayList<>();
        Thread.currentThread().interrupt();
        seen.add(pool.health());
        assertThat(Thread.interrupted()).isTrue();
        assertThat(seen.get(0).status()).isEqualTo(Status.UP);
    }
}
