package io.github.lifebelt.apps.benchmarks.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Measures contenders side by side in one process: in each round each of them runs once for a short time, in an order
 * that is shuffled anew. What a shared machine does to a round it does to all of them, so the ratios of a round say more
 * than figures taken minutes apart, as by JMH, which gives each its own process.
 */
final class PairedRounds implements AutoCloseable {

    /** A piece of what is measured. */
    @FunctionalInterface
    interface Step {
        /** Does it, and says how many operations that were. */
        int run() throws Exception;
    }

    /**
     * Who takes part.
     *
     * @param name for tables
     * @param step called over and over, from all threads
     */
    record Contender(String name, Step step) {}

    // Always the same, so that a run can be repeated.
    private static final long SEED = 1;

    private final int threads;
    private final Effort effort;
    private final ExecutorService crew;

    PairedRounds(int threads, Effort effort) {
        this.threads = threads;
        this.effort = effort;
        this.crew = Executors.newFixedThreadPool(threads);
    }

    /** Operations a second, round by round, by name. */
    Map<String, double[]> run(List<Contender> contenders) throws Exception {
        for (Contender contender : contenders) {
            operationsPerSecond(contender, effort.warmUp());
        }
        Map<String, double[]> results = new HashMap<>();
        contenders.forEach(contender -> results.put(contender.name(), new double[effort.rounds()]));
        Random random = new Random(SEED);
        List<Contender> order = new ArrayList<>(contenders);
        for (int round = 0; round < effort.rounds(); round++) {
            Collections.shuffle(order, random);
            for (Contender contender : order) {
                results.get(contender.name())[round] = operationsPerSecond(contender, effort.round());
            }
        }
        return results;
    }

    private double operationsPerSecond(Contender contender, Duration time) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CyclicBarrier start = new CyclicBarrier(threads + 1);
        List<Future<Double>> shares = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            shares.add(crew.submit(() -> share(contender.step(), start, over)));
        }
        try {
            start.await();
            Thread.sleep(time.toMillis());
        } finally {
            over.set(true);
        }
        double sum = 0;
        for (Future<Double> share : shares) {
            try {
                sum += share.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(contender.name() + " failed: " + e.getCause(), e.getCause());
            }
        }
        return sum;
    }

    /** Each thread by its own clock, so that neither the last operation nor a late start is cut off. */
    private static double share(Step step, CyclicBarrier start, AtomicBoolean over) throws Exception {
        start.await();
        long begin = System.nanoTime();
        long operations = 0;
        do {
            operations += step.run();
        } while (!over.get());
        return operations * 1e9 / (System.nanoTime() - begin);
    }

    /** Operations a second as nanoseconds for one. */
    static double[] asNanos(double[] operationsPerSecond) {
        return Arrays.stream(operationsPerSecond).map(ops -> 1e9 / ops).toArray();
    }

    @Override
    public void close() {
        crew.shutdownNow();
    }
}
