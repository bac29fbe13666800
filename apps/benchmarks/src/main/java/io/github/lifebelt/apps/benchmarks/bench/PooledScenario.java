package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.jmh.BorrowBenchmark;
import io.github.lifebelt.apps.benchmarks.jmh.BorrowQueryBenchmark;
import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.apps.benchmarks.pools.Work;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import io.github.lifebelt.apps.benchmarks.report.Table;
import io.github.lifebelt.apps.benchmarks.report.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;

/** One thing done with every pool, side by side. */
final class PooledScenario {

    /** What is done with a pool. */
    @FunctionalInterface
    private interface Use {
        void of(DataSource pool) throws SQLException;
    }

    /**
     * How many times as fast as a peer Lifebelt has to be.
     *
     * @param promise in words
     * @param median of the ratios
     * @param low their lower bound; zero if only the median counts
     */
    private record Bar(String promise, double median, double low) {}

    private static final double THOUSAND = 1_000;

    private final Bench bench;
    private final String name;
    private final Use use;
    private final Function<Peer, Optional<Bar>> bars;
    private final Table table;

    private PooledScenario(Bench bench, String name, String title, Use use, Function<Peer, Optional<Bar>> bars) {
        this.bench = bench;
        this.name = name;
        this.use = use;
        this.bars = bars;
        this.table = new Table(
                name + ": " + title + " (thousand a second; pool of " + OpenPool.USUAL_SIZE + ")",
                "wire and threads",
                "pool",
                "median [range]",
                "lifebelt is x times",
                "95 % above");
    }

    static void borrow(Bench bench) throws Exception {
        Bar bar = new Bar("borrow + return >= 15 times each validating peer", 15, 0);
        PooledScenario scenario = new PooledScenario(
                bench,
                "borrow",
                "borrow + return",
                Work::borrow,
                peer -> peer.asksTheServer() ? Optional.of(bar) : Optional.empty());
        scenario.run(Bench.PLAIN_AND_TLS, Wire::loopback);
        scenario.jmh(BorrowBenchmark.class, Wire::loopback);
    }

    static void query(Bench bench) throws Exception {
        PooledScenario scenario = new PooledScenario(
                bench, "query", "borrow + SELECT 1 + return", Work::borrowAndAsk, peer -> Optional.empty());
        scenario.run(bench.wires(), Wire::loopback);
        scenario.jmh(BorrowQueryBenchmark.class, Wire::loopback);
    }

    static void latency(Bench bench) throws Exception {
        Bar validating = new Bar("borrow + query at 0.5 ms >= 1.7 times each validating peer", 1.7, 0);
        Bar unchecked = new Bar("borrow + query at 0.5 ms >= 0.95 of HikariCP's default", 0.95, 0.93);
        PooledScenario scenario = new PooledScenario(
                bench, "latency", "borrow + SELECT 1 + return at 0.5 ms round trip", Work::borrowAndAsk, peer -> {
                    if (peer.asksTheServer()) {
                        return Optional.of(validating);
                    }
                    return peer == Peer.HIKARI ? Optional.of(unchecked) : Optional.empty();
                });
        scenario.run(bench.wires(), Wire::delayed);
        scenario.jmh(BorrowQueryBenchmark.class, Wire::delayed);
    }

    private void run(List<Boolean> tls, Function<Boolean, Wire> wireOf) throws Exception {
        for (boolean encrypted : tls) {
            Wire wire = wireOf.apply(encrypted);
            Endpoint endpoint = bench.servers().endpoint(wire);
            Map<Peer, OpenPool> pools = new EnumMap<>(Peer.class);
            try {
                for (Peer peer : bench.peers()) {
                    pools.put(peer, peer.open(endpoint, OpenPool.USUAL_SIZE).filled(OpenPool.USUAL_SIZE));
                }
                for (int threads : Bench.THREADS) {
                    bench.report().progress(name + ", " + Bench.describe(wire, threads));
                    compare(pools, wire, threads);
                }
            } finally {
                for (OpenPool pool : pools.values()) {
                    pool.close();
                }
            }
            if (!wire.roundTrip().isZero()) {
                sayTheRoundTrip(endpoint, wire);
            }
        }
        bench.report().show(table);
    }

    private void compare(Map<Peer, OpenPool> pools, Wire wire, int threads) throws Exception {
        List<PairedRounds.Contender> contenders = new ArrayList<>();
        pools.forEach((peer, pool) -> {
            DataSource source = pool.dataSource();
            contenders.add(new PairedRounds.Contender(peer.label(), () -> {
                use.of(source);
                return 1;
            }));
        });
        Map<String, double[]> speeds;
        try (PairedRounds paired = new PairedRounds(threads, bench.effort())) {
            speeds = paired.run(contenders);
        }
        double[] ours = speeds.get(Peer.LIFEBELT.label());
        for (Peer peer : pools.keySet()) {
            double[] theirs = speeds.get(peer.label());
            report(peer, wire, threads, Spread.of(theirs), Spread.ofRatios(ours, theirs));
        }
    }

    private void report(Peer peer, Wire wire, int threads, Spread speed, Spread ratio) {
        String where = Bench.describe(wire, threads);
        boolean ours = peer == Peer.LIFEBELT;
        table.add(
                where,
                peer.label(),
                speed.dividedBy(THOUSAND).toString(),
                ours ? "" : ratio.toString(),
                ours ? "" : Numbers.shortly(ratio.low()));
        Row row = new Row(name, peer.label())
                .with("tls", wire.tls())
                .with("threads", threads)
                .with("opsPerSecond", speed.median())
                .with("opsPerSecondMin", speed.min())
                .with("opsPerSecondMax", speed.max());
        if (!ours) {
            row = row.with("lifebeltTimes", ratio.median())
                    .with("lifebeltTimesMin", ratio.min())
                    .with("lifebeltTimesMax", ratio.max())
                    .with("lifebeltTimesLow", ratio.low());
        }
        Bar bar = bars.apply(peer).orElse(null);
        if (bar != null) {
            boolean kept = ratio.median() >= bar.median() && ratio.low() >= bar.low();
            row = row.with("promisedAtLeast", bar.median()).with("kept", kept);
            bench.report()
                    .verdict(new Verdict(
                            bar.promise(),
                            peer.label() + ", " + where,
                            Numbers.shortly(ratio.median()) + " (95 %: above " + Numbers.shortly(ratio.low()) + ")",
                            kept));
        }
        bench.report().row(row);
    }

    /** Without a pool: what the wire itself costs. */
    private void sayTheRoundTrip(Endpoint endpoint, Wire wire) throws Exception {
        try (Connection connection = endpoint.connect();
                PairedRounds paired = new PairedRounds(1, bench.effort())) {
            PairedRounds.Contender bare = new PairedRounds.Contender("none", () -> Work.ask(connection));
            Spread micros = Spread.of(
                            PairedRounds.asNanos(paired.run(List.of(bare)).get("none")))
                    .dividedBy(THOUSAND);
            bench.report().say("");
            bench.report()
                    .say("SELECT 1 on a held connection at this wire, " + Bench.describe(wire) + ": " + micros + " us");
            bench.report().row(new Row(name, "none").with("tls", wire.tls()).with("selectMicros", micros.median()));
        }
    }

    private void jmh(Class<?> benchmark, Function<Boolean, Wire> wireOf) throws Exception {
        JmhRuns.pools(bench, name, benchmark, bench.wires().stream().map(wireOf).toList());
    }
}
