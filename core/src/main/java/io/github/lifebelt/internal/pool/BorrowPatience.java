package io.github.lifebelt.internal.pool;

import io.github.lifebelt.DatabaseUnavailableException;
import java.sql.SQLException;

/**
 * How long one borrower waits: until its deadline, and while the database is down no longer than the pool's
 * unavailable timeout. Made only for borrowers that have to wait.
 */
final class BorrowPatience implements PermitQueue.Patience {

    /** Ends waiting when the pool is closed. */
    interface OpenCheck {
        void run() throws SQLException;
    }

    private final Gate gate;
    private final OpenCheck openCheck;
    private final long beginNanos;
    private final long deadlineNanos;
    private final long unavailableNanos;
    private boolean metOutage;
    private long outageUntil;

    BorrowPatience(Gate gate, OpenCheck openCheck, long beginNanos, long deadlineNanos, long unavailableNanos) {
        this.gate = gate;
        this.openCheck = openCheck;
        this.beginNanos = beginNanos;
        this.deadlineNanos = deadlineNanos;
        this.unavailableNanos = unavailableNanos;
    }

    @Override
    public long until() throws SQLException {
        openCheck.run();
        if (gate.isOpen()) {
            return deadlineNanos;
        }
        long now = System.nanoTime();
        if (!metOutage) {
            metOutage = true;
            outageUntil = now + unavailableNanos;
        }
        long until = Math.min(deadlineNanos, outageUntil);
        if (until <= now) {
            DatabaseUnavailableException down = gate.unavailable(now - beginNanos);
            if (down != null) {
                throw down;
            }
        }
        return until;
    }

    /** Waits for the database; returns when it may be worth trying again, else throws. */
    void awaitDatabase() throws SQLException, InterruptedException {
        while (!gate.awaitOpen(until())) {
            // Time is up, or the pool is closing: until() throws, unless the gate has just opened.
            openCheck.run();
        }
    }
}
