package io.github.lifebelt.internal.pool;

import io.github.lifebelt.internal.config.Durations;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.Slot;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A moment in which the pool's connections are not in use by borrowers: they are being made or asked, the server says
 * nothing, and no other is known to work. Whoever waits then waits for the database and not for other borrowers, although
 * nobody has found out yet that it is gone.
 *
 * @param asked how many are being made or asked
 * @param most how many the pool may have
 * @param nanos how long the oldest of these questions is open
 */
record Silence(int asked, int most, long nanos) {
    /**
     * What a server that works may take to answer: a pool that pings at each borrow is not silent, nor one that replaces a
     * lost connection while the others are in use.
     */
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Null if one may be in use that works, or if all are lent. */
    static @Nullable Silence in(Iterable<Slot> slots, Generation generation, int most) {
        long now = System.nanoTime();
        int lent = 0;
        int asked = 0;
        long longest = 0;
        for (Slot slot : slots) {
            boolean isLent = slot.holder().thread() != null && slot.holder().lease() != null;
            long nanos = isLent ? 0 : slot.askedNanos(now);
            if (nanos < SLOW_NANOS && works(slot.physical(), generation)) {
                return null;
            }
            lent += isLent ? 1 : 0;
            asked += nanos > 0 ? 1 : 0;
            longest = Math.max(longest, nanos);
        }
        boolean slow = lent == 0 || longest >= SLOW_NANOS;
        return slow && lent < most ? new Silence(asked, most, longest) : null;
    }

    private static boolean works(@Nullable Physical physical, Generation generation) {
        return physical != null && !physical.broken() && generation.trusts(physical);
    }

    /** For a message. */
    String words() {
        return asked == 0
                ? "whoever asked it has just given up, or it has just come back"
                : asked + " of " + most + " connections are being made or asked, the longest for "
                        + Durations.measured(Duration.ofNanos(nanos)) + ", and nobody has answered";
    }
}
