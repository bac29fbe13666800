package io.github.lifebelt.internal.pool;

import io.github.lifebelt.internal.jdbc.Lease;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.Slot;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is lent, as seen at one moment by somebody else than its borrower.
 *
 * @param lease what the borrower has
 * @param physical what it stands on, or null if that was lost
 * @param thread who has borrowed or used it last
 * @param held how long it is out
 * @param site where it was borrowed, if that was remembered
 * @param statement the digest of the borrower's last statement, or null
 */
record Borrowing(
        Lease lease,
        @Nullable Physical physical,
        Thread thread,
        Duration held,
        @Nullable Throwable site,
        @Nullable String statement) {

    /** All that are out, the oldest first. Those that come and go meanwhile may be missing. */
    static List<Borrowing> of(Iterable<Slot> slots) {
        long now = System.nanoTime();
        return StreamSupport.stream(slots.spliterator(), false)
                .map(slot -> of(slot, now))
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(Borrowing::held).reversed())
                .toList();
    }

    private static @Nullable Borrowing of(Slot slot, long now) {
        Thread thread = slot.holder().thread();
        Lease lease = slot.holder().lease();
        if (thread == null || lease == null) {
            return null;
        }
        Borrowing seen = new Borrowing(
                lease,
                slot.physical(),
                thread,
                Duration.ofNanos(Math.max(0, now - lease.sinceNanos())),
                slot.holder().site(),
                StatementDigest.of(slot.holder().statement()));
        // Given back and lent again meanwhile: what was read may be of two borrowers.
        return slot.holder().lease() == lease ? seen : null;
    }

    /** The server's name for its session, or 0. */
    long sessionId() {
        return physical == null ? 0 : physical.sessionId();
    }
}
