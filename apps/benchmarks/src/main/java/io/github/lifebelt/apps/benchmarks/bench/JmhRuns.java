package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.jmh.BorrowQueryBenchmark;
import io.github.lifebelt.apps.benchmarks.pools.Logs;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the JMH benchmarks against the servers of this process. Each pool has a fork of its own: no other pool's classes
 * spoil what the compiler knows, but minutes lie between the figures, so no promise is judged by their ratios.
 */
final class JmhRuns {

    private static final double THOUSAND = 1_000;
    private static final String BYTES_PER_OPERATION = "gc.alloc.rate.norm";

    private JmhRuns() {}

    private static boolean leftOut(Bench bench) {
        return bench.effort().jmh().iterations() == 0;
    }

    /** Many threads on every pool. A quick run leaves it out. */
    static void crews(Bench bench, String scenario, List<Crew> crews) throws RunnerException {
        if (leftOut(bench) || !bench.effort().whole()) {
            return;
        }
        Table table = new Table(
                scenario + ", by JMH, one fork each (thousand a second)", "threads", "pool", "score", "error (99.9 %)");
        Wire wire = Wire.loopback(false);
        for (Crew crew : crews) {
            if (crew.virtual() && crew.muster().isEmpty()) {
                table.add(crew.describe(), "all", Crew.NEEDS);
                continue;
            }
            for (String pool : bench.fewPools()) {
                bench.report().progress(scenario + ", JMH, " + crew.describe() + ", " + pool);
                Row row = new Row("jmh-" + scenario, pool)
                        .with("threads", crew.threads())
                        .with("virtual", crew.virtual());
                try {
                    Result<?> score = run(bench, BorrowQueryBenchmark.class, wire, crew, "pool", List.of(pool), false)
                            .iterator()
                            .next()
                            .getPrimaryResult();
                    table.add(crew.describe(), pool, thousands(score.getScore()), thousands(score.getScoreError()));
                    bench.report().row(scored(row, score));
                } catch (RunnerException e) {
                    // A pool that cannot bear so many is a result.
                    table.add(crew.describe(), pool, "broke: " + e.getMessage());
                    bench.report().row(row.with("broke", String.valueOf(e.getMessage())));
                }
            }
        }
        bench.report().show(table);
    }

    private static String thousands(double perSecond) {
        return Numbers.shortly(perSecond / THOUSAND);
    }

    private static Row scored(Row row, Result<?> score) {
        return row.with("opsPerSecond", score.getScore()).with("opsPerSecondError", score.getScoreError());
    }

    /** All values of one parameter of a benchmark that chooses its pools by itself. A quick run leaves it out. */
    static void cases(Bench bench, String scenario, Class<?> benchmark, String parameter) throws RunnerException {
        if (leftOut(bench) || !bench.effort().whole()) {
            return;
        }
        Table table = new Table(
                scenario + ", by JMH, one fork each (thousand a second)",
                "wire and threads",
                parameter,
                "score",
                "error (99.9 %)");
        Wire wire = Wire.loopback(false);
        for (int threads : bench.threads()) {
            String where = Bench.describe(wire, threads);
            bench.report().progress(scenario + ", JMH, " + where);
            for (RunResult result : run(bench, benchmark, wire, Crew.of(threads), parameter, List.of(), false)) {
                Result<?> score = result.getPrimaryResult();
                String value = result.getParams().getParam(parameter);
                table.add(where, value, thousands(score.getScore()), thousands(score.getScoreError()));
                bench.report()
                        .row(scored(
                                new Row("jmh-" + scenario, "lifebelt")
                                        .with(parameter, value)
                                        .with("threads", threads),
                                score));
            }
        }
        bench.report().show(table);
    }

