package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.internal.metrics.MeterNames;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.metrics.PoolMetrics;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.ProtocolProxy;
import io.github.lifebelt.testing.ProtocolProxy.Ending;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.UnitOfWork;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The figures say why, as Prometheus gets them, on pools that meet real faults. */
class MetricReasonsTest extends PoolTest {

    private static final String BORROWS = "db_client_connection_wait_time_seconds_count";
    private static final String CONNECTS = "db_client_connection_create_time_seconds_count";
    private static final String PHASES = "lifebelt_connection_connect_seconds_count";
    private static final String CLOSES = "lifebelt_connection_closed_total";
    private static final String LOOKS = "lifebelt_connection_looks_total";
    private static final String STATE = "lifebelt_pool_state";
    private static final String UNITS = "lifebelt_unit_time_seconds_count";
    private static final String RESOLVED = "lifebelt_commit_resolved_seconds_count";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private Scraped scraped() {
        return Scraped.from(registry);
    }

    private ConnectionPool measured(ConnectionPool pool) {
        new PoolMetrics(pool).bindTo(registry);
        return pool;
    }

    @Test
    void whatIsRegisteredIsWhatTheTableHas() {
        ConnectionPool pool = open();
        new PoolMetrics(pool).withHikariNames().bindTo(registry);
        assertThat(registry.getMeters().stream()
                        .map(meter -> meter.getId().getName())
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(
                        MeterNames.all(true).stream().map(MeterNames::meter).toList());
        for (Meter meter : registry.getMeters()) {
            MeterNames name = MeterNames.all(true).stream()
                    .filter(known -> known.meter().equals(meter.getId().getName()))
                    .findFirst()
                    .orElseThrow();
            assertThat(meter.getId().getDescription()).isEqualTo(name.meaning());
            assertThat(meter.getId().getTags().stream().map(tag -> tag.getKey()).toList())
                    .as("%s", name)
                    .contains(name.isHikaris() ? MeterNames.HIKARI_POOL : MeterNames.POOL)
                    .containsAll(name.tagKeys())
                    .hasSize(name.tagKeys().size() + 1);
        }
        Scraped text = scraped();
        assertThat(text.types())
                .containsEntry("db_client_connection_wait_time_seconds", "summary")
                .containsEntry("db_client_connection_wait_time_seconds_max", "gauge")
                .containsEntry("lifebelt_connection_closed_total", "counter");
        assertThat(text.samples())
                .allSatisfy(sample -> assertThat(sample.labels())
                        .containsEntry(
                                sample.name().startsWith("hikaricp") ? "pool" : "db_client_connection_pool_name",
                                pool.config().name()));
    }

    @Test
    void nothingIsTimedForNobody() throws Exception {
        ConnectionPool pool = ConnectionPool.builder(server().url()).open();
        try (pool) {
            fill(pool, 2);
            assertThat(pool.unwrap(PoolEngine.class).figures().tally().waits().count())
                    .isZero();
            assertThat(pool.unwrap(PoolEngine.class).figures().tally().uses().count())
                    .isZero();
            measured(pool);
            fill(pool, 1);
            assertThat(scraped().sum(BORROWS, "outcome", "ok")).isEqualTo(1);
        }
    }

    @Test
    void hikarisNamesCountNothingTwice() throws Exception {
        ConnectionPool pool = open(builder().maxSize(3));
        new PoolMetrics(pool).withHikariNames().bindTo(registry);
        fill(pool, 3);
        fill(pool, 2);
        Scraped text = scraped();
        assertThat(text.sum("hikaricp_connections_acquire_seconds_count")).isEqualTo(5);
        assertThat(text.sum("hikaricp_connections_usage_seconds_count")).isEqualTo(5);
        assertThat(text.sum("hikaricp_connections_creation_seconds_count")).isEqualTo(3);
        assertThat(text.sum("hikaricp_connections")).isEqualTo(3);
        assertThat(text.sum("hikaricp_connections_acquire_seconds_max"))
                .isPositive()
                .isLessThanOrEqualTo(text.sum("hikaricp_connections_acquire_seconds_sum"));
    }

    @Test
    void eachConnectionThatIsMadeEndsOnceAndForAReason() throws Exception {
        Map<PoolListener.CloseReason, Integer> heard = new ConcurrentHashMap<>();
        AtomicInteger made = new AtomicInteger();
        ConnectionPool pool = measured(open(builder().maxSize(4).listener(new PoolListener() {
            @Override
            public void connected(Duration took) {
                made.incrementAndGet();
            }

            @Override
            public void closed(CloseReason reason, String sqlState, Duration age) {
                heard.merge(reason, 1, Integer::sum);
                assertThat(age).isPositive();
            }
        })));
        fill(pool, 4);
        Servers.killSessions(server());
        fill(pool, 4);
        assertThat(scraped().sum(CLOSES, "reason", "lost") + scraped().sum(CLOSES, "reason", "ping_failed"))
                .isEqualTo(4);
        pool.recycle();
        await().until(() -> scraped().sum(CLOSES, "reason", "recycled") == 4);
        fill(pool, 4);
        pool.resize(2);
        await().until(() -> scraped().sum(CLOSES, "reason", "surplus") == 2);
        Connection aborted = pool.getConnection();
        aborted.abort(Runnable::run);
        aborted.close();
        assertThat(scraped().sum(CLOSES, "reason", "aborted")).isEqualTo(1);
        failInUse(pool);
        server().faults().stop(StopMode.FAST);
        server().faults().start();
        await().ignoreExceptions().untilAsserted(() -> fill(pool, 2));
        Connection held = pool.getConnection();
        pool.close(Duration.ZERO);
        assertThat(held.isClosed()).isTrue();
        Scraped text = scraped();
        assertThat(text.sum(CLOSES, "reason", "pool_closed")).isPositive();
        assertThat(text.sum(CLOSES)).isEqualTo(text.sum(CONNECTS)).isEqualTo(made.get());
        assertThat(pool.stats().connects()).isEqualTo(made.get());
        assertThat(text.samples().stream()
                        .filter(sample -> sample.name().equals(CLOSES) && sample.value() > 0)
                        .collect(Collectors.groupingBy(
                                sample -> sample.labels().get("reason"),
                                Collectors.summingInt(sample -> (int) sample.value()))))
                .isEqualTo(heard.entrySet().stream()
                        .collect(Collectors.toMap(
                                entry -> entry.getKey().name().toLowerCase(Locale.ROOT), Map.Entry::getValue)));
    }

    /** Killed while it is lent: what says so has an SQLState, whose class is told. */
    private void failInUse(ConnectionPool pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            Servers.killSessions(server());
            assertThatThrownBy(() -> Sql.query(connection, "select 1")).isInstanceOf(SQLException.class);
        }
        Scraped text = scraped();
        assertThat(text.sum(CLOSES, "reason", "failed")).isEqualTo(1);
        assertThat(text.sumOrZero(CLOSES, "reason", "failed", "sqlstate_class", "none"))
                .isZero();
    }

