package io.github.lifebelt.internal.pool;

import io.github.lifebelt.internal.pool.Gate.Closure;
import java.sql.SQLException;

/**
 * How long one borrower waits: until its deadline, and while nothing can serve it no longer than the pool's unavailable
 * timeout; not at all for a database that refuses us. Made only for borrowers that have to wait.
 */
final class BorrowPatience implements PermitQueue.Patience {

    /** Ends waiting when the pool is closed. */
    interface OpenCheck {
        void run() throws SQLException;
    }

    private final Outages outages;
    private final OpenCheck openCheck;
    private final long beginNanos;
    private final long deadlineNanos;
    private final long unavailableNanos;
    private boolean counted;
    private boolean metOutage;
    private long outageUntil;

    BorrowPatience(Outages outages, OpenCheck openCheck, long beginNanos, long deadlineNanos, long unavailableNanos) {
        this.outages = outages;
        this.openCheck = openCheck;
        this.beginNanos = beginNanos;
        this.deadlineNanos = deadlineNanos;
        this.unavailableNanos = unavailableNanos;
    }

    @Override
    public long until() throws SQLException {
        openCheck.run();
        Closure closure = outages.gate().closure();
        if (closure == null || outages.serves()) {
            return deadlineNanos;
        }
        long now = System.nanoTime();
        if (!metOutage) {
            if (unavailableNanos > 0 && !closure.isTerminal()) {
                outages.beginWait(now - beginNanos, closure);
                counted = true;
            }
            metOutage = true;
            outageUntil = now + unavailableNanos;
        }
        long until = Math.min(deadlineNanos, outageUntil);
        if (closure.isTerminal() || until <= now) {
            throw outages.givenUp(closure, now - beginNanos);
        }
        return until;
    }

    /**
     * Waits for news; returns when it may be worth trying again, else throws.
     *
     * @param seen the gate's events before the borrower looked in vain
     * @return false if its time is up although nobody keeps it from connecting
     */
    boolean awaitNews(long seen) throws SQLException, InterruptedException {
        long until = until();
        while (!outages.gate().await(seen, until)) {
            // Time is up, or the pool is closing: until() throws, unless the gate has just opened.
            until = until();
            if (until <= System.nanoTime()) {
                return false;
            }
        }
        openCheck.run();
        return true;
    }

    /** The borrower waits no more. */
    void end() {
        if (counted) {
            counted = false;
            outages.endWait();
        }
    }
}