    /** Every pool, alone and with more threads than connections. */
    static void pools(Bench bench, String scenario, Class<?> benchmark, List<Wire> wires) throws RunnerException {
        if (leftOut(bench)) {
            return;
        }
        Table table = new Table(
                scenario + ", by JMH, one fork each (thousand a second)",
                "wire and threads",
                "pool",
                "score",
                "error (99.9 %)");
        for (Wire wire : wires) {
            for (int threads : bench.threads()) {
                String where = Bench.describe(wire, threads);
                bench.report().progress(scenario + ", JMH, " + where);
                for (RunResult result :
                        run(bench, benchmark, wire, Crew.of(threads), "pool", bench.fewPools(), false)) {
                    String pool = result.getParams().getParam("pool");
                    Result<?> score = result.getPrimaryResult();
                    table.add(where, pool, thousands(score.getScore()), thousands(score.getScoreError()));
                    bench.report()
                            .row(scored(
                                    new Row("jmh-" + scenario, pool)
                                            .with("tls", wire.tls())
                                            .with("threads", threads),
                                    score));
                }
            }
        }
        bench.report().show(table);
    }

    /** The methods of a benchmark that needs no pool. */
    static void methods(Bench bench, String scenario, Class<?> benchmark) throws RunnerException {
        if (leftOut(bench)) {
            return;
        }
        Table table = new Table(scenario + ", by JMH, one fork each (ns)", "wire", "what", "score", "error (99.9 %)");
        for (boolean tls : Bench.PLAIN_AND_TLS) {
            Wire wire = Wire.loopback(tls);
            bench.report().progress(scenario + ", JMH, " + Bench.describe(wire));
            Row row = new Row("jmh-" + scenario, "lifebelt").with("tls", tls);
            for (RunResult result : run(bench, benchmark, wire, Crew.of(1), "pool", List.of(), false)) {
                Result<?> score = result.getPrimaryResult();
                table.add(
                        Bench.describe(wire),
                        score.getLabel(),
                        Numbers.shortly(score.getScore()),
                        Numbers.shortly(score.getScoreError()));
                row = row.with(score.getLabel() + "Nanos", score.getScore());
            }
            bench.report().row(row);
        }
        bench.report().show(table);
    }

    /**
     * Bytes that an operation allocates.
     *
     * @param pool a pool's name
     * @param bytes for one borrow
     */
    record Allocation(String pool, double bytes) {}

    /** By {@code -prof gc}. */
    static List<Allocation> allocations(Bench bench, Class<?> benchmark, Wire wire, List<String> pools)
            throws RunnerException {
        List<Allocation> found = new ArrayList<>();
        if (leftOut(bench)) {
            return found;
        }
        for (RunResult result : run(bench, benchmark, wire, Crew.of(1), "pool", pools, true)) {
            result.getSecondaryResults().forEach((name, value) -> {
                if (name.endsWith(BYTES_PER_OPERATION)) {
                    found.add(new Allocation(result.getParams().getParam("pool"), value.getScore()));
                }
            });
        }
        return found;
    }

    private static Collection<RunResult> run(
            Bench bench,
            Class<?> benchmark,
            Wire wire,
            Crew crew,
            String parameter,
            List<String> values,
            boolean allocations)
            throws RunnerException {
        Effort.Jmh jmh = bench.effort().jmh();
        TimeValue iteration = new TimeValue(jmh.iteration().toMillis(), TimeUnit.MILLISECONDS);
        List<String> jvm = new ArrayList<>(bench.servers().endpoint(wire).handDown(wire));
        jvm.add(Logs.OFF);
        if (crew.virtual()) {
            jvm.add("-Djmh.executor=VIRTUAL");
        }
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(Pattern.quote(benchmark.getName()) + "\\.")
                .param("tls", Boolean.toString(wire.tls()))
                .param("roundTripMicros", Long.toString(wire.roundTripMicros()))
                .threads(crew.threads())
                .forks(1)
                .warmupIterations(jmh.warmUps())
                .warmupTime(iteration)
                .measurementIterations(jmh.iterations())
                .measurementTime(iteration)
                .jvmArgsAppend(jvm.toArray(new String[0]))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        if (!values.isEmpty()) {
            options.param(parameter, values.toArray(new String[0]));
        }
        if (allocations) {
            options.addProfiler(GCProfiler.class);
        }
        return new Runner(options.build()).run();
    }
}
