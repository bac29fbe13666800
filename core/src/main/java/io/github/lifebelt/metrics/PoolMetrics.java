package io.github.lifebelt.metrics;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.PoolStats.State;
import io.github.lifebelt.internal.metrics.MeterNames;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.internal.pool.PoolFigures;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
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
    private static final String STATE = "db.client.connection.state";
    private static final String VERDICT = "verdict";
    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;

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
        String name = pool.config().name();
        PoolEngine engine = engine();
        PoolFigures figures = engine.figures();
        Registrar registrar = new Registrar(registry, Tags.of(MeterNames.POOL, name));
        connections(registrar);
        checks(registrar, figures);
        state(registrar, figures);
        BorrowMeters borrows = new BorrowMeters();
        borrows.register(registrar, figures);
        engine.measureFor(borrows);
        engine.measureFor(new ConnectionMeters(registrar));
        engine.measureFor(new UnitMeters(registrar));
        if (hikariNames) {
            bindHikariNames(new Registrar(registry, Tags.of(MeterNames.HIKARI_POOL, name)), engine);
        }
    }

    /**
     * Has each borrow and each unit of work observed, for traces: {@code lifebelt.borrow} from the call of
     * {@code getConnection()} to its return, {@code lifebelt.unit} over all runs of a unit with their pauses, COMMIT, finding
     * out about it and the after-commit actions. A unit's scope is the current one of its thread meanwhile, so the borrows,
     * statements and requests in it become its children; what is run again and what becomes of a COMMIT that was not answered
     * are its events. Units from {@code begin()} end their scope where they are committed or closed, on the same thread.
     *
     * <p>Independent of {@link #bindTo}. By default nothing is observed, which costs a borrow nothing. A pool has one
     * registry: another one takes the place of the one before, for the borrows and units that begin from then on. What
     * handlers throw is logged and goes no further.
     *
     * @param registry with its handlers; {@link ObservationRegistry#NOOP} ends observing
     * @see <a href="https://opentelemetry.io/docs/specs/semconv/registry/attributes/db/">OpenTelemetry: attributes of
     *     databases</a>
     */
    public void observe(ObservationRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        PoolEngine engine = engine();
        // A registry may get its handlers later; only the constant never will.
        engine.trace(registry == ObservationRegistry.NOOP ? null : new Observations(registry, pool.config()));
    }

    private PoolEngine engine() {
        try {
            return pool.unwrap(PoolEngine.class);
        } catch (SQLException e) {
            throw new IllegalStateException("every pool has an engine", e);
        }
    }

    private void connections(Registrar registrar) {
        registrar.gauge(MeterNames.COUNT, pool, p -> p.stats().active(), STATE, "used");
        registrar.gauge(MeterNames.COUNT, pool, p -> p.stats().idle(), STATE, "idle");
        registrar.gauge(MeterNames.MAX, pool, p -> p.stats().max());
        registrar.gauge(MeterNames.IDLE_MIN, pool, p -> p.stats().minIdle());
        registrar.gauge(MeterNames.PENDING, pool, p -> p.stats().pending());
        registrar.counter(MeterNames.TIMEOUTS, pool, p -> p.stats().timeouts());
        registrar.gauge(MeterNames.AVAILABLE, pool, p -> p.stats().available() ? 1 : 0);
        registrar.counter(MeterNames.REPLACED, pool, p -> p.stats().replaced());
        registrar.counter(MeterNames.LEFTOVERS, pool, p -> p.stats().leftovers());
        registrar.counter(MeterNames.LEAKS, pool, p -> p.stats().leaks());
        registrar.gauge(
                MeterNames.CERTIFICATE, pool, p -> secondsUntil(p.stats().serverCertificateExpiresAt()));
        registrar.gauge(
                MeterNames.CREDENTIALS, pool, p -> secondsUntil(p.stats().credentialsExpireAt()));
    }

    private void checks(Registrar registrar, PoolFigures figures) {
        registrar.counter(MeterNames.PINGS, pool, p -> p.stats().pings());
        registrar.counter(MeterNames.LOOKS, figures, f -> f.looks().quiet(), VERDICT, "quiet");
        registrar.counter(MeterNames.LOOKS, figures, f -> f.looks().pending(), VERDICT, "pending");
        registrar.counter(MeterNames.LOOKS, figures, f -> f.looks().dead(), VERDICT, "dead");
        registrar.counter(MeterNames.LOOKS, figures, f -> f.looks().busy(), VERDICT, "busy");
        registrar.gauge(MeterNames.OLDEST_WAIT, figures, f -> f.oldestWaitNanos() / NANOS);
    }

    private void state(Registrar registrar, PoolFigures figures) {
        for (State state : State.values()) {
            registrar.gauge(
                    MeterNames.STATE,
                    pool,
                    p -> p.stats().state() == state ? 1 : 0,
                    "state",
                    state.name().toLowerCase(Locale.ROOT));
        }
        registrar.gauge(MeterNames.STATE_TIME, figures, f -> f.nanosInState() / NANOS);
        registrar.gauge(MeterNames.RETRY_BUDGET, figures, PoolFigures::retriesLeft);
    }

    private void bindHikariNames(Registrar registrar, PoolEngine engine) {
        registrar.gauge(MeterNames.HIKARI, pool, p -> p.stats().total());
        registrar.gauge(MeterNames.HIKARI_ACTIVE, pool, p -> p.stats().active());
        registrar.gauge(MeterNames.HIKARI_IDLE, pool, p -> p.stats().idle());
        registrar.gauge(MeterNames.HIKARI_PENDING, pool, p -> p.stats().pending());
        registrar.gauge(MeterNames.HIKARI_MAX, pool, p -> p.stats().max());
        registrar.gauge(MeterNames.HIKARI_MIN, pool, p -> p.stats().minIdle());
        registrar.counter(MeterNames.HIKARI_TIMEOUT, pool, p -> p.stats().timeouts());
        BorrowMeters.registerHikaris(registrar, engine.figures());
        Timer creation = registrar.timer(MeterNames.HIKARI_CREATION);
        engine.measureFor(new PoolListener() {
            @Override
            public void connected(Duration took) {
                creation.record(took);
            }
        });
    }

    /** Not a number where nothing expires, or nothing is known; below zero where something has. */
    private static double secondsUntil(@Nullable Instant end) {
        return end == null ? Double.NaN : Duration.between(Instant.now(), end).toMillis() / MILLIS;
    }
}