    @Test
    void aConnectSaysWhatItsTimeWasSpentOn() throws Exception {
        ConnectionPool pool = measured(open(builder().maxSize(2)));
        fill(pool, 2);
        Scraped text = scraped();
        assertThat(text.sum(PHASES, "phase", "tcp", "outcome", "ok")).isEqualTo(2);
        assertThat(text.sum(PHASES, "phase", "tls", "outcome", "ok")).isEqualTo(tls ? 2 : 0);
        assertThat(text.sum(PHASES, "phase", "auth", "outcome", "ok")).isEqualTo(2);
        assertThat(text.sum(PHASES, "outcome", "failed")).isZero();
        String sums = "lifebelt_connection_connect_seconds_sum";
        assertThat(text.sum(sums))
                .isPositive()
                .isLessThanOrEqualTo(text.sum("db_client_connection_create_time_seconds_sum"));
        if (tls) {
            assertThat(text.sum(sums, "phase", "tls")).isPositive();
        }
    }

    @Test
    void aConnectSaysWhatItHasFailedIn() throws Exception {
        try (FaultProxy proxy = server().proxy()) {
            proxy.refuse();
            ConnectionPool refused = measured(open(
                    ConnectionPool.builder(server().url(proxy)).name("refused").failFast()));
            assertThatThrownBy(refused::getConnection).isInstanceOf(SQLException.class);
        }
        ConnectionPool stranger =
                measured(open(builder().name("stranger").credentials(() -> Credentials.of("nobody", "wrong"))));
        assertThatThrownBy(stranger::getConnection).isInstanceOf(SQLException.class);
        String moved = server().url().replaceFirst("@[^:/]+", "@db.example");
        ConnectionPool lost = measured(
                open(ConnectionPool.builder(moved).name("lost").failFast().resolver(host -> {
                    throw new UnknownHostException(host);
                })));
        assertThatThrownBy(lost::getConnection).isInstanceOf(SQLException.class);
        ConnectionPool found =
                measured(open(ConnectionPool.builder(server().url().replaceFirst("@[^:/]+", "@localhost"))
                        .name("found")
                        .resolver(host -> List.of(InetAddress.getByName("127.0.0.1")))));
        fill(found, 1);
        Scraped text = scraped();
        assertThat(text.sum(BORROWS, "outcome", "refused", "db_client_connection_pool_name", "stranger"))
                .isEqualTo(1);
        assertThat(text.sum(PHASES, "phase", "auth", "outcome", "failed", "db_client_connection_pool_name", "stranger"))
                .isPositive();
        assertThat(text.sum(BORROWS, "outcome", "unavailable", "db_client_connection_pool_name", "refused"))
                .isEqualTo(1);
        assertThat(text.sum(PHASES, "outcome", "failed", "db_client_connection_pool_name", "refused"))
                .isPositive();
        assertThat(text.sum(PHASES, "phase", "dns", "outcome", "failed", "db_client_connection_pool_name", "lost"))
                .isPositive();
        assertThat(text.sum(PHASES, "phase", "dns", "outcome", "ok", "db_client_connection_pool_name", "found"))
                .isEqualTo(1);
    }

