package io.github.lifebelt.internal.tx;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids of tokens: UUIDs of version 7 (RFC 9562), which begin with the time. Rows that are written together lie together in
 * the index, and those of a day are a range of it.
 *
 * <p>Unique in this process by a counter, and among processes by the 62 random bits that it begins with; so none costs more
 * than an increment.
 */
final class TokenIds {
    private static final long RANDOM_62 = (1L << 62) - 1;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long VERSION_7 = 0x7000L;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AtomicLong NEXT = new AtomicLong(RANDOM.nextLong());

    private TokenIds() {}

    static UUID next(Instant now) {
        long low = NEXT.getAndIncrement();
        return new UUID(time(now) | VERSION_7 | (low >>> 52), VARIANT | (low & RANDOM_62));
    }

    /** Sorts below all ids of that moment and later. */
    static UUID firstOf(Instant moment) {
        return new UUID(time(moment) | VERSION_7, VARIANT);
    }

    private static long time(Instant moment) {
        return moment.toEpochMilli() << 16;
    }
}
