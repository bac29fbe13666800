package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.jmh.BorrowBenchmark;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Table;
import io.github.lifebelt.apps.benchmarks.report.Verdict;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a borrow allocates. */
final class AllocScenario {

    private static final int MOST_MORE = 64;

    private AllocScenario() {}

    static void run(Bench bench) throws Exception {
        Table table = new Table("alloc: bytes for one borrow + return, by JMH with -prof gc", "wire", "pool", "bytes");
        List<String> pools = List.of(Peer.LIFEBELT.label(), Peer.HIKARI.label());
        for (boolean tls : bench.wires()) {
            Wire wire = Wire.loopback(tls);
            bench.report().progress("alloc, JMH, " + Bench.describe(wire));
            Map<String, Double> bytes = JmhRuns.allocations(bench, BorrowBenchmark.class, wire, pools).stream()
                    .collect(Collectors.toMap(JmhRuns.Allocation::pool, JmhRuns.Allocation::bytes));
            if (bytes.isEmpty()) {
                return;
            }
            double ours = bytes.get(Peer.LIFEBELT.label());
            double theirs = bytes.get(Peer.HIKARI.label());
            boolean kept = ours - theirs <= MOST_MORE;
            pools.forEach(pool -> table.add(Bench.describe(wire), pool, Numbers.shortly(bytes.get(pool))));
            bench.report()
                    .row(new Row("alloc", Peer.HIKARI.label()).with("tls", tls).with("bytesPerBorrow", theirs));
            bench.report()
                    .row(new Row("alloc", Peer.LIFEBELT.label())
                            .with("tls", tls)
                            .with("bytesPerBorrow", ours)
                            .with("moreThanHikari", ours - theirs)
                            .with("promisedAtMostMore", MOST_MORE)
                            .with("kept", kept));
            bench.report()
                    .verdict(new Verdict(
                            "a borrow allocates at most 64 bytes more than HikariCP's",
                            Bench.describe(wire),
                            Numbers.shortly(ours - theirs) + " more",
                            kept));
        }
        bench.report().show(table);
    }
}
