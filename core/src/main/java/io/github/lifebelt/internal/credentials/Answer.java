package io.github.lifebelt.internal.credentials;

import io.github.lifebelt.security.CredentialsProvider.Credentials;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * What a supplier has said.
 *
 * @param tookNanos how long it took to say it
 * @param wasRejected whether the server has said no to it since
 */
record Answer(Credentials credentials, long atNanos, long tookNanos, boolean wasRejected) {

    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_REUSE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int REUSE = 10;

    Answer rejected() {
        return new Answer(credentials, atNanos, tookNanos, true);
    }

    /** The same as of somebody who is quick to answer, and so is asked each time. */
    Answer toBeAskedFor() {
        return new Answer(credentials, atNanos, 0, wasRejected);
    }

    /**
     * Whether a login may use it without asking: until it expires. If it does not, not at all, since it may have been
     * rotated; but who is slow to answer is not asked for each of many logins.
     */
    boolean isReusable() {
        if (wasRejected) {
            return false;
        }
        Instant end = credentials.expiresAt();
        if (end != null) {
            return end.isAfter(Instant.now());
        }
        return tookNanos >= SLOW_NANOS
                && System.nanoTime() - atNanos < Math.min(LONGEST_REUSE_NANOS, REUSE * tookNanos);
    }

    /** Whether it may be used as long as there is nothing newer. */
    boolean isSpare() {
        Instant end = credentials.expiresAt();
        return !wasRejected && (end == null || end.isAfter(Instant.now()));
    }
}
