package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Growing queues: all connections are held, so many threads wait for one, and then a single connection goes through all of
 * them. From each return to the next borrower's wake-up is one sample; what they occupy while they wait is counted too.
 */
final class ScaleWaiters {

    // As far as the threads of an older JVM bear it; each has a stack outside of the heap.
    private static final int MOST_PLATFORM_THREADS = 1_000;
    private static final List<Integer> WAITERS = List.of(10, 1_000, 10_000);
    private static final String BARE = "none";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration QUICK_PATIENCE = Duration.ofSeconds(10);
    private static final Duration SETTLING = Duration.ofMillis(300);
    private static final double THOUSAND = 1_000;

    /** How long the connection was on its way, and what the queue occupied. */
    private record Result(Samples wakes, double seconds, double heap) {}

    private final Bench bench;
    private final Endpoint endpoint;
    private final Table table = new Table(
            "scale: one connection handed through a queue, pool of " + OpenPool.USUAL_SIZE
                    + " (from a return to the next one's wake-up in us)",
            "waiters",
            "pool",
            "p50",
            "p99",
            "max",
            "waiters served a second (thousand)",
            "heap a waiter, its thread included (bytes)");

    /** Written by who returns, before it does. */
    private volatile long returnedAt;

    private ScaleWaiters(Bench bench) {
        this.bench = bench;
        this.endpoint = bench.servers().endpoint(Wire.loopback(false));
    }

    static void run(Bench bench) throws Exception {
        ScaleWaiters waiters = new ScaleWaiters(bench);
        boolean virtual = Crew.ofVirtual(1).muster().isPresent();
        for (int count : bench.effort().whole() ? WAITERS : WAITERS.subList(0, 2)) {
            Crew crew = new Crew(count, virtual);
            if (!virtual && count > MOST_PLATFORM_THREADS) {
                waiters.table.add(crew.describe(), "all", Crew.NEEDS);
                continue;
            }
            waiters.with(crew);
        }
        bench.report().show(waiters.table);
    }

    private void with(Crew crew) throws Exception {
        bench.report().progress("scale, " + crew.describe() + " waiting");
        double bare = heapOfIdle(crew);
        table.add(crew.describe(), BARE, "", "", "", "", Numbers.shortly(bare));
        bench.report().row(row(BARE, crew).with("heapBytesPerWaiter", bare));
        for (Peer peer : bench.fewPeers()) {
            try (OpenPool pool = peer.open(endpoint, PoolSetup.of(OpenPool.USUAL_SIZE, patience()))
                    .filled(OpenPool.USUAL_SIZE)) {
                // Once for the classes and the compiler.
                through(pool, crew);
                report(peer, crew, through(pool, crew));
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                String why =
                        e instanceof TimeoutException ? "waiters did not come back" : String.valueOf(e.getMessage());
                table.add(crew.describe(), peer.label(), "broke: " + why);
                bench.report().row(row(peer.label(), crew).with("broke", why));
            }
        }
    }

    private Duration patience() {
        return bench.effort().whole() ? PATIENCE : QUICK_PATIENCE;
    }

    /** As many threads that wait for nothing but a latch. */
    private static double heapOfIdle(Crew crew) throws Exception {
        ExecutorService threads = crew.muster().orElseThrow();
        try {
            long before = Footprint.now().heap();
            CountDownLatch never = new CountDownLatch(1);
            List<Future<?>> waiting = new ArrayList<>();
            for (int i = 0; i < crew.threads(); i++) {
                waiting.add(threads.submit(() -> {
                    never.await();
                    return null;
                }));
            }
            Thread.sleep(SETTLING.toMillis());
            double heap = (double) (Footprint.now().heap() - before) / crew.threads();
            never.countDown();
            for (Future<?> each : waiting) {
                each.get();
            }
            return heap;
        } finally {
            threads.shutdownNow();
        }
    }

    private Result through(OpenPool pool, Crew crew) throws Exception {
        ExecutorService threads = crew.muster().orElseThrow();
        Deque<Connection> held = new ArrayDeque<>();
        try {
            for (int i = 0; i < OpenPool.USUAL_SIZE; i++) {
                held.add(pool.dataSource().getConnection());
            }
            long before = Footprint.now().heap();
            CountDownLatch begun = new CountDownLatch(crew.threads());
            List<Future<Long>> wakes = new ArrayList<>();
            for (int i = 0; i < crew.threads(); i++) {
                wakes.add(threads.submit(() -> once(pool, begun)));
            }
            begun.await();
            Thread.sleep(SETTLING.toMillis());
            double heap = (double) (Footprint.now().heap() - before) / crew.threads();
            Samples samples = new Samples();
            long begin = System.nanoTime();
            returnedAt = begin;
            held.remove().close();
            long until = begin + patience().toNanos();
            for (Future<Long> wake : wakes) {
                samples.add(wake.get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS));
            }
            return new Result(samples, (System.nanoTime() - begin) / 1e9, heap);
        } finally {
            threads.shutdownNow();
            for (Connection connection : held) {
                connection.close();
            }
        }
    }

    private long once(OpenPool pool, CountDownLatch begun) throws Exception {
        begun.countDown();
        try (Connection connection = pool.dataSource().getConnection()) {
            long woken = System.nanoTime() - returnedAt;
            if (connection.isClosed()) {
                throw new SQLException("a connection that is closed was lent");
            }
            returnedAt = System.nanoTime();
            return woken;
        }
    }

    private void report(Peer peer, Crew crew, Result result) {
        Samples wakes = result.wakes();
        double perSecond = crew.threads() / result.seconds();
        table.add(
                crew.describe(),
                peer.label(),
                micros(wakes.percentile(50)),
                micros(wakes.percentile(99)),
                micros(wakes.max()),
                Numbers.shortly(perSecond / THOUSAND),
                Numbers.shortly(result.heap()));
        bench.report()
                .row(row(peer.label(), crew)
                        .with("wakeNanosP50", wakes.percentile(50))
                        .with("wakeNanosP99", wakes.percentile(99))
                        .with("wakeNanosMax", wakes.max())
                        .with("waitersPerSecond", perSecond)
                        .with("heapBytesPerWaiter", result.heap()));
    }

    private static Row row(String pool, Crew crew) {
        return new Row("scale", pool)
                .with("what", "waiters")
                .with("waiters", crew.threads())
                .with("virtual", crew.virtual());
    }

    private static String micros(double nanos) {
        return Numbers.shortly(nanos / THOUSAND);
    }
}
