package io.github.lifebelt.metrics;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.PoolStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A pool's figures as Micrometer meters, under OpenTelemetry's names where it has one. The table in the README has them
 * all.
 *
 * <p>Without a binder nothing is timed. Bind once per pool and registry; the meters live as long as the registry.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/database/database-metrics/#connection-pools">OpenTelemetry:
 *     connection pool metrics</a>
 */
public final class PoolMetrics implements MeterBinder {

    private static final String OTEL = "db.client.connection.";
    private static final String OWN = "lifebelt.connection.";
    private static final String CERTIFICATE = "lifebelt.certificate.remaining";
    private static final String HIKARI = "hikaricp.connections";

    private final ConnectionPool pool;
    private final boolean hikariNames;

    /**
     * The figures of a pool.
     *
     * @param pool an open one
     */
    public PoolMetrics(ConnectionPool pool) {
        this(pool, false);
    }

    private PoolMetrics(ConnectionPool pool, boolean hikariNames) {
        this.pool = pool;
        this.hikariNames = hikariNames;
    }

    /**
     * The same with HikariCP's meter names beside, for dashboards that people have. HikariCP's own meters are not
     * attached to a pool of Lifebelt: they would count slots, not connections.
     *
     * @return a copy
     */
    public PoolMetrics withHikariNames() {
        return new PoolMetrics(pool, true);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Tags named = Tags.of("db.client.connection.pool.name", pool.config().name());
        gauge(registry, OTEL + "count", named.and("db.client.connection.state", "used"), PoolStats::active);
        gauge(registry, OTEL + "count", named.and("db.client.connection.state", "idle"), PoolStats::idle);
        gauge(registry, OTEL + "max", named, PoolStats::max);
        gauge(registry, OTEL + "idle.min", named, PoolStats::minIdle);
        gauge(registry, OTEL + "pending_requests", named, PoolStats::pending);
        gauge(registry, OWN + "available", named, stats -> stats.available() ? 1 : 0);
        Gauge.builder(CERTIFICATE, pool, p -> secondsLeft(p.stats()))
                .tags(named)
                .baseUnit("seconds")
                .register(registry);
        counter(registry, OTEL + "timeouts", named, PoolStats::timeouts);
        counter(registry, OWN + "replaced", named, PoolStats::replaced);
        counter(registry, OWN + "pings", named, PoolStats::pings);
        counter(registry, OWN + "leftovers", named, PoolStats::leftovers);
        Gauge.builder(
                        "lifebelt.credentials.remaining",
                        pool,
                        p -> secondsUntil(p.stats().credentialsExpireAt()))
                .baseUnit("seconds")
                .tags(named)
                .register(registry);
        pool.addListener(new Timers(
                timer(registry, OTEL + "wait_time", named.and("outcome", "ok")),
                timer(registry, OTEL + "wait_time", named.and("outcome", "failed")),
                timer(registry, OTEL + "use_time", named),
                timer(registry, OTEL + "create_time", named)));
        if (hikariNames) {
            bindHikariNames(registry);
        }
    }

    /** Not a number where nothing expires; below zero where something has. */
    private static double secondsUntil(@Nullable Instant end) {
        return end == null ? Double.NaN : Duration.between(Instant.now(), end).toSeconds();
    }

    private void bindHikariNames(MeterRegistry registry) {
        Tags named = Tags.of("pool", pool.config().name());
        gauge(registry, HIKARI, named, PoolStats::total);
        gauge(registry, HIKARI + ".active", named, PoolStats::active);
        gauge(registry, HIKARI + ".idle", named, PoolStats::idle);
        gauge(registry, HIKARI + ".pending", named, PoolStats::pending);
        gauge(registry, HIKARI + ".max", named, PoolStats::max);
        gauge(registry, HIKARI + ".min", named, PoolStats::minIdle);
        counter(registry, HIKARI + ".timeout", named, PoolStats::timeouts);
        Timer acquire = timer(registry, HIKARI + ".acquire", named);
        pool.addListener(new Timers(
                acquire,
                acquire,
                timer(registry, HIKARI + ".usage", named),
                timer(registry, HIKARI + ".creation", named)));
    }

    /** Not a number as long as no certificate was seen. */
    private static double secondsLeft(PoolStats stats) {
        Instant end = stats.serverCertificateExpiresAt();
        return end == null ? Double.NaN : Duration.between(Instant.now(), end).toMillis() / 1000.0;
    }

    private void gauge(MeterRegistry registry, String name, Tags tags, ToDoubleFunction<PoolStats> figure) {
        Gauge.builder(name, pool, p -> figure.applyAsDouble(p.stats()))
                .tags(tags)
                .register(registry);
    }

    private void counter(MeterRegistry registry, String name, Tags tags, ToDoubleFunction<PoolStats> figure) {
        FunctionCounter.builder(name, pool, p -> figure.applyAsDouble(p.stats()))
                .tags(tags)
                .register(registry);
    }

    private static Timer timer(MeterRegistry registry, String name, Tags tags) {
        return Timer.builder(name).tags(tags).register(registry);
    }

    private record Timers(Timer borrowed, Timer borrowFailed, Timer used, Timer created) implements PoolListener {
        @Override
        public void borrowed(Duration took) {
            borrowed.record(took);
        }

        @Override
        public void borrowFailed(Duration took, SQLException failure) {
            borrowFailed.record(took);
        }

        @Override
        public void returned(Duration time) {
            used.record(time);
        }

        @Override
        public void connected(Duration took) {
            created.record(took);
        }
    }
}
