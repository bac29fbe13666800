package io.github.lifebelt.internal.pool;

import io.github.lifebelt.internal.jdbc.Physical;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The pool-wide suspicion. A connection is trusted only if it was proven in the current generation; a failure that may
 * concern all of them starts a new one. So invalidating a pool is one compare-and-set, and of n threads that meet the
 * same failure only the first one acts.
 */
final class Generation {
    private final AtomicLong current = new AtomicLong();
    private final AtomicLong condemnedBelow = new AtomicLong();
    private final Consumer<String> onSuspicion;

    Generation(Consumer<String> onSuspicion) {
        this.onSuspicion = onSuspicion;
    }

    long current() {
        return current.get();
    }

    boolean trusts(Physical physical) {
        return physical.provenGeneration() == current.get();
    }

    /** Whether the connection is given up without asking it: one of its generation did not answer in time. */
    boolean condemns(Physical physical) {
        return physical.provenGeneration() < condemnedBelow.get();
    }

    /** Suspects all connections, unless somebody has since the failed one was last proven. */
    void suspect(Physical failed, String reason) {
        long seen = failed.provenGeneration();
        if (current.compareAndSet(seen, seen + 1)) {
            onSuspicion.accept(reason);
        }
    }

    /**
     * Gives up all connections that are not proven in the current generation. A dead peer costs each of them the whole
     * time-out of a ping, and they lead to the same peer.
     */
    void condemn(Physical silent, String reason) {
        suspect(silent, reason);
        condemnedBelow.accumulateAndGet(silent.provenGeneration() + 1, Math::max);
    }
}
