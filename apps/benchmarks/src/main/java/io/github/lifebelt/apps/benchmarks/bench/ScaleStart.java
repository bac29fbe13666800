package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.Logs;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import io.github.lifebelt.apps.benchmarks.report.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** From {@code open()} to the first connection, in a JVM that has done it before and in one that has done nothing. */
final class ScaleStart {

    private static final int FRESH_ROUNDS = 5;
    private static final int QUICK_FRESH_ROUNDS = 3;
    private static final int WARM_UPS = 3;
    private static final long CHILD_SECONDS = 60;
    private static final double MILLI = 1e6;
    private static final Wire WIRE = Wire.loopback(false);

    /** Starts one of them. */
    @FunctionalInterface
    private interface Trial {
        long nanos(String label) throws Exception;
    }

    private final Bench bench;
    private final Endpoint endpoint;
    private final Table table = new Table(
            "scale: from open() to the first connection (ms); none is the driver alone",
            "JVM",
            "pool",
            "median [range]",
            "x times the driver alone");

    private ScaleStart(Bench bench) {
        this.bench = bench;
        this.endpoint = bench.servers().endpoint(WIRE);
    }

    static void run(Bench bench) throws Exception {
        ScaleStart start = new ScaleStart(bench);
        boolean whole = bench.effort().whole();
        List<String> all = start.labels(bench.peers().stream().map(Peer::label).toList());
        List<String> few = start.labels(bench.fewPools());
        for (int i = 0; i < WARM_UPS; i++) {
            for (String label : all) {
                StartTrial.nanos(label, start.endpoint);
            }
        }
        start.compare("warm", all, bench.effort().rounds(), label -> StartTrial.nanos(label, start.endpoint));
        start.compare("fresh", few, whole ? FRESH_ROUNDS : QUICK_FRESH_ROUNDS, start::inChild);
        bench.report().show(start.table);
    }

    private List<String> labels(List<String> pools) {
        List<String> labels = new ArrayList<>(pools);
        labels.add(StartTrial.BARE);
        return labels;
    }

    private void compare(String jvm, List<String> labels, int rounds, Trial trial) throws Exception {
        bench.report().progress("scale, start, " + jvm + " JVM");
        Map<String, double[]> millis = new LinkedHashMap<>();
        labels.forEach(label -> millis.put(label, new double[rounds]));
        Random random = new Random(1);
        List<String> order = new ArrayList<>(labels);
        for (int round = 0; round < rounds; round++) {
            Collections.shuffle(order, random);
            for (String label : order) {
                millis.get(label)[round] = trial.nanos(label) / MILLI;
            }
        }
        double[] bare = millis.get(StartTrial.BARE);
        millis.forEach((label, times) -> {
            Spread spread = Spread.of(times);
            Spread ratio = Spread.ofRatios(times, bare);
            table.add(jvm, label, spread.toString(), label.equals(StartTrial.BARE) ? "" : ratio.toString());
            bench.report()
                    .row(new Row("scale", label)
                            .with("what", "start")
                            .with("freshJvm", jvm.equals("fresh"))
                            .with("startMillis", spread.median())
                            .with("startMillisMin", spread.min())
                            .with("startMillisMax", spread.max())
                            .with("timesDriverAlone", ratio.median()));
        });
    }

    private long inChild(String label) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(endpoint.handDown(WIRE));
        command.add(Logs.OFF);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), StartTrial.class.getName(), label));
        Process child = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!child.waitFor(CHILD_SECONDS, TimeUnit.SECONDS) || child.exitValue() != 0) {
                throw new IllegalStateException(label + " did not start in a JVM of its own");
            }
            return Long.parseLong(new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
        } finally {
            child.destroyForcibly();
        }
    }
}
