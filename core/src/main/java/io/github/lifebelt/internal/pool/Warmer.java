package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.internal.jdbc.PoolThread;
import io.github.lifebelt.internal.jdbc.SetUpException;
import io.github.lifebelt.internal.jdbc.Slot;
import io.github.lifebelt.internal.pool.Outages.Attempt;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects empty slots in the background: after the start up to the least idle, after an outage and a recycle those
 * that had been in use. Without it the next borrower of each pays for a connect, even while live connections are idle:
 * HikariCP prefers a thread's last slot.
 *
 * <p>It takes slots under permits like any borrower, and only free ones: where there are none, borrowers connect for
 * themselves.
 */
final class Warmer {
    private static final Logger LOG = LoggerFactory.getLogger(Warmer.class);
    // A new slot is known to us a moment before HikariCP has it in its bag, hence more than one round.
    private static final int ROUNDS = 50;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final PoolConfig config;
    private final SlotRack rack;
    private final LivenessCheck check;
    private final Outages outages;
    private final BooleanSupplier closing;
    private final AtomicBoolean requested = new AtomicBoolean();
    private final AtomicBoolean running = new AtomicBoolean();

    Warmer(PoolConfig config, SlotRack rack, LivenessCheck check, Outages outages, BooleanSupplier closing) {
        this.config = config;
        this.rack = rack;
        this.check = check;
        this.outages = outages;
        this.closing = closing;
    }

    /** Starts a run. One that is going on looks again when it is through. */
    void trigger() {
        requested.set(true);
        if (mayConnect() && running.compareAndSet(false, true)) {
            new PoolThread(this::run, config.name() + ":warmer").start();
        }
    }

    private boolean mayConnect() {
        return !closing.getAsBoolean() && outages.gate().closure() == null;
    }

    private void run() {
        try {
            while (requested.getAndSet(false)) {
                warmUntilNothingIsLeft();
            }
        } catch (SQLException | RuntimeException e) {
            LOG.warn("{}: connecting in the background has failed; borrowers connect for themselves", config.name(), e);
        } finally {
            running.set(false);
            if (requested.get()) {
                trigger();
            }
        }
    }

    private void warmUntilNothingIsLeft() throws SQLException {
        for (int round = 0; round < ROUNDS && mayConnect(); round++) {
            warmFreeSlots();
            if (rack.connected() >= config.minIdle() && !rack.anyToWarm()) {
                return;
            }
            LockSupport.parkNanos(this, PAUSE_NANOS);
        }
    }

    private void warmFreeSlots() throws SQLException {
        Deque<Connection> sound = new ArrayDeque<>();
        Deque<Connection> empty = new ArrayDeque<>();
        try {
            // All free ones are held for a moment: HikariCP would give us the same one again and again.
            for (Connection taken = rack.takeIfFree(); taken != null; taken = rack.takeIfFree()) {
                (isSound(taken.unwrap(Slot.class)) ? sound : empty).add(taken);
            }
            putBack(sound);
            while (!empty.isEmpty() && mayConnect()) {
                Slot slot = empty.element().unwrap(Slot.class);
                if (isWanted(slot) && !connect(slot)) {
                    return;
                }
                rack.putBackTaken(empty.remove());
            }
        } finally {
            putBack(sound);
            putBack(empty);
        }
    }

    /** Whether there is a live connection in the slot. A dead one is dropped. */
    private boolean isSound(Slot slot) {
        long now = System.nanoTime();
        return check.liveIn(slot, now, now + config.borrowTimeout().toNanos()) != null;
    }

    private boolean isWanted(Slot slot) {
        return rack.wantsWarmth(slot) || rack.connected() < config.minIdle();
    }

    /** False if there is no leave to connect, or if it failed. */
    private boolean connect(Slot slot) {
        try (Attempt attempt = outages.attempt()) {
            if (attempt.isAllowed()) {
                fill(slot, attempt);
            }
            return slot.physical() != null;
        }
    }

    private void fill(Slot slot, Attempt attempt) {
        try {
            slot.connect(System.nanoTime() + config.connectTimeout().toNanos());
            attempt.succeeded();
        } catch (SetUpException e) {
            LOG.warn("{}: a connection made in the background could not be set up: {}", config.name(), e.getMessage());
        } catch (SQLException e) {
            if (!closing.getAsBoolean()) {
                attempt.failed(e);
            }
        }
    }

    private void putBack(Deque<Connection> taken) {
        while (!taken.isEmpty()) {
            rack.putBackTaken(taken.remove());
        }
    }
}
