package io.github.lifebelt.apps.benchmarks.fleet;

import io.github.lifebelt.apps.benchmarks.fleet.FleetOutcome.Units;
import io.github.lifebelt.apps.benchmarks.fleet.LoginServer.Many;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A fleet of replicas, each with a pool, whose database goes away and comes back. A model, not a measurement: it says what the
 * constants of the gate come to when many pools follow them at once, and nothing about any real server.
 *
 * <p>What it takes for granted: a server that is gone refuses at once (one that is silent costs each look a second, so there
 * are fewer); all replicas lose it at one moment and notice with their next unit; a login costs the server the same whether it
 * is refused or not, and nothing any more when its client has given up; the network and the replicas themselves have no limits;
 * each pool wants all its connections back. A pooler refuses logins while it has no database, and lets those wait who are
 * logged in; each pool has lost one connection to it, the one that was in a transaction. Units are computed for some
 * replicas only, evenly chosen, and what the units cost the database is not in the model.
 */
public final class FleetRun {

    private static final int REPLICAS_WITH_UNITS = 20;

    private final FleetPlan plan;
    private final Timeline time = new Timeline();
    private final Random random;
    private final long back;
    private final long end;
    private final PerSecond attempts;
    private final LoginServer database;
    private final Pooler pooler;
    private final LoginServer front;
    private final List<Replica> replicas = new ArrayList<>();

    private FleetRun(FleetPlan plan) {
        this.plan = plan;
        this.random = new Random(plan.seed());
        Surroundings around = plan.around();
        back = Replica.micros(around.outage());
        end = back + Replica.micros(around.watched());
        attempts = new PerSecond(end);
        Many many = around.inTurn() ? Many.IN_TURN : Many.SHARE;
        database = new LoginServer(
                time, around.loginsPerSecond(), around.maxConnections(), many, () -> false, new PerSecond(end));
        pooler = new Pooler(time, database, around);
        front = plan.pooler()
                ? new LoginServer(
                        time,
                        around.poolerLoginsPerSecond(),
                        around.poolerClients(),
                        Many.IN_TURN,
                        pooler::isDown,
                        new PerSecond(end))
                : database;
    }

    /** Computes a case. */
    public static FleetOutcome of(FleetPlan plan) {
        FleetRun run = new FleetRun(plan);
        run.play();
        return run.outcome();
    }

    private void play() {
        database.goAway();
        time.after(back, database::comeBack);
        int left = plan.pooler() ? plan.gate().poolSize() - 1 : 0;
        if (plan.pooler()) {
            pooler.begin(random);
            front.stand(plan.replicas() * left);
        }
        double noticed = 1e6 / plan.around().unitsPerSecond();
        for (int i = 0; i < plan.replicas(); i++) {
            Replica replica = new Replica(time, front, plan.gate(), new Random(plan.seed() + i), attempts);
            replicas.add(replica);
            time.after((long) (random.nextDouble() * noticed), () -> replica.loses(left));
        }
        time.runUntil(end);
    }

    private FleetOutcome outcome() {
        long[] served = replicas.stream()
                .mapToLong(replica -> plan.pooler() ? pooler.upAt() : replica.servesAt())
                .filter(at -> at >= 0)
                .sorted()
                .toArray();
        return new FleetOutcome(
                attempts.peak(0, back),
                front.logins().peak(back, end),
                database.logins().peak(back, end),
                front.refusedForCapacity() + (plan.pooler() ? database.refusedForCapacity() : 0),
                front.timedOut(),
                served.length,
                afterReturn(served, replicas.size()),
                afterReturn(served, (replicas.size() + 1) / 2),
                units(true),
                units(false));
    }

    private @Nullable Duration afterReturn(long[] served, int count) {
        return served.length < count ? null : Duration.of(served[count - 1] - back, ChronoUnit.MICROS);
    }

    private Units units(boolean limited) {
        int step = Math.max(1, replicas.size() / REPLICAS_WITH_UNITS);
        // With standing connections to the pooler a borrower waits like any other, not for the gate.
        Duration patience =
                plan.pooler() ? plan.around().unitTime() : plan.gate().unavailable();
        long begun = 0;
        long failed = 0;
        long repeats = 0;
        long waiting = 0;
        int sample = 0;
        for (int i = 0; i < replicas.size(); i += step) {
            long at = plan.pooler() ? pooler.upAt() : replicas.get(i).servesAt();
            UnitRuns runs = UnitRuns.of(
                    plan, limited, at < 0 ? Long.MAX_VALUE : at, patience, end, new Random(plan.seed() + i));
            sample++;
            begun += runs.begun();
            failed += runs.failed();
            repeats += runs.repeats();
            waiting += runs.waiting();
        }
        return new Units((double) failed / begun, (double) repeats / sample, (double) waiting / sample);
    }
}
