package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.system.Waiting;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** Threads that borrow all the time, with a watch on how long each borrow takes, those that do not end too. */
final class Borrowers implements AutoCloseable {
    // Often enough to meet every state of a pool, and not so often that they are the load.
    private static final long PAUSE_NANOS = 1_000_000;
    // A statement on a frozen server ends with the driver's time-out or with the fault; neither is judged here.
    private static final Duration STATEMENT = Duration.ofSeconds(30);

    private final DataSource pool;
    private final List<Borrower> borrowers = new ArrayList<>();
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile boolean stopped;
    private volatile boolean cancelled;
    private volatile long stoppedNanos;

    private Borrowers(DataSource pool) {
        this.pool = pool;
    }

    static Borrowers start(DataSource pool, int threads) {
        Borrowers made = new Borrowers(pool);
        for (int i = 1; i <= threads; i++) {
            made.borrowers.add(made.new Borrower(i));
        }
        made.borrowers.forEach(Thread::start);
        return made;
    }

    /**
     * Lets the borrows under way end, and each borrower make one more, which is the first that meets what has just
     * happened; then judges all of them.
     */
    Borrows finish(Duration limit, Stalls stalls) {
        stoppedNanos = System.nanoTime();
        stopped = true;
        for (Borrower borrower : borrowers) {
            boolean done = Waiting.until(limit.plus(STATEMENT), () -> borrower.isDone(stalls.allowFor(limit)));
            // Who has not ended was late just then; what is allowed can grow by more than the time since.
            if (!done || borrower.isAlive()) {
                throw late(borrower, limit);
            }
        }
        Duration longest = Duration.ZERO;
        for (Borrower borrower : borrowers) {
            if (borrower.longest().compareTo(stalls.allowFor(limit)) > 0) {
                throw late(borrower, limit);
            }
            longest = borrower.longest().compareTo(longest) > 0 ? borrower.longest() : longest;
        }
        return new Borrows(succeeded.sum(), failed.sum(), longest);
    }

    @Override
    public void close() {
        cancelled = true;
        borrowers.forEach(Thread::interrupt);
    }

    private static AssertionError late(Borrower borrower, Duration limit) {
        boolean still = borrower.isBorrowing();
        AssertionError error = new AssertionError("Expected no borrow to take longer than "
                + PoolAssertions.millis(limit)
                + ", but one " + (still ? "is under way for " : "took ") + PoolAssertions.millis(borrower.longest())
                + (still ? "; its thread's stack follows" : ""));
        if (still) {
            error.setStackTrace(borrower.getStackTrace());
        }
        return error;
    }

    private final class Borrower extends Thread {
        private final AtomicLong longestNanos = new AtomicLong();
        private volatile long since;
        private volatile boolean borrowing;

        Borrower(int number) {
            super("lifebelt-testing-borrower-" + number);
            setDaemon(true);
        }

        @Override
        public void run() {
            while (!cancelled) {
                borrowOnce();
                if (stopped && since - stoppedNanos >= 0) {
                    return;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        boolean isBorrowing() {
            return borrowing;
        }

        /** With the one under way, if there is one. */
        Duration longest() {
            long nanos = longestNanos.get();
            return Duration.ofNanos(borrowing ? Math.max(nanos, System.nanoTime() - since) : nanos);
        }

        /** Whether nothing more can come of it: it has ended, or what it does now has taken too long already. */
        boolean isDone(Duration limit) {
            return !isAlive() || (borrowing && longest().compareTo(limit) > 0);
        }

        private void borrowOnce() {
            since = System.nanoTime();
            borrowing = true;
            try (Connection connection = pool.getConnection()) {
                ended();
                succeeded.increment();
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SELECT 1");
                }
            } catch (SQLException e) {
                if (borrowing) {
                    ended();
                    failed.increment();
                }
            }
        }

        private void ended() {
            longestNanos.accumulateAndGet(System.nanoTime() - since, Math::max);
            borrowing = false;
        }
    }
}
