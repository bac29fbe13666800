package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.jmh.ProbeBenchmark;
import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.IdleLoopback;
import io.github.lifebelt.apps.benchmarks.pools.ProbedConnection;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.apps.benchmarks.pools.Work;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import io.github.lifebelt.apps.benchmarks.report.Table;
import io.github.lifebelt.apps.benchmarks.report.Verdict;
import io.github.lifebelt.spi.ProbeSocket;
import io.github.lifebelt.spi.ProbeSocket.Liveness;
import io.github.lifebelt.testing.FaultProxy;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** The probe against a bare read of an idle socket, and what the probe sends: nothing. */
final class ProbeScenario {

    private static final double MOST_BARE_READS = 2.5;
    private static final int PROBES = 100_000;
    // So that asking whether the round is over does not count.
    private static final int BATCH = 64;

    private ProbeScenario() {}

    static void run(Bench bench) throws Exception {
        Table table = new Table(
                "probe: one probe of an idle connection against one bare read that finds nothing (ns)",
                "wire",
                "probe",
                "bare read",
                "ratio",
                "95 % below",
                "bytes sent in 100,000 probes");
        for (boolean tls : Bench.PLAIN_AND_TLS) {
            bench.report().progress("probe, " + (tls ? "TLS" : "plain"));
            compare(bench, Wire.loopback(tls), table);
        }
        bench.report().show(table);
        JmhRuns.methods(bench, "probe", ProbeBenchmark.class);
    }

    private static void compare(Bench bench, Wire wire, Table table) throws Exception {
        Spread probe;
        Spread bare;
        Spread ratio;
        try (ProbedConnection connection = ProbedConnection.open(bench.servers().endpoint(wire));
                IdleLoopback loopback = new IdleLoopback();
                PairedRounds paired = new PairedRounds(1, bench.effort())) {
            Map<String, double[]> speeds = paired.run(List.of(
                    new PairedRounds.Contender("probe", () -> probes(connection.socket(), BATCH)),
                    new PairedRounds.Contender("bare read", () -> reads(loopback))));
            double[] probeNanos = PairedRounds.asNanos(speeds.get("probe"));
            double[] bareNanos = PairedRounds.asNanos(speeds.get("bare read"));
            probe = Spread.of(probeNanos);
            bare = Spread.of(bareNanos);
            ratio = Spread.ofRatios(probeNanos, bareNanos);
        }
        long sent = bytesSent(bench, wire);
        boolean cheap = ratio.median() <= MOST_BARE_READS;
        table.add(
                Bench.describe(wire),
                probe.toString(),
                bare.toString(),
                ratio.toString(),
                Numbers.shortly(ratio.high()),
                Long.toString(sent));
        bench.report()
                .row(new Row("probe", "lifebelt")
                        .with("tls", wire.tls())
                        .with("probeNanos", probe.median())
                        .with("bareReadNanos", bare.median())
                        .with("ratio", ratio.median())
                        .with("ratioMin", ratio.min())
                        .with("ratioMax", ratio.max())
                        .with("ratioHigh", ratio.high())
                        .with("promisedAtMost", MOST_BARE_READS)
                        .with("probes", PROBES)
                        .with("bytesSent", sent)
                        .with("kept", cheap && sent == 0));
        String where = Bench.describe(wire);
        bench.report()
                .verdict(new Verdict(
                        "a probe costs at most 2.5 bare reads",
                        where,
                        Numbers.shortly(ratio.median()) + " (95 %: below " + Numbers.shortly(ratio.high()) + ")",
                        cheap));
        bench.report().verdict(new Verdict("a probe sends 0 bytes", where, sent + " in 100,000", sent == 0));
    }

    private static int probes(ProbeSocket socket, int count) {
        for (int i = 0; i < count; i++) {
            Liveness seen = socket.probe();
            if (seen != Liveness.QUIET) {
                throw new IllegalStateException("the idle connection was not quiet but " + seen);
            }
        }
        return count;
    }

    private static int reads(IdleLoopback loopback) throws IOException {
        for (int i = 0; i < BATCH; i++) {
            if (loopback.read() != 0) {
                throw new IllegalStateException("the idle loopback was not idle");
            }
        }
        return BATCH;
    }

    /** Counted by a proxy, between two queries that have to be seen, or the counting would prove nothing. */
    private static long bytesSent(Bench bench, Wire wire) throws Exception {
        FaultProxy proxy = bench.servers().proxy(wire.tls());
        Endpoint endpoint = bench.servers().endpoint(wire.tls(), proxy);
        try (ProbedConnection connection = ProbedConnection.open(endpoint)) {
            long forOneQuery = bytesOf(connection, proxy::bytesToServer);
            long before = proxy.bytesToServer();
            probes(connection.socket(), PROBES);
            // Whatever the probes had sent would be before this on the same wire, and so be counted with it.
            bytesOf(connection, proxy::bytesToServer);
            return proxy.bytesToServer() - before - forOneQuery;
        }
    }

    private static long bytesOf(ProbedConnection connection, LongSupplier counted) throws Exception {
        long before = counted.getAsLong();
        Work.ask(connection.jdbc());
        long sent = counted.getAsLong() - before;
        if (sent <= 0) {
            throw new IllegalStateException("the proxy has not seen a query");
        }
        return sent;
    }
}
