package io.github.lifebelt.internal.pool;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolStats;
import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.health.HealthReport.Code;
import io.github.lifebelt.health.HealthReport.Fleet;
import io.github.lifebelt.health.HealthReport.Reason;
import io.github.lifebelt.health.HealthReport.Saturation;
import io.github.lifebelt.health.HealthReport.Schema;
import io.github.lifebelt.health.HealthReport.Status;
import io.github.lifebelt.internal.config.Durations;
import io.github.lifebelt.internal.health.Fleets;
import io.github.lifebelt.internal.jdbc.PoolThread;
import io.github.lifebelt.internal.pool.HealthProbe.Failed;
import io.github.lifebelt.internal.pool.HealthProbe.Finding;
import io.github.lifebelt.internal.pool.HealthProbe.Reached;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.Dialect.SessionActivity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the pool's health reports. However many callers there are, one of them has the database asked, on a thread of its
 * own; the others wait for the same answer, and nobody longer than the health timeout. What was found is given out for a
 * short time.
 */
final class HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(HealthCheck.class);

    /** Expiry within this is worth a word. */
    private static final Duration CERTIFICATE = Duration.ofDays(14);

    private static final Duration CREDENTIALS = Duration.ofSeconds(30);

    private static final String SUSPENDED = "not asked, since the pool is suspended";

    /** What somebody has said who was reached, though it was no. */
    private static final Set<ConnectProblem> ANSWERS = EnumSet.of(
            ConnectProblem.TLS,
            ConnectProblem.AUTHENTICATION,
            ConnectProblem.CREDENTIALS,
            ConnectProblem.DATABASE,
            ConnectProblem.AT_CAPACITY);

    /** What is asked of the pool's parts. */
    interface View {
        PoolStats stats();

        boolean isReadOnly();

        boolean serves();

        boolean isSuspended();

        List<String> twins();
    }

    private record Found(HealthReport report, long atNanos) {
        boolean saysSuspended() {
            return report.reasons().stream().anyMatch(reason -> reason.code() == Code.POOL_SUSPENDED);
        }
    }

    private final PoolConfig config;
    private final HealthProbe probe;
    private final Pressure pressure;
    private final PermitQueue queue;
    private final View view;
    private final SchemaWatch schemas;
    private final BooleanSupplier closed;
    private final long timeoutNanos;
    private final long cacheNanos;
    private final AtomicReference<@Nullable CompletableFuture<HealthReport>> flight = new AtomicReference<>();
    private volatile @Nullable Found last;

    HealthCheck(
            PoolConfig config,
            HealthProbe probe,
            Pressure pressure,
            PermitQueue queue,
            View view,
            SchemaWatch schemas,
            BooleanSupplier closed) {
        this.config = config;
        this.probe = probe;
        this.pressure = pressure;
        this.queue = queue;
        this.view = view;
        this.schemas = schemas;
        this.closed = closed;
        timeoutNanos = config.health().timeout().toNanos();
        cacheNanos = config.health().cache().toNanos();
    }

    /** Not older than the cache's time, and there within the timeout. */
    HealthReport report(ConnectionPool pool) {
        long begin = System.nanoTime();
        HealthReport known = fresh(begin);
        if (known != null) {
            return known;
        }
        CompletableFuture<HealthReport> mine = new CompletableFuture<>();
        CompletableFuture<HealthReport> current = flight.compareAndExchange(null, mine);
        if (current == null) {
            current = mine;
            // Whoever has just landed may have left before we looked.
            known = fresh(System.nanoTime());
            if (known != null) {
                land(mine, known);
            } else {
                new PoolThread(() -> fly(pool, mine), config.name() + ":health").start();
            }
        }
        return await(current, begin + timeoutNanos);
    }

    private @Nullable HealthReport fresh(long now) {
        Found found = last;
        return found != null
                        && now - found.atNanos < cacheNanos
                        && closed.getAsBoolean() == !found.report.live()
                        && isSuspended() == found.saysSuspended()
                ? found.report
                : null;
    }

    private void fly(ConnectionPool pool, CompletableFuture<HealthReport> mine) {
        HealthReport report = null;
        try {
            // Less than what callers have, so that they hear of it.
            report = look(pool, System.nanoTime() + timeoutNanos * 9 / 10);
            last = new Found(report, System.nanoTime());
        } catch (RuntimeException e) {
            LOG.error("{}: the health check has failed", config.name(), e);
        } finally {
            land(mine, report == null ? unanswered("the check has failed; see the log") : report);
        }
    }

    private void land(CompletableFuture<HealthReport> mine, HealthReport report) {
        flight.set(null);
        mine.complete(report);
    }

    private HealthReport await(CompletableFuture<HealthReport> landing, long deadline) {
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    return landing.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    // The wait is short, and an answer that is made up would be worse.
                    interrupted = true;
                } catch (TimeoutException | ExecutionException e) {
                    return unanswered("the check has not ended in time");
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A pool that is closed is nothing else. */
    private boolean isSuspended() {
        return view.isSuspended() && !closed.getAsBoolean();
    }

    private HealthReport unanswered(String why) {
        return compose(new Failed(ConnectProblem.TIMED_OUT, why), List.of(), pressure.isSaturated(), null);
    }

    private HealthReport look(ConnectionPool pool, long deadline) {
        if (closed.getAsBoolean()) {
            return unanswered("not asked, since the pool is closed");
        }
        if (isSuspended()) {
            return unanswered(SUSPENDED);
        }
        boolean saturated = pressure.isSaturated();
        List<Borrowing> out = saturated ? pressure.holders().now() : List.of();
        Finding finding = probe.ask(Holders.sessions(out), deadline);
        Schema schema = finding instanceof Reached ? schemas.look(pool, deadline) : null;
        return compose(finding, out, saturated, schema);
    }

    private HealthReport compose(Finding found, List<Borrowing> out, boolean pressed, @Nullable Schema schema) {
        PoolStats stats = view.stats();
        // A check that was under way then has met the end of its connection, which says nothing of the database.
        boolean suspended = isSuspended();
        Finding finding = suspended ? new Failed(ConnectProblem.TIMED_OUT, SUSPENDED) : found;
        boolean saturated = pressed && !suspended;
        Map<Long, SessionActivity> server = finding instanceof Reached reached ? reached.sessions() : Map.of();
        Saturation saturation = new Saturation(
                saturated,
                stats.active(),
                stats.max(),
                stats.pending(),
                Duration.ofNanos(queue.oldestWaitNanos()),
                pressure.holders().describe(out, server));
        Fleet fleet = finding instanceof Reached reached
                ? Fleets.of(
                        reached.facts(),
                        reached.others(),
                        stats.max(),
                        config.health().replicas(),
                        config.health().surge())
                : null;
        List<Reason> reasons = new ArrayList<>();
        Instant now = Instant.now();
        reasonsOfPool(reasons, stats, saturation, out, fleet, now);
        boolean reached = false;
        if (suspended) {
            reasons.add(new Reason(
                    Code.POOL_SUSPENDED,
                    "the pool is suspended: nothing is connected, and callers wait until somebody resumes it"));
        } else {
            expiring(
                    reasons,
                    now,
                    stats.credentialsExpireAt(),
                    CREDENTIALS,
                    Code.CREDENTIALS_EXPIRE,
                    "what the pool logs in with");
            reached = !closed.getAsBoolean() && reasonsOfDatabase(reasons, finding);
        }
        if (schema != null && !schema.ready()) {
            reasons.add(new Reason(Code.SCHEMA_NOT_READY, schema.message()));
        }
        reasons.sort(
                Comparator.comparing((Reason reason) -> reason.code().status()).reversed());
        Status status = reasons.isEmpty() ? Status.UP : reasons.get(0).code().status();
        boolean live = !closed.getAsBoolean();
        Instant success = probe.lastSuccess();
        return new HealthReport(
                config.name(),
                config.url().target(),
                now,
                status,
                live,
                live && status != Status.DOWN,
                List.copyOf(reasons),
                new HealthReport.Database(
                        reached,
                        stats.state(),
                        finding instanceof Reached answer ? answer.took() : null,
                        success,
                        success == null ? null : Duration.between(success, now),
                        finding instanceof Failed failed ? failed.message() : null),
                saturation,
                schema,
                fleet);
    }

    /** Whether the database has answered, if only to say no. */
    private boolean reasonsOfDatabase(List<Reason> reasons, Finding finding) {
        if (finding instanceof Failed failed) {
            boolean answered = ANSWERS.contains(failed.problem());
            if (answered && view.serves()) {
                reasons.add(new Reason(
                        Code.CONNECTING_FAILS,
                        "live connections serve, but no new one can be made: "
                                + failed.problem().words() + ": " + failed.message()));
            } else {
                reasons.add(
                        new Reason(Code.DATABASE_UNREACHABLE, failed.problem().words() + ": " + failed.message()));
            }
            return answered;
        }
        boolean readOnly = finding instanceof Reached reached && reached.facts().readOnly();
        if (!config.readOnly() && (readOnly || view.isReadOnly())) {
            reasons.add(
                    new Reason(Code.SERVER_READ_ONLY, "the server takes no writes; the pool looks for one that does"));
        }
        return true;
    }

    private void reasonsOfPool(
            List<Reason> reasons,
            PoolStats stats,
            Saturation saturation,
            List<Borrowing> out,
            @Nullable Fleet fleet,
            Instant now) {
        if (closed.getAsBoolean()) {
            reasons.add(new Reason(Code.POOL_CLOSED, "the pool was closed; start the application again"));
        }
        if (saturation.saturated() && isStuck(saturation)) {
            reasons.add(new Reason(
                    Code.POOL_STUCK,
                    "callers wait, and no connection came back for "
                            + Durations.text(config.health().stuckAfter()) + ": "
                            + pressure.holders().brief(out)));
        } else if (saturation.saturated()) {
            reasons.add(new Reason(
                    Code.POOL_SATURATED,
                    saturation.waiting() + " callers wait for one of " + saturation.max() + " connections: "
                            + pressure.holders().brief(out)));
        }
        expiring(
                reasons,
                now,
                stats.serverCertificateExpiresAt(),
                CERTIFICATE,
                Code.TLS_CERTIFICATE_EXPIRES_SOON,
                "the server's certificate");
        if (fleet != null && !fleet.fits()) {
            reasons.add(new Reason(
                    Code.FLEET_TOO_BIG,
                    fleet.poolSize() + " connections in each of " + fleet.replicas() + " replicas and " + fleet.surge()
                            + " more while they are replaced are " + fleet.wanted() + "; the server has "
                            + fleet.available() + " left for this user. Lower max-size, or put a pooler between"));
        }
        List<String> twins = view.twins();
        if (!twins.isEmpty()) {
            reasons.add(new Reason(
                    Code.SEVERAL_POOLS,
                    "this process has other pools on the same database: " + String.join(", ", twins)
                            + ". One pool for all of it needs fewer connections"));
        }
    }

    private boolean isStuck(Saturation saturation) {
        // All are out, and even the youngest loan is old.
        return saturation.active() >= saturation.max()
                && pressure.holders().all().stream()
                        .allMatch(one -> one.held().compareTo(config.health().stuckAfter()) >= 0);
    }

    private static void expiring(
            List<Reason> reasons, Instant now, @Nullable Instant end, Duration soon, Code code, String what) {
        if (end != null && now.plus(soon).isAfter(end)) {
            reasons.add(new Reason(code, what + (end.isAfter(now) ? " expires at " : " has expired at ") + end));
        }
    }

    /** Without a connection of its own until it is asked again. */
    void release() {
        probe.release();
    }

    void close() {
        probe.close();
    }
}
