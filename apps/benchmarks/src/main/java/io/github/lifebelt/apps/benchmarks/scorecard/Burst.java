package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * As many threads as connections, that get one each at the same moment and hold it. Who gets an error, or a connection
 * that does not work, tries again at once.
 */
final class Burst implements AutoCloseable {

    /** Where connections come from. */
    @FunctionalInterface
    interface Source {
        Connection get() throws SQLException;
    }

    /**
     * What it took.
     *
     * @param millis from the start signal until each connection has answered a query, all of them held
     * @param errors that were met on the way
     */
    record Held(double millis, int errors) {}

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final int size;
    private final ExecutorService threads;

    Burst(int size) {
        this.size = size;
        this.threads = Executors.newFixedThreadPool(size);
    }

    /** Gets and holds all, and gives them back. */
    Held hold(Source source) throws Exception {
        CountDownLatch ready = new CountDownLatch(size);
        CountDownLatch start = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(size);
        List<Future<Integer>> holders = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            holders.add(threads.submit(() -> {
                ready.countDown();
                start.await();
                return errorsUntilHeld(source, answered, System.nanoTime() + PATIENCE_NANOS);
            }));
        }
        ready.await();
        long begin = System.nanoTime();
        start.countDown();
        answered.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        double millis = (System.nanoTime() - begin) / 1e6;
        int errors = 0;
        for (Future<Integer> holder : holders) {
            try {
                errors += holder.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("not all connections came: " + e.getCause(), e.getCause());
            }
        }
        return new Held(millis, errors);
    }

    private static int errorsUntilHeld(Source source, CountDownLatch answered, long until)
            throws SQLException, InterruptedException {
        int errors = 0;
        while (true) {
            try (Connection connection = source.get()) {
                Work.ask(connection);
                answered.countDown();
                answered.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
                return errors;
            } catch (SQLException e) {
                if (System.nanoTime() > until) {
                    throw e;
                }
                errors++;
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
