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
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;

/** Threads borrow, ask and return, over and over, until the round is over; each notes how long every borrow took. */
final class ContentionRound {

    /**
     * What a round has come to.
     *
     * @param opsPerSecond of all threads
     * @param waits of every borrow that got a connection
     * @param failures borrows and queries that ended with an exception
     * @param idle threads that got no connection while the round lasted
     */
    record Result(double opsPerSecond, Samples waits, int failures, int idle) {}

    /** It did not end. */
    static final class HangingException extends Exception {
        private static final long serialVersionUID = 1L;

        private HangingException(String message) {
            super(message);
        }
    }

    private record Share(Samples waits, int failures, boolean served) {}

    private final DataSource pool;
    private final LongAdder done = new LongAdder();
    private volatile boolean over;

    private ContentionRound(DataSource pool) {
        this.pool = pool;
    }

    /**
     * Plays one.
     *
     * @throws HangingException if threads have not come back some time after its end; they are left behind
     */
    static Result play(DataSource pool, int threads, ExecutorService crew, Duration time, Duration patience)
            throws HangingException, InterruptedException, ExecutionException {
        return new ContentionRound(pool).play(threads, crew, time, patience);
    }

    private Result play(int threads, ExecutorService crew, Duration time, Duration patience)
            throws HangingException, InterruptedException, ExecutionException {
        CountDownLatch ready = new CountDownLatch(threads);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Share>> shares = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            shares.add(crew.submit(() -> share(ready, start)));
        }
        ready.await();
        long begin = System.nanoTime();
        start.countDown();
        Thread.sleep(time.toMillis());
        double opsPerSecond = done.sum() * 1e9 / (System.nanoTime() - begin);
        over = true;
        return together(shares, opsPerSecond, System.nanoTime() + patience.toNanos());
    }

    private static Result together(List<Future<Share>> shares, double opsPerSecond, long until)
            throws HangingException, InterruptedException, ExecutionException {
        Samples waits = new Samples();
        int failures = 0;
        int idle = 0;
        int missing = 0;
        for (Future<Share> future : shares) {
            try {
                Share share = future.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
                waits.addAll(share.waits());
                failures += share.failures();
                idle += share.served() ? 0 : 1;
            } catch (TimeoutException e) {
                missing++;
            }
        }
        if (missing > 0) {
            throw new HangingException(missing + " of " + shares.size() + " threads did not come back");
        }
        return new Result(opsPerSecond, waits, failures, idle);
    }

    private Share share(CountDownLatch ready, CountDownLatch start) throws InterruptedException {
        Samples waits = new Samples();
        int failures = 0;
        boolean served = false;
        ready.countDown();
        start.await();
        do {
            long begin = System.nanoTime();
            try (Connection connection = pool.getConnection()) {
                waits.add(System.nanoTime() - begin);
                served |= !over;
                Work.ask(connection);
            } catch (SQLException e) {
                failures++;
                continue;
            }
            done.increment();
        } while (!over);
        return new Share(waits, failures, served);
    }
}
