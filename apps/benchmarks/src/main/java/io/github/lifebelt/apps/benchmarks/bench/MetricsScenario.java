package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.apps.benchmarks.jmh.MetricsBenchmark;
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
import io.github.lifebelt.metrics.PoolMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** What a borrow costs while its pool is measured, against one of a pool that is not: all meters, none. */
final class MetricsScenario {

    private static final String WITH = "lifebelt with metrics";
    private static final String WITHOUT = "lifebelt without";
    private static final double MOST = 1.1;

    private MetricsScenario() {}

    static void run(Bench bench) throws Exception {
        Table table = new Table(
                "metrics: borrow + return of a pool with PoolMetrics bound to a Prometheus registry, against one without"
                        + " (ns)",
                "wire and threads",
                "with",
                "without",
                "ratio",
                "95 % below");
        for (boolean tls : bench.wires()) {
            Wire wire = Wire.loopback(tls);
            Endpoint endpoint = bench.servers().endpoint(wire);
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            try (OpenPool measured = Peer.LIFEBELT.open(endpoint, OpenPool.USUAL_SIZE);
                    OpenPool bare = Peer.LIFEBELT.open(endpoint, OpenPool.USUAL_SIZE)) {
                new PoolMetrics((ConnectionPool) measured.dataSource()).bindTo(registry);
                measured.filled(OpenPool.USUAL_SIZE);
                bare.filled(OpenPool.USUAL_SIZE);
                for (int threads : Bench.THREADS) {
                    bench.report().progress("metrics, " + Bench.describe(wire, threads));
                    compare(bench, wire, threads, measured.dataSource(), bare.dataSource(), table);
                }
            } finally {
                registry.close();
            }
        }
        bench.report().show(table);
        JmhRuns.cases(bench, "metrics", MetricsBenchmark.class, "metrics");
    }

    private static void compare(Bench bench, Wire wire, int threads, DataSource measured, DataSource bare, Table table)
            throws Exception {
        double[] with;
        double[] without;
        try (PairedRounds paired = new PairedRounds(threads, bench.effort())) {
            Map<String, double[]> speeds = paired.run(List.of(contender(WITH, measured), contender(WITHOUT, bare)));
            with = PairedRounds.asNanos(speeds.get(WITH));
            without = PairedRounds.asNanos(speeds.get(WITHOUT));
        }
        Spread ratio = Spread.ofRatios(with, without);
        boolean kept = ratio.median() <= MOST;
        String where = Bench.describe(wire, threads);
        table.add(
                where,
                Spread.of(with).toString(),
                Spread.of(without).toString(),
                ratio.toString(),
                Numbers.shortly(ratio.high()));
        bench.report()
                .row(new Row("metrics", "lifebelt")
                        .with("tls", wire.tls())
                        .with("threads", threads)
                        .with("withNanos", Spread.of(with).median())
                        .with("withoutNanos", Spread.of(without).median())
                        .with("ratio", ratio.median())
                        .with("ratioMin", ratio.min())
                        .with("ratioMax", ratio.max())
                        .with("ratioHigh", ratio.high())
                        .with("promisedAtMost", MOST)
                        .with("kept", kept));
        bench.report()
                .verdict(new Verdict(
                        "a borrow with metrics <= 1.1 times one without",
                        where,
                        ratio + " (95 %: below " + Numbers.shortly(ratio.high()) + ")",
                        kept));
    }

    private static PairedRounds.Contender contender(String name, DataSource pool) {
        return new PairedRounds.Contender(name, () -> {
            Work.borrow(pool);
            return 1;
        });
    }
}
