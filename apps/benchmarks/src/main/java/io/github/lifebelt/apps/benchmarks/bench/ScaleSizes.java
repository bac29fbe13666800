package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.apps.benchmarks.pools.Work;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** Pools of growing size: what a borrow takes alone, and what a connection and the pool itself occupy. */
final class ScaleSizes {

    private static final List<Integer> SIZES = List.of(5, 50, 500);
    private static final String BARE = "none";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ROUNDS = 2;
    private static final double THOUSAND = 1_000;

    /** What a size of a pool has come to. */
    private record Size(int size, Samples borrows, Footprint before, Footprint filled) {
        double heap() {
            return filled.heap() - before.heap();
        }

        double direct() {
            return filled.direct() - before.direct();
        }

        double descriptors() {
            return filled.descriptors().isPresent() && before.descriptors().isPresent()
                    ? filled.descriptors().get() - before.descriptors().get()
                    : Double.NaN;
        }
    }

    /** Opens so many connections, and gives what is to be closed. */
    @FunctionalInterface
    private interface Filling {
        AutoCloseable fill(int size) throws Exception;
    }

    private final Bench bench;
    private final Endpoint endpoint;
    private final Map<Integer, Double> bareHeap = new LinkedHashMap<>();
    private final Table borrows = new Table(
            "scale: borrow + return by one thread, by the size of the pool (us)", "size", "pool", "p50", "p99", "max");
    private final Table costs = new Table(
            "scale: what a connection and a pool occupy, from the smallest pool to the largest",
            "pool",
            "sizes",
            "heap a connection (KB)",
            "of that beyond the driver's (KB)",
            "direct memory a connection (KB)",
            "descriptors a connection",
            "heap besides (KB)",
            "descriptors besides",
            "threads",
            "their names");

    private ScaleSizes(Bench bench) {
        this.bench = bench;
        this.endpoint = bench.servers().endpoint(Wire.loopback(false));
    }

    static void run(Bench bench) throws Exception {
        ScaleSizes sizes = new ScaleSizes(bench);
        sizes.measure(BARE, sizes::connections);
        for (Peer peer : bench.fewPeers()) {
            try {
                sizes.measure(peer.label(), size -> sizes.pool(peer, size));
            } catch (SQLException | IllegalStateException e) {
                sizes.costs.add(peer.label(), "broke: " + e.getMessage());
                bench.report()
                        .row(new Row("scale", peer.label())
                                .with("what", "size")
                                .with("broke", String.valueOf(e.getMessage())));
            }
        }
        bench.report().show(sizes.borrows);
        bench.report().show(sizes.costs);
    }

    /** In a quick run without the largest, which takes seconds to fill. */
    private List<Integer> sizes() {
        return bench.effort().whole() ? SIZES : SIZES.subList(0, 2);
    }

    private OpenPool pool(Peer peer, int size) throws SQLException {
        return peer.open(endpoint, PoolSetup.of(size, PATIENCE)).filled(size);
    }

    private AutoCloseable connections(int size) throws SQLException {
        List<Connection> open = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            open.add(endpoint.connect());
        }
        return () -> {
            for (Connection connection : open) {
                connection.close();
            }
        };
    }

    private void measure(String label, Filling filling) throws Exception {
        // Its classes, and what it makes once and for all.
        filling.fill(SIZES.get(0)).close();
        List<Size> found = new ArrayList<>();
        for (int size : sizes()) {
            bench.report().progress("scale, " + label + ", " + size + " connections");
            Footprint before = Footprint.now();
            try (AutoCloseable filled = filling.fill(size)) {
                // Before the samples, which take more room than the pool.
                Footprint after = Footprint.now();
                Samples samples = filled instanceof OpenPool pool ? borrows(pool.dataSource()) : new Samples();
                found.add(new Size(size, samples, before, after));
            }
        }
        report(label, found);
    }

    private Samples borrows(DataSource pool) throws SQLException {
        long warm = System.nanoTime() + bench.effort().warmUp().toNanos();
        while (System.nanoTime() < warm) {
            Work.borrow(pool);
        }
        Samples samples = new Samples();
        long until = System.nanoTime() + ROUNDS * bench.effort().round().toNanos();
        for (long begin = System.nanoTime(); begin < until; ) {
            Work.borrow(pool);
            long end = System.nanoTime();
            samples.add(end - begin);
            begin = end;
        }
        return samples;
    }

    private void report(String label, List<Size> found) {
        for (Size each : found) {
            Row row = new Row("scale", label).with("what", "size").with("size", each.size());
            if (each.borrows().count() > 0) {
                borrows.add(
                        Integer.toString(each.size()),
                        label,
                        micros(each.borrows().percentile(50)),
                        micros(each.borrows().percentile(99)),
                        micros(each.borrows().max()));
                row = row.with("borrowNanosP50", each.borrows().percentile(50))
                        .with("borrowNanosP99", each.borrows().percentile(99))
                        .with("borrowNanosMax", each.borrows().max());
            }
            bench.report().row(row.with("heapBytes", each.heap()).with("descriptors", each.descriptors()));
        }
        occupation(label, found.get(0), found.get(found.size() - 1));
    }

    /** The line through the smallest and the largest: its slope is a connection's, its begin is the pool's. */
    private void occupation(String label, Size small, Size large) {
        int more = large.size() - small.size();
        double heap = (large.heap() - small.heap()) / more;
        double descriptors = (large.descriptors() - small.descriptors()) / more;
        double direct = (large.direct() - small.direct()) / more;
        if (label.equals(BARE)) {
            bareHeap.put(more, heap);
        }
        double beyond = heap - bareHeap.getOrDefault(more, Double.NaN);
        List<String> threads = new ArrayList<>(small.filled().threads());
        small.before().threads().forEach(threads::remove);
        costs.add(
                label,
                small.size() + " to " + large.size(),
                kilobytes(heap),
                label.equals(BARE) ? "" : kilobytes(beyond),
                kilobytes(direct),
                Numbers.shortly(descriptors),
                kilobytes(small.heap() - small.size() * heap),
                Numbers.shortly(small.descriptors() - small.size() * descriptors),
                Integer.toString(threads.size()),
                String.join(", ", threads));
        bench.report()
                .row(new Row("scale", label)
                        .with("what", "footprint")
                        .with("fromSize", small.size())
                        .with("toSize", large.size())
                        .with("heapBytesPerConnection", heap)
                        .with("heapBytesBeyondDriver", label.equals(BARE) ? Double.NaN : beyond)
                        .with("directBytesPerConnection", direct)
                        .with("descriptorsPerConnection", descriptors)
                        .with("heapBytesBesides", small.heap() - small.size() * heap)
                        .with("descriptorsBesides", small.descriptors() - small.size() * descriptors)
                        .with("threads", threads.size())
                        .with("threadNames", String.join(", ", threads)));
    }

    private static String micros(double nanos) {
        return Numbers.shortly(nanos / THOUSAND);
    }

    private static String kilobytes(double bytes) {
        return Numbers.shortly(bytes / 1024);
    }
}
