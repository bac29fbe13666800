package io.github.lifebelt.internal.pool;

import io.github.lifebelt.internal.jdbc.Tally;
import io.github.lifebelt.internal.tx.RetryBudget;

/**
 * Figures for metrics that are nobody else's business: read when they are asked for, without a lock that a borrower takes.
 */
public final class PoolFigures {

    /**
     * What the looks at connections before they were lent have seen.
     *
     * @param quiet nothing amiss
     * @param pending something to read, so that a round trip had to tell
     * @param dead the end
     * @param busy somebody reading
     */
    public record Looks(long quiet, long pending, long dead, long busy) {}

    private final SlotRack rack;
    private final LivenessCheck check;
    private final StateReport state;
    private final RetryBudget budget;

    PoolFigures(SlotRack rack, LivenessCheck check, StateReport state, RetryBudget budget) {
        this.rack = rack;
        this.check = check;
        this.state = state;
        this.budget = budget;
    }

    /** What all slots have counted, also those that are gone. */
    public Tally tally() {
        return rack.tally();
    }

    public Looks looks() {
        return new Looks(rack.tally().quietLooks(), check.pendingLooks(), check.deadLooks(), check.busyLooks());
    }

    /** How long the one has waited that waits longest; 0 if none does. */
    public long oldestWaitNanos() {
        return rack.queue().oldestWaitNanos();
    }

    /** Since the pool's state was last told to have changed. */
    public long nanosInState() {
        return state.nanosSinceChange();
    }

    /** How many units may be run again at this moment. */
    public double retriesLeft() {
        return budget.left();
    }
}
