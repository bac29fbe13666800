package io.github.lifebelt.apps.benchmarks.scorecard;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Threads that borrow once each, at the same moment. They are daemons, because a pool may keep one of them for ever, and
 * how long it has by now counts too.
 */
final class Crowd implements AutoCloseable {

    /** What a borrower does with its connection. */
    @FunctionalInterface
    interface Use {
        void of(Connection connection) throws SQLException, InterruptedException;
    }

    /** How a borrow stands. */
    enum Fate {
        /** It has not ended. */
        BLOCKED,
        /** It has thrown. */
        FAILED,
        /** It has given a connection that could be used. */
        SERVED,
        /** It has given a connection that could not be used. */
        DECEIVED
    }

    private static final long PATIENCE_SECONDS = 10;

    private final List<Borrower> borrowers = new ArrayList<>();
    private final CountDownLatch ready;
    private final CountDownLatch start = new CountDownLatch(1);
    private final CountDownLatch borrowed;
    private final DataSource pool;
    private final Use use;

    private Crowd(DataSource pool, int threads, Use use) {
        this.pool = pool;
        this.use = use;
        this.ready = new CountDownLatch(threads);
        this.borrowed = new CountDownLatch(threads);
    }

    /** Lets them borrow now. */
    static Crowd start(DataSource pool, int threads, Use use) throws InterruptedException {
        Crowd crowd = new Crowd(pool, threads, use);
        for (int i = 0; i < threads; i++) {
            Borrower borrower = crowd.new Borrower();
            crowd.borrowers.add(borrower);
            borrower.start();
        }
        crowd.ready.await();
        crowd.start.countDown();
        return crowd;
    }

    /** Waits until all borrows have ended, in whatever way. */
    boolean awaitBorrows(Duration patience) throws InterruptedException {
        return borrowed.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** How long each borrow took, or has taken by now. */
    long[] nanos() {
        return borrowers.stream().mapToLong(Borrower::nanos).toArray();
    }

    /** How many borrows stand so. */
    int count(Fate fate) {
        return (int)
                borrowers.stream().filter(borrower -> borrower.fate == fate).count();
    }

    /** Waits for those that will end; the others are left to themselves. */
    @Override
    public void close() throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        for (Borrower borrower : borrowers) {
            borrower.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
        }
        borrowers.forEach(Thread::interrupt);
    }

    private final class Borrower extends Thread {
        private volatile Fate fate = Fate.BLOCKED;
        private volatile long begin = System.nanoTime();
        private volatile long took;

        Borrower() {
            super("scorecard-borrower");
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                ready.countDown();
                start.await();
                begin = System.nanoTime();
                borrow();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void borrow() throws InterruptedException {
            try (Connection connection = pool.getConnection()) {
                ended(Fate.SERVED);
                use.of(connection);
            } catch (SQLException | RuntimeException e) {
                if (fate == Fate.BLOCKED) {
                    ended(Fate.FAILED);
                } else {
                    fate = Fate.DECEIVED;
                }
            }
        }

        private void ended(Fate how) {
            took = System.nanoTime() - begin;
            fate = how;
            borrowed.countDown();
        }

        /** Takes no lock, so it may be a little old. */
        long nanos() {
            return fate == Fate.BLOCKED ? System.nanoTime() - begin : took;
        }
    }
}
