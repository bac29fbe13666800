package io.github.lifebelt.internal.pool;

import io.github.lifebelt.internal.config.Durations;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
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

    /** The parts that have connections of their own. */
    interface Parts {
        /** Throws once the pool is closed. */
        void checkOpen() throws SQLException;

        /** Nobody looks for a lost database from now on. */
        void pause();

        /** Ends those that nobody is using: offered, kept for health. */
        void dropSpare();

        /** Whether the thread that looks for a lost database is at it. */
        boolean isProbing();

        /** Goes on with what was left. */
        void resumed();

        /** Who keeps connections, in short. */
        String holders();
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
    private boolean suspended;

    Suspension(String pool, SlotRack rack, OpenConnections own, UnderWay<Object> migrations, Parts parts) {
        this.pool = pool;
        this.rack = rack;
        this.own = own;
        this.migrations = migrations;
        this.parts = parts;
    }

    /**
     * Waits for borrowers and migrations, and ends everything else. A second call does nothing.
     *
     * @throws SQLException if they did not end in time; the pool goes on as before
     */
    void suspend(Duration limit) throws SQLException {
        lock.lock();
        try {
            if (suspended) {
                return;
            }
            long until = System.nanoTime() + limit.toNanos();
            suspended = true;
            rack.withhold();
            if (!await(until, () -> rack.queue().inUse() <= 0)) {
                throw refused(limit, "connections in use: " + parts.holders());
            }
            migrations.suspend();
            if (!await(until, migrations::isEmpty)) {
                throw refused(limit, "a migration is under way");
            }
            parts.pause();
            own.suspend();
            boolean ended = await(until, () -> {
                // Each time: what was being made a moment ago is kept for later as soon as it is made.
                parts.dropSpare();
                return rack.vacate() && own.isEmpty() && !parts.isProbing();
            });
            if (!ended) {
                own.abortAll();
                if (!await(System.nanoTime() + ABORTED_NANOS, () -> own.isEmpty() && !parts.isProbing())) {
                    throw refused(limit, "connections that do not end");
                }
            }
            LOG.info("{}: suspended; no connection is open, and none is made before resume()", pool);
        } catch (SQLException | RuntimeException | Error e) {
            goOn();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private SQLException refused(Duration limit, String what) {
        return new SQLTimeoutException(
                "[SUSPEND_TIMEOUT] " + pool + " was not suspended within " + Durations.text(limit)
                        + " and goes on as before: " + what
                        + ". Stop what works on the database first, or allow more time");
    }

    /** Lends again. Does nothing where nothing is suspended. */
    void resume() {
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
        rack.handBack();
        parts.resumed();
    }

    /** An interrupt does not end it, and is not lost: a checkpoint is no place to stop half-way. */
    private boolean await(long untilNanos, BooleanSupplier condition) throws SQLException {
        boolean interrupted = false;
        try {
            for (; ; ) {
                // After permits were withheld: close() hands them back, and would wait for those that are withheld
                // later.
                parts.checkOpen();
                if (condition.getAsBoolean()) {
                    return true;
                }
                if (System.nanoTime() - untilNanos >= 0) {
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