    @Test
    void aBorrowSaysWhyItHasFailed() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1).borrowTimeout(Duration.ofSeconds(2)));
        // The time is that of the waits, not that of a connect.
        await().ignoreExceptions().untilAsserted(() -> fill(pool, 1));
        measured(pool);
        Gauge oldestWait = registry.get(MeterNames.OLDEST_WAIT.meter()).gauge();
        try (Connection held = pool.getConnection()) {
            assertThat(held.isClosed()).isFalse();
            Future<?> waiter = threads.submit(() -> {
                assertThatThrownBy(pool::getConnection).hasMessageStartingWith("[POOL_EXHAUSTED]");
            });
            await().pollInterval(Duration.ofMillis(5)).until(() -> oldestWait.value() > 0.02);
            waiter.get(30, TimeUnit.SECONDS);
            assertThat(scraped().sum("lifebelt_connection_oldest_wait_seconds")).isZero();
            Future<?> interrupted = threads.submit(() -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(pool::getConnection).hasMessageStartingWith("[BORROW_INTERRUPTED]");
            });
            interrupted.get(30, TimeUnit.SECONDS);
        }
        try (Connection own = pool.getConnection()) {
            assertThat(own.isClosed()).isFalse();
            assertThatThrownBy(pool::getConnection).hasMessageStartingWith("[POOL_DEADLOCK]");
        }
        pool.suspend(Duration.ofSeconds(20));
        assertThatThrownBy(pool::getConnection).hasMessageStartingWith("[POOL_SUSPENDED]");
        pool.close();
        assertThatThrownBy(pool::getConnection).hasMessageStartingWith("[POOL_CLOSED]");
        Scraped text = scraped();
        for (String outcome : new String[] {"exhausted", "interrupted", "deadlock", "suspended", "closed"}) {
            assertThat(text.sum(BORROWS, "outcome", outcome)).as(outcome).isEqualTo(1);
        }
        assertThat(text.sum(BORROWS, "outcome", "ok")).isEqualTo(2);
        assertThat(text.sum("db_client_connection_wait_time_seconds_max", "outcome", "exhausted"))
                .isBetween(2.0, 30.0);
    }

    @Test
    void looksSayWhatTheyHaveSeen() throws Exception {
        ConnectionPool pool = measured(open(builder().maxSize(1)));
        fill(pool, 1);
        for (int i = 0; i < 10; i++) {
            fill(pool, 1);
        }
        Scraped before = scraped();
        assertThat(before.sum(LOOKS, "verdict", "quiet")).isEqualTo(10);
        assertThat(before.sum(LOOKS, "verdict", "dead")).isZero();
        Servers.killSessions(server());
        fill(pool, 1);
        Scraped after = scraped();
        assertThat(after.sum(LOOKS, "verdict", "dead") + after.sum(LOOKS, "verdict", "pending"))
                .isEqualTo(1);
        assertThat(after.sum("lifebelt_connection_suspicions_total")).isPositive();
    }

    @Test
    void anOutageIsAStateAndHasALength() throws Exception {
        ConnectionPool pool = measured(open(builder().maxSize(2).failFast()));
        fill(pool, 2);
        assertThat(scraped().sum(STATE, "state", "up")).isEqualTo(1);
        long begin = System.nanoTime();
        server().faults().stop(StopMode.FAST);
        await().untilAsserted(() -> {
            assertThatThrownBy(pool::getConnection).hasMessageStartingWith("[DATABASE_UNAVAILABLE]");
            assertThat(scraped().sum(STATE, "state", "down")).isEqualTo(1);
        });
        assertThat(scraped().sum(STATE)).as("one at a time").isEqualTo(1);
        assertThat(scraped().sum(BORROWS, "outcome", "unavailable")).isPositive();
        server().faults().start();
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> {
            fill(pool, 2);
            assertThat(scraped().sum(STATE, "state", "up")).isEqualTo(1);
        });
        await().until(() -> scraped().sum("lifebelt_outage_recovery_seconds_count") == 1);
        Scraped text = scraped();
        double lasted = text.sum("lifebelt_outage_time_seconds_sum");
        assertThat(text.sum("lifebelt_outage_time_seconds_count")).isEqualTo(1);
        assertThat(lasted).isPositive();
        assertThat(text.sum("lifebelt_outage_recovery_seconds_sum"))
                .isBetween(
                        lasted - atMost(Duration.ofMillis(50)).toNanos() / 1e9,
                        since(begin).toMillis() / 1e3 + 1);
        assertThat(text.sum("lifebelt_pool_state_time_seconds"))
                .isLessThan(since(begin).toMillis() / 1e3 + 1);
    }

    @Test
    void unitsSayHowTheyEnd() throws Exception {
        try (Connection connection = bare()) {
            Sql.execute(connection, "drop table if exists counted");
            Sql.execute(connection, "create table counted (n int)");
        }
        try (ProtocolProxy proxy = server().protocolProxy()) {
            ConnectionPool pool =
                    measured(open(ConnectionPool.builder(server().url(proxy)).maxSize(2)));
            try (Connection connection = bare()) {
                Sql.execute(connection, "drop table if exists lifebelt_token");
                Sql.execute(connection, UnitOfWork.on(pool).tokenTableStatement());
            }
            UnitOfWork unit = CommitMode.all()
                    .findFirst()
                    .orElseThrow()
                    .on(UnitOfWork.on(pool))
                    .named("count");
            unit.run(tx -> Sql.execute(tx.connection(), "insert into counted values (1)"));
            assertThatThrownBy(() -> unit.run(tx -> {
                        throw new IllegalStateException("for a reason of its own");
                    }))
                    .isInstanceOf(IllegalStateException.class);
            AtomicInteger runs = new AtomicInteger();
            proxy.loseCommitRequest(Ending.RESET);
            unit.retry(RetryPolicy.conflictsAndLostConnections()).run(tx -> {
                runs.incrementAndGet();
                Sql.execute(tx.connection(), "insert into counted values (2)");
            });
            assertThat(runs).hasValue(2);
            proxy.loseCommitAnswer(Ending.RESET);
            unit.run(tx -> Sql.execute(tx.connection(), "insert into counted values (3)"));
            proxy.heal();
            Scraped text = scraped();
            assertThat(text.sum(UNITS, "outcome", "committed", "attempts", "1")).isEqualTo(2);
            assertThat(text.sum(UNITS, "outcome", "committed", "attempts", "2")).isEqualTo(1);
            assertThat(text.sum(UNITS, "outcome", "failed")).isEqualTo(1);
            assertThat(text.sum("lifebelt_unit_retries_total")).isEqualTo(1);
            assertThat(text.sum("lifebelt_unit_retry_budget")).isBetween(98.0, 100.0);
            assertThat(text.sum(RESOLVED, "outcome", "committed")).isEqualTo(1);
            assertThat(text.sum(RESOLVED, "outcome", "rolled_back")).isEqualTo(1);
            assertThat(text.sum("lifebelt_commit_unknown_total")).isZero();
            pool.close();
            assertThat(scraped().sum(CLOSES))
                    .as("those that were asked for the outcome among them")
                    .isEqualTo(scraped().sum(CONNECTS));
            assertThat(scraped().sum(CLOSES, "reason", "service")).isPositive();
        }
    }
}
