package io.github.lifebelt.internal.pool;

import io.github.lifebelt.internal.jdbc.Physical;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The pool-wide suspicion. A connection is trusted only if it was proven in the current generation; a failure that may
 * concern all of them starts a new one. So invalidating a pool is one compare-and-set, and of n threads that meet the
 * same failure only the first one acts.
 */
final class Generation {
    private final AtomicLong current = new AtomicLong();
    private final AtomicLong condemnedBelow = new AtomicLong();
    private final AtomicLong roleDoubtedBelow = new AtomicLong();
    private final AtomicLong lastProven = new AtomicLong();
    private final Consumer<String> onSuspicion;
    private final Runnable onProof;
    private volatile @Nullable Instant doubted;

    Generation(Consumer<String> onSuspicion, Runnable onProof) {
        this.onSuspicion = onSuspicion;
        this.onProof = onProof;
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

    /** Whether it is not enough that the connection answers: its server also has to be one that may write. */
    boolean doubtsRoleOf(Physical physical) {
        return physical.provenGeneration() < roleDoubtedBelow.get();
    }

    /** Whether nothing has been proven since the last suspicion. */
    boolean isInDoubt() {
        return lastProven.get() < current.get();
    }

    /** Since when nothing has been proven, or null if something has since the last suspicion. */
    @Nullable
    Instant inDoubtSince() {
        return isInDoubt() ? doubted : null;
    }

    /** No connection stands any more of which there could be a doubt. */
    void forget() {
        lastProven.accumulateAndGet(current.get(), Math::max);
    }

    /** A connection has answered that was asked, or begun, in the given generation. */
    void proven(Physical physical, long asOf) {
        physical.proven(asOf);
        if (lastProven.get() < asOf) {
            lastProven.accumulateAndGet(asOf, Math::max);
            onProof.run();
        }
    }

    /** Suspects all connections, unless somebody has since the failed one was last proven. */
    void suspect(Physical failed, String reason) {
        suspectSince(failed.provenGeneration(), reason);
    }

    /** Suspects all connections for what happened to none of them, unless all are suspected already: connecting has failed. */
    void suspectAll(String reason) {
        long seen = current.get();
        if (lastProven.get() >= seen) {
            suspectSince(seen, reason);
        }
    }

    private void suspectSince(long seen, String reason) {
        boolean before = isInDoubt();
        if (current.compareAndSet(seen, seen + 1)) {
            doubt(before);
            onSuspicion.accept(reason);
        }
    }

    private void doubt(boolean before) {
        if (!before) {
            doubted = Instant.now();
        }
    }

    /** As {@link #suspect}, and each connection has to show that its server may write. */
    void doubtRole(Physical refused, String reason) {
        // First the doubt: who sees the new generation is to find it.
        roleDoubtedBelow.accumulateAndGet(refused.provenGeneration() + 1, Math::max);
        suspect(refused, reason);
    }

    /** Suspects all connections, and each has to show that its server may write. */
    void doubtRoleOfAll(String reason) {
        long seen = current.get();
        roleDoubtedBelow.accumulateAndGet(seen + 1, Math::max);
        suspectSince(seen, reason);
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
