package io.github.lifebelt.internal.pool;

import io.github.lifebelt.internal.config.Durations;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a pool off the network for a time, so that the process can be frozen, and puts it back. Permits are withheld, so
 * borrowers wait where they wait for a busy pool; slots stay, so HikariCP notices nothing.
 */
final class Suspension {

    /** The parts that have connections of their own, or ask others for what a connection needs. */
    interface Parts {
        /** Throws once the pool is closed. */
        void checkOpen() throws SQLException;

        /** Whether a unit looks for its COMMIT. */
        boolean isAnyInDoubt();

        /** Nobody looks for a lost database from now on, and the supplier of credentials is not asked. */
        void pause();

        /** Ends those that nobody is using: offered, kept for health. */
        void dropSpare();

        /** Whether neither the thread that looks for a lost database nor the supplier of credentials is at it. */
        boolean isIdle();

        /** Has the supplier of credentials end what it is at. */
        void interrupt();

        /** Ends what {@link #pause} has begun. Nobody is lent anything yet. */
        void goOn();

        /** Lends again. */
        void resumed();

        /** What keeps permits, in short. */
        String inUse();
    }

    private static final Logger LOG = LoggerFactory.getLogger(Suspension.class);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    // What was aborted is over as soon as its thread has noticed.
    private static final long ABORTED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String pool;
    private final SlotRack rack;
    private final OpenConnections own;
    private final UnderWay<Object> migrations;
    private final Parts parts;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicInteger resumes = new AtomicInteger();
    private boolean suspended;

    Suspension(String pool, SlotRack rack, OpenConnections own, UnderWay<Object> migrations, Parts parts) {
        this.pool = pool;
        this.rack = rack;
        this.own = own;
        this.migrations = migrations;
        this.parts = parts;
    }

    /**
     * Waits for borrowers, migrations and units that look for their COMMIT, and ends everything else. A second call waits for
     * the first one, and then does nothing.
     *
     * @throws SQLException if they did not end in time, or resume() was called meanwhile; the pool goes on as before
     */
    void suspend(Duration limit) throws SQLException {
        Call call = new Call(limit);
        // Not in the lock's queue, where there would be no limit; and behind those who are, who resume.
        if (!call.await(() -> !lock.hasQueuedThreads() && lock.tryLock())) {
            throw new SQLTimeoutException(
                    "[SUSPEND_TIMEOUT] " + pool + ": another call of suspend() has not ended within "
                            + Durations.text(limit) + ", and goes on. One is enough; allow it more time than that one");
        }
        try {
            if (!suspended) {
                suspend(call);
            }
        } finally {
            lock.unlock();
        }
    }

    private void suspend(Call call) throws SQLException {
        suspended = true;
        try {
            waitForWork(call);
            endTheRest(call);
            LOG.info("{}: suspended; no connection is open, and none is made before resume()", pool);
        } catch (SQLException | RuntimeException | Error e) {
            goOn();
            throw e;
        }
    }

    private void waitForWork(Call call) throws SQLException {
        rack.withhold();
        if (!call.await(() -> rack.queue().inUse() <= 0)) {
            throw call.refused(parts.inUse());
        }
        migrations.suspend();
        if (!call.await(migrations::isEmpty)) {
            throw call.refused("a migration is under way");
        }
        // They began before their permits came back.
        if (!call.await(() -> !parts.isAnyInDoubt())) {
            throw call.refused("a unit looks for the outcome of its COMMIT");
        }
    }

    private void endTheRest(Call call) throws SQLException {
        parts.pause();
        own.suspend();
        boolean ended = call.await(() -> {
            // Each time: what was being made a moment ago is kept for later as soon as it is made.
            parts.dropSpare();
            return rack.vacate() && own.isEmpty() && parts.isIdle();
        });
        if (!ended) {
            own.abortAll();
            parts.interrupt();
            if (!call.await(System.nanoTime() + ABORTED_NANOS, () -> own.isEmpty() && parts.isIdle())) {
                throw call.refused(
                        own.isEmpty()
                                ? "the supplier of credentials, which does not end"
                                : "connections that do not end");
            }
        }
    }

    /** Lends again, and ends a suspend() that still waits. Does nothing where nothing is suspended. */
    void resume() {
        resumes.incrementAndGet();
        lock.lock();
        try {
            if (suspended) {
                goOn();
                LOG.info("{}: resumed", pool);
            }
        } finally {
            lock.unlock();
        }
    }

    private void goOn() {
        suspended = false;
        own.resume();
        migrations.resume();
        // Before anybody is lent anything: who connects first is to do so with credentials of this day.
        parts.goOn();
        rack.handBack();
        parts.resumed();
    }

    /** One call of suspend(), which has its time from its beginning on. */
    private final class Call {
        private final Duration limit;
        private final long untilNanos;
        private final int resumesBefore = resumes.get();

        Call(Duration limit) {
            this.limit = limit;
            untilNanos = System.nanoTime() + limit.toNanos();
        }

        SQLException refused(String what) {
            return new SQLTimeoutException(
                    "[SUSPEND_TIMEOUT] " + pool + " was not suspended within " + Durations.text(limit)
                            + " and goes on as before: " + what
                            + ". Stop what works on the database first, or allow more time");
        }

        boolean await(BooleanSupplier condition) throws SQLException {
            return await(untilNanos, condition);
        }

        /** An interrupt does not end it, and is not lost: a checkpoint is no place to stop half-way. */
        boolean await(long until, BooleanSupplier condition) throws SQLException {
            boolean interrupted = false;
            try {
                for (; ; ) {
                    // After permits were withheld: close() hands them back, and would wait for those that are withheld
                    // later.
                    parts.checkOpen();
                    if (resumes.get() != resumesBefore) {
                        throw new SQLException("[SUSPEND_ENDED] " + pool
                                + " was not suspended and goes on as before: resume() was called meanwhile");
                    }
                    if (condition.getAsBoolean()) {
                        return true;
                    }
                    if (System.nanoTime() - until >= 0) {
                        return false;
                    }
                    interrupted |= Thread.interrupted();
                    LockSupport.parkNanos(this, LOOK_NANOS);
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
