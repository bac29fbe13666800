package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import io.github.lifebelt.apps.benchmarks.report.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;

/** Many more threads than connections: how much gets done, and how evenly. */
final class ContentionScenario {

    private static final List<Crew> CREWS = List.of(Crew.of(1), Crew.of(8), Crew.of(64), Crew.ofVirtual(1_000));
    private static final List<Crew> CROWDED = CREWS.subList(2, CREWS.size());
    private static final int SEED = 1;
    // As long as several of each thread's turns in a queue of a thousand.
    private static final int LONGER = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final double MILLI = 1e6;
    private static final double THOUSAND = 1_000;

    /** What a pool has come to in all rounds; broken once something has kept it from going on. */
    private static final class Tally {
        private final double[] speeds;
        private final Samples waits = new Samples();
        private int failures;
        private final double[] idle;
        private String broken = "";

        Tally(int rounds) {
            speeds = new double[rounds];
            idle = new double[rounds];
        }
    }

    private final Bench bench;
    private final Table table = new Table(
            "contention: borrow + SELECT 1 + return, pool of " + OpenPool.USUAL_SIZE
                    + ", plain loopback (thousand a second; waits of one borrow in ms)",
            "threads",
            "pool",
            "median [range]",
            "lifebelt is x times",
            "95 % above",
            "p50",
            "p99",
            "max",
            "threads never served in a round",
            "failed");

    private ContentionScenario(Bench bench) {
        this.bench = bench;
    }

    static void run(Bench bench) throws Exception {
        ContentionScenario scenario = new ContentionScenario(bench);
        for (Crew crew : bench.effort().whole() ? CREWS : CROWDED) {
            scenario.with(crew);
        }
        bench.report().show(scenario.table);
        JmhRuns.crews(bench, "contention", CROWDED);
    }

    private void with(Crew crew) throws Exception {
        if (crew.muster().isEmpty()) {
            table.add(crew.describe(), "all", Crew.NEEDS);
            return;
        }
        bench.report().progress("contention, " + crew.describe());
        Endpoint endpoint = bench.servers().endpoint(Wire.loopback(false));
        Map<Peer, OpenPool> pools = new EnumMap<>(Peer.class);
        try {
            for (Peer peer : bench.peers()) {
                pools.put(
                        peer,
                        peer.open(endpoint, PoolSetup.of(OpenPool.USUAL_SIZE, PATIENCE))
                                .filled(OpenPool.USUAL_SIZE));
            }
            report(crew, rounds(crew, pools));
        } finally {
            for (OpenPool pool : pools.values()) {
                pool.close();
            }
        }
    }

    private Map<Peer, Tally> rounds(Crew crew, Map<Peer, OpenPool> pools) throws InterruptedException {
        Effort effort = bench.effort();
        Map<Peer, Tally> tallies = new EnumMap<>(Peer.class);
        pools.keySet().forEach(peer -> tallies.put(peer, new Tally(effort.rounds())));
        for (Map.Entry<Peer, Tally> entry : tallies.entrySet()) {
            play(pools.get(entry.getKey()), crew, effort.warmUp(), entry.getValue());
        }
        Random random = new Random(SEED);
        List<Peer> order = new ArrayList<>(pools.keySet());
        for (int round = 0; round < effort.rounds(); round++) {
            Collections.shuffle(order, random);
            for (Peer peer : order) {
                Tally tally = tallies.get(peer);
                Optional<ContentionRound.Result> result =
                        play(pools.get(peer), crew, effort.round().multipliedBy(LONGER), tally);
                if (result.isPresent()) {
                    tally.speeds[round] = result.get().opsPerSecond();
                    tally.waits.addAll(result.get().waits());
                    tally.failures += result.get().failures();
                    tally.idle[round] = result.get().idle();
                }
            }
        }
        return tallies;
    }

    /** A pool that breaks is out, and that is its result. */
    private static Optional<ContentionRound.Result> play(OpenPool pool, Crew crew, Duration time, Tally tally)
            throws InterruptedException {
        if (!tally.broken.isEmpty()) {
            return Optional.empty();
        }
        // New ones each time: some of the last turn's may hang.
        ExecutorService threads = crew.muster().orElseThrow();
        try {
            return Optional.of(
                    ContentionRound.play(pool.dataSource(), crew.threads(), threads, time, PATIENCE.multipliedBy(2)));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            tally.broken = String.valueOf(e.getMessage());
            return Optional.empty();
        } finally {
            threads.shutdownNow();
        }
    }

    private void report(Crew crew, Map<Peer, Tally> tallies) {
        Tally ours = tallies.get(Peer.LIFEBELT);
        tallies.forEach((peer, tally) -> {
            Row row = new Row("contention", peer.label())
                    .with("threads", crew.threads())
                    .with("virtual", crew.virtual());
            if (!tally.broken.isEmpty()) {
                table.add(crew.describe(), peer.label(), "broke: " + tally.broken);
                bench.report().row(row.with("broke", tally.broken));
                return;
            }
            Spread speed = Spread.of(tally.speeds);
            boolean compared = peer != Peer.LIFEBELT && ours.broken.isEmpty();
            Spread ratio = Spread.ofRatios(ours.speeds, tally.speeds);
            table.add(
                    crew.describe(),
                    peer.label(),
                    speed.dividedBy(THOUSAND).toString(),
                    compared ? ratio.toString() : "",
                    compared ? Numbers.shortly(ratio.low()) : "",
                    millis(tally.waits.percentile(50)),
                    millis(tally.waits.percentile(99)),
                    millis(tally.waits.max()),
                    Spread.of(tally.idle).toString(),
                    Integer.toString(tally.failures));
            row = row.with("opsPerSecond", speed.median())
                    .with("opsPerSecondMin", speed.min())
                    .with("opsPerSecondMax", speed.max())
                    .with("waitMillisP50", tally.waits.percentile(50) / MILLI)
                    .with("waitMillisP99", tally.waits.percentile(99) / MILLI)
                    .with("waitMillisMax", tally.waits.max() / MILLI)
                    .with("neverServed", Spread.of(tally.idle).median())
                    .with("neverServedMax", Spread.of(tally.idle).max())
                    .with("failed", tally.failures);
            if (compared) {
                row = row.with("lifebeltTimes", ratio.median())
                        .with("lifebeltTimesMin", ratio.min())
                        .with("lifebeltTimesMax", ratio.max())
                        .with("lifebeltTimesLow", ratio.low());
            }
            bench.report().row(row);
        });
    }

    private static String millis(double nanos) {
        return Numbers.shortly(nanos / MILLI);
    }
}
