package io.github.lifebelt.internal.jdbc;

/**
 * What is counted at each borrow. Each slot has one, written by who holds it and read by others without synchronisation;
 * so counting costs no atomic operation.
 */
public final class Tally {
    private final Elapsed waits = new Elapsed();
    private final Elapsed uses = new Elapsed();
    private long leases;
    private long quietLooks;

    void lent() {
        leases++;
    }

    /** A look at the connection has found nothing amiss. */
    public void foundQuiet() {
        quietLooks++;
    }

    /** How often the slot was lent. */
    public long leases() {
        return leases;
    }

    /** How often a look at the connection has found nothing amiss. */
    public long quietLooks() {
        return quietLooks;
    }

    /** From the calls of borrowers to their connections, while the pool is timed. */
    public Elapsed waits() {
        return waits;
    }

    /** From there to their return, while the pool is timed. */
    public Elapsed uses() {
        return uses;
    }

    /** Adds what another one has. */
    public void addAll(Tally other, long now) {
        leases += other.leases;
        quietLooks += other.quietLooks;
        waits.addAll(other.waits, now);
        uses.addAll(other.uses, now);
    }
}
