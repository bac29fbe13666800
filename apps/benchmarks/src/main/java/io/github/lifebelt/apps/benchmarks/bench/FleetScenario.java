package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.fleet.FleetOutcome;
import io.github.lifebelt.apps.benchmarks.fleet.FleetPlan;
import io.github.lifebelt.apps.benchmarks.fleet.FleetRun;
import io.github.lifebelt.apps.benchmarks.fleet.GateConstants;
import io.github.lifebelt.apps.benchmarks.fleet.Surroundings;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Table;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a fleet does to a database that fails over, computed by {@link FleetRun}; and what other constants would do. */
final class FleetScenario {

    private static final long SEED = 1;
    private static final List<Integer> REPLICAS = List.of(1, 10, 100, 500, 1_000, 2_000, 5_000);
    private static final List<Integer> MANY = List.of(1_000, 2_000, 5_000);
    private static final String NO_DATABASE = "none";
    private static final String IN_TURN = "as they are, logins taken in turn";
    private static final double PERCENT = 100;
    private static final double MILLIS = 1_000;

    private final Bench bench;
    private final Surroundings around = Surroundings.usual();

    private FleetScenario(Bench bench) {
        this.bench = bench;
    }

    static void run(Bench bench) {
        FleetScenario scenario = new FleetScenario(bench);
        scenario.fleets();
        scenario.variations();
    }

    private void fleets() {
        Table table = table("fleet: a model, not a measurement: replicas with a pool of 5 each, database away for "
                + around.outage().toSeconds() + " s, then " + around.loginsPerSecond()
                + " logins a second, max_connections "
                + around.maxConnections());
        for (boolean pooler : List.of(false, true)) {
            for (boolean admission : List.of(true, false)) {
                String mode = (admission ? "gate half open" : "gate open at once") + (pooler ? ", pooler" : "");
                bench.report().progress("fleet, " + mode);
                GateConstants constants = admission
                        ? GateConstants.lifebelt()
                        : GateConstants.lifebelt().openAtOnce();
                for (int replicas : REPLICAS) {
                    report(
                            table,
                            mode,
                            new FleetPlan(replicas, pooler, constants, around, SEED),
                            admission,
                            "as they are");
                }
            }
        }
        bench.report().show(table);
    }

    /** The constants that the first table makes one ask about. */
    private void variations() {
        GateConstants ours = GateConstants.lifebelt();
        Map<String, GateConstants> others = new LinkedHashMap<>();
        others.put("as they are", ours);
        others.put("looks up to 5 s apart", ours.lastPause(Duration.ofSeconds(5)));
        others.put("first login 10 s", ours.firstLogin(ours.connectTimeout()));
        others.put("1 s after a login that was too slow", ours.shortestPause(Duration.ofSeconds(1)));
        Table table = table("fleet: the same with other constants");
        bench.report().progress("fleet, other constants");
        for (int replicas : MANY) {
            others.forEach((name, constants) ->
                    report(table, name, new FleetPlan(replicas, false, constants, around, SEED), true, name));
            report(table, IN_TURN, new FleetPlan(replicas, false, ours, around.takingInTurn(), SEED), true, IN_TURN);
        }
        bench.report().show(table);
    }

    private static Table table(String title) {
        return new Table(
                title,
                "mode",
                "replicas",
                "attempts/s, down",
                "logins/s, return",
                "at the database",
                "refused: full",
                "timed out",
                "half serve after",
                "all serve after",
                "failed units, budget / none",
                "waiting at return, budget / none");
    }

    private void report(Table table, String mode, FleetPlan plan, boolean admission, String constants) {
        FleetOutcome outcome = FleetRun.of(plan);
        table.add(
                mode,
                Integer.toString(plan.replicas()),
                Long.toString(outcome.attemptsDown()),
                Long.toString(outcome.loginsAtReturn()),
                Long.toString(outcome.databaseLoginsAtReturn()),
                Long.toString(outcome.refused()),
                Long.toString(outcome.timedOut()),
                seconds(outcome.half()),
                outcome.allServe() == null
                        ? "never: " + outcome.serving() + " of " + plan.replicas()
                        : seconds(outcome.allServe()),
                percent(outcome.withBudget()) + " / " + percent(outcome.withoutBudget()),
                Numbers.shortly(outcome.withBudget().waiting()) + " / "
                        + Numbers.shortly(outcome.withoutBudget().waiting()));
        for (boolean budget : List.of(true, false)) {
            FleetOutcome.Units units = budget ? outcome.withBudget() : outcome.withoutBudget();
            Row row = new Row("fleet", Peer.LIFEBELT.label(), NO_DATABASE)
                    .with("model", true)
                    .with("replicas", plan.replicas())
                    .with("admission", admission)
                    .with("budget", budget)
                    .with("pooler", plan.pooler())
                    .with("constants", constants)
                    .with("seed", plan.seed())
                    .with("attemptsPerSecondDown", outcome.attemptsDown())
                    .with("loginsPerSecondAtReturn", outcome.loginsAtReturn())
                    .with("databaseLoginsPerSecondAtReturn", outcome.databaseLoginsAtReturn())
                    .with("refusedByMaxConnections", outcome.refused())
                    .with("loginsTimedOut", outcome.timedOut())
                    .with("replicasServing", outcome.serving())
                    .with("failedUnitsShare", units.failedShare())
                    .with("repeatsPerReplica", units.repeats())
                    .with("unitsWaitingAtReturn", units.waiting());
            row = withMillis(row, "halfServeAfterMillis", outcome.half());
            bench.report().row(withMillis(row, "allServeAfterMillis", outcome.allServe()));
        }
    }

    private static Row withMillis(Row row, String name, @Nullable Duration time) {
        return time == null ? row : row.with(name, time.toNanos() / 1e6);
    }

    private static String percent(FleetOutcome.Units units) {
        return Numbers.shortly(units.failedShare() * PERCENT) + " %";
    }

    private static String seconds(@Nullable Duration time) {
        return time == null ? "never" : Numbers.shortly(time.toMillis() / MILLIS) + " s";
    }
}
