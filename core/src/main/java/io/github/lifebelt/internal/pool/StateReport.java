package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolStats.State;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.Slot;
import io.github.lifebelt.internal.jfr.FlightRecorder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What state the pool is in, for people and dashboards. Nothing in the pool goes by it. */
final class StateReport {
    private static final Logger LOG = LoggerFactory.getLogger(StateReport.class);

    /** The pool's slots, which are there only after this is. */
    interface Slots {
        Iterable<Slot> all();
    }

    private final String pool;
    private final Gate gate;
    private final Generation generation;
    private final RoleWatch role;
    private final Slots slots;
    private final Listeners listeners;
    private final Object telling = new Object();
    private volatile State told = State.UP;
    private volatile long toldAt = System.nanoTime();

    StateReport(String pool, Gate gate, Generation generation, RoleWatch role, Slots slots, Listeners listeners) {
        this.pool = pool;
        this.gate = gate;
        this.generation = generation;
        this.role = role;
        this.slots = slots;
        this.listeners = listeners;
    }

    State now() {
        if (gate.closure() != null) {
            return serves() ? State.DEGRADED : State.DOWN;
        }
        if (gate.isHalfOpen()) {
            return State.RECOVERING;
        }
        if (role.isReadOnly()) {
            return State.DEGRADED;
        }
        return generation.isInDoubt() ? State.SUSPECT : State.UP;
    }

    /** Since the state was last told to have changed, or since the pool was opened. */
    long nanosSinceChange() {
        return System.nanoTime() - toldAt;
    }

    /** Whether a connection that is known to work since the last suspicion is in the pool, lent or idle. */
    boolean serves() {
        for (Slot slot : slots.all()) {
            Physical physical = slot.physical();
            if (physical != null && !physical.broken() && generation.trusts(physical)) {
                return true;
            }
        }
        return false;
    }

    /** Something has happened that may have changed the state. Cheap while all is well. */
    void refresh(String reason) {
        if (told == State.UP && now() == State.UP) {
            return;
        }
        // So that listeners hear of changes in the order in which they came about.
        synchronized (telling) {
            State before = told;
            State after = now();
            if (after != before) {
                told = after;
                toldAt = System.nanoTime();
                FlightRecorder.state(pool, before, after, reason);
                LOG.debug("{}: {} after {}: {}", pool, after, before, reason);
                listeners.tell(listener -> listener.stateChanged(before, after, reason));
            }
        }
    }
}
