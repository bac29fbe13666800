package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import io.github.lifebelt.apps.benchmarks.report.Table;
import io.github.lifebelt.apps.benchmarks.report.Verdict;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * How soon n connections are live after all n have died: all sessions are killed, and then n threads borrow at once, ask,
 * and hold. The yardstick is n threads that connect by the driver alone. It keeps the comparison that made Lifebelt
 * replace connections inside of slots, by the borrowers, where others evict and refill in the background.
 */
final class RefillBenchmark {

    private static final String BARE = "none";
    private static final int FEW = 5;
    private static final int MANY = 50;
    private static final double MOST_TIMES = 1.3;
    private static final double AND_MILLIS = 5;
    private static final List<Peer> PEERS = List.of(Peer.LIFEBELT, Peer.HIKARI_VALIDATED, Peer.DBCP2);
    private static final long SEED = 1;
    private static final long UNTIL_DEAD_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    // The server is still clearing up after the last session when it has gone from the list.
    private static final long SETTLE_MILLIS = 100;

    private final Bench bench;
    private final Table table = new Table(
            "refill: n dead connections to n live ones (ms)", "n and wire", "pool", "median [range]", "times bare");

    private RefillBenchmark(Bench bench) {
        this.bench = bench;
    }

    static void run(Bench bench) throws Exception {
        RefillBenchmark refill = new RefillBenchmark(bench);
        for (int n : List.of(FEW, MANY)) {
            for (boolean tls : n == FEW ? Bench.PLAIN_AND_TLS : bench.wires()) {
                bench.report().progress("refill, " + n + ", " + (tls ? "TLS" : "plain"));
                refill.compare(n, tls);
            }
        }
        bench.report().show(refill.table);
    }

    private void compare(int n, boolean tls) throws Exception {
        Endpoint endpoint = bench.servers().endpoint(Wire.loopback(tls));
        Map<String, Burst.Source> sources = new LinkedHashMap<>();
        List<OpenPool> pools = new ArrayList<>();
        try (Burst burst = new Burst(n)) {
            sources.put(BARE, endpoint::connect);
            for (Peer peer : PEERS) {
                OpenPool pool = peer.open(endpoint, n);
                pools.add(pool);
                sources.put(peer.label(), pool.dataSource()::getConnection);
            }
            report(n, tls, rounds(n, tls, sources, burst));
        } finally {
            for (OpenPool pool : pools) {
                pool.close();
            }
        }
    }

    /** Milliseconds by name. */
    private Map<String, double[]> rounds(int n, boolean tls, Map<String, Burst.Source> sources, Burst burst)
            throws Exception {
        int rounds = n == FEW ? bench.effort().refills() : bench.effort().refillsOfMany();
        Map<String, double[]> millis = new LinkedHashMap<>();
        for (Map.Entry<String, Burst.Source> source : sources.entrySet()) {
            millis.put(source.getKey(), new double[rounds]);
            // Twice over nothing that counts, for the compiler's sake.
            refill(tls, source.getValue(), burst);
            refill(tls, source.getValue(), burst);
        }
        Random random = new Random(SEED);
        List<String> order = new ArrayList<>(sources.keySet());
        for (int round = 0; round < rounds; round++) {
            Collections.shuffle(order, random);
            for (String name : order) {
                millis.get(name)[round] = refill(tls, sources.get(name), burst);
            }
        }
        return millis;
    }

    /** From all live by way of all dead to all live again; only the last step is timed. */
    private double refill(boolean tls, Burst.Source source, Burst burst) throws Exception {
        burst.timeToHold(source);
        killAll(tls);
        return burst.timeToHold(source).toNanos() / 1e6;
    }

    /** More than once if need be: a pool that fills itself in the background connects while the others die. */
    private void killAll(boolean tls) throws SQLException, InterruptedException {
        long until = System.nanoTime() + UNTIL_DEAD_NANOS;
        do {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("killed sessions are still there");
            }
            bench.servers().database(tls).faults().killSessions();
        } while (!allGoneSoon(bench.servers().endpoint(Wire.loopback(tls))));
        Thread.sleep(SETTLE_MILLIS);
    }

    private static boolean allGoneSoon(Endpoint endpoint) throws SQLException, InterruptedException {
        long until = System.nanoTime() + SOON_NANOS;
        try (Connection watcher = endpoint.connect();
                Statement statement = watcher.createStatement()) {
            while (others(statement) > 0) {
                if (System.nanoTime() > until) {
                    return false;
                }
                Thread.sleep(1);
            }
            return true;
        }
    }

    private static int others(Statement statement) throws SQLException {
        try (ResultSet rows =
                statement.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
                        + " AND usename = current_user AND pid <> pg_backend_pid()")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private void report(int n, boolean tls, Map<String, double[]> millis) {
        double[] bare = millis.get(BARE);
        double limit = MOST_TIMES * Spread.of(bare).median() + AND_MILLIS;
        String where = n + ", " + (tls ? "TLS" : "plain");
        millis.forEach((pool, times) -> {
            Spread spread = Spread.of(times);
            Spread ratio = Spread.ofRatios(times, bare);
            table.add(where, pool.equals(BARE) ? "bare connects" : pool, spread.toString(), ratio.toString());
            Row row = new Row("refill", pool)
                    .with("connections", n)
                    .with("tls", tls)
                    .with("millis", spread.median())
                    .with("millisMin", spread.min())
                    .with("millisMax", spread.max())
                    .with("timesBare", ratio.median());
            if (pool.equals(Peer.LIFEBELT.label())) {
                boolean kept = spread.median() <= limit;
                row = row.with("promisedAtMostMillis", limit).with("kept", kept);
                bench.report()
                        .verdict(new Verdict(
                                "n dead to n live <= 1.3 times n bare connects in parallel + 5 ms",
                                where,
                                Numbers.shortly(spread.median()) + " ms (limit " + Numbers.shortly(limit) + ")",
                                kept));
            }
            bench.report().row(row);
        });
    }
}
