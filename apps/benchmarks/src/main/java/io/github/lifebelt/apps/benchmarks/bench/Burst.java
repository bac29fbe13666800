package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.pools.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** As many threads as connections, that get one each at the same moment and hold it. */
final class Burst implements AutoCloseable {

    /** Where connections come from. */
    @FunctionalInterface
    interface Source {
        Connection get() throws SQLException;
    }

    private static final long PATIENCE_SECONDS = 60;

    private final int size;
    private final ExecutorService threads;

    Burst(int size) {
        this.size = size;
        this.threads = Executors.newFixedThreadPool(size);
    }

    /** From the start signal until each connection has answered a query, all of them held. */
    Duration timeToHold(Source source) throws Exception {
        CountDownLatch ready = new CountDownLatch(size);
        CountDownLatch start = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(size);
        List<Future<Boolean>> holders = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            holders.add(threads.submit(() -> {
                ready.countDown();
                start.await();
                try (Connection connection = source.get()) {
                    Work.ask(connection);
                    answered.countDown();
                    return answered.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                } catch (SQLException e) {
                    // Nobody is to wait for this one.
                    answered.countDown();
                    throw e;
                }
            }));
        }
        ready.await();
        long begin = System.nanoTime();
        start.countDown();
        answered.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        for (Future<Boolean> holder : holders) {
            try {
                if (!holder.get()) {
                    throw new IllegalStateException("not all " + size + " connections came");
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("a connection did not come: " + e.getCause(), e.getCause());
            }
        }
        return took;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
