package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.jmh.UnitBenchmark;
import io.github.lifebelt.apps.benchmarks.jmh.UnitModes;
import io.github.lifebelt.apps.benchmarks.pools.Database;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.Servers;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import io.github.lifebelt.apps.benchmarks.report.Table;
import java.util.List;
import java.util.Map;

/** What a unit of work costs in each of its modes, against the same written by hand. */
final class UnitScenario {

    private static final double THOUSAND = 1_000;

    private final Bench bench;
    private final Table table = new Table(
            "unit: one insert (or one query) in a unit of work, against the same by hand on HikariCP's default"
                    + " (thousand a second)",
            "where",
            "mode",
            "median [range]",
            "x times by hand",
            "95 % above",
            "95 % below");

    private UnitScenario(Bench bench) {
        this.bench = bench;
    }

    static void run(Bench bench) throws Exception {
        UnitScenario scenario = new UnitScenario(bench);
        scenario.on(bench.servers());
        try (Servers family = new Servers(Database.MYSQL.orStandIn(bench.report()::say))) {
            if (scenario.runs(family)) {
                scenario.on(family);
            }
        }
        bench.report().show(scenario.table);
        JmhRuns.cases(bench, "unit", UnitBenchmark.class, "mode");
    }

    /** A jar of a build that skipped the tests has PostgreSQL only. */
    private boolean runs(Servers family) {
        try {
            family.database(false);
            return true;
        } catch (IllegalStateException e) {
            bench.report().say("unit: without MySQL and MariaDB, which do not run here: " + e.getMessage());
            return false;
        }
    }

    private void on(Servers servers) throws Exception {
        for (boolean tls : bench.wires()) {
            compare(servers, Wire.loopback(tls));
        }
        compare(servers, Wire.delayed(false));
    }

    private void compare(Servers servers, Wire wire) throws Exception {
        try (UnitModes modes = new UnitModes(servers.endpoint(wire))) {
            for (int threads : bench.threads()) {
                String where = where(servers, wire, threads);
                bench.report().progress("unit, " + where);
                modes.empty();
                List<UnitModes.Mode> all = modes.all(threads, servers.kind() == Database.POSTGRES);
                try (PairedRounds paired = new PairedRounds(threads, bench.effort())) {
                    Map<String, double[]> speeds = paired.run(all.stream()
                            .map(mode -> new PairedRounds.Contender(mode.mode(), mode.step()::run))
                            .toList());
                    all.forEach(mode -> report(servers, wire, threads, mode, speeds));
                }
            }
        }
    }

    private static String where(Servers servers, Wire wire, int threads) {
        return servers.kind().label() + ", " + Bench.describe(wire, threads)
                + (wire.roundTrip().isZero() ? "" : ", 0.5 ms");
    }

    private void report(Servers servers, Wire wire, int threads, UnitModes.Mode mode, Map<String, double[]> speeds) {
        double[] ours = speeds.get(mode.mode());
        Spread speed = Spread.of(ours);
        String byHand = mode.byHand();
        String pool = byHand == null ? mode.mode().split(",")[0] : Peer.LIFEBELT.label();
        Row row = new Row("unit", pool, servers.kind().label())
                .with("mode", mode.mode())
                .with("tls", wire.tls())
                .with("roundTripMicros", wire.roundTripMicros())
                .with("threads", threads)
                .with("unitsPerSecond", speed.median())
                .with("unitsPerSecondMin", speed.min())
                .with("unitsPerSecondMax", speed.max());
        String where = where(servers, wire, threads);
        String name = byHand == null ? "by hand: " + mode.mode() : mode.mode();
        if (byHand == null) {
            table.add(where, name, speed.dividedBy(THOUSAND).toString(), "", "", "");
        } else {
            Spread ratio = Spread.ofRatios(ours, speeds.get(byHand));
            table.add(
                    where,
                    name,
                    speed.dividedBy(THOUSAND).toString(),
                    ratio.toString(),
                    Numbers.shortly(ratio.low()),
                    Numbers.shortly(ratio.high()));
            row = row.with("timesByHand", ratio.median())
                    .with("timesByHandLow", ratio.low())
                    .with("timesByHandHigh", ratio.high());
        }
        bench.report().row(row);
    }
}
