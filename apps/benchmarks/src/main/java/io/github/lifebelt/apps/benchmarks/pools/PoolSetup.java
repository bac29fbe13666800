package io.github.lifebelt.apps.benchmarks.pools;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is set alike for all pools of a comparison.
 *
 * @param size the most connections
 * @param patience how long a borrower waits for one
 * @param failFast whether it does not wait while the database is down, in a pool that can tell
 * @param keepalive how often idle connections are looked at, in a pool that does so; null for its own default
 * @param check how long a check may take, in pools that limit it by themselves; null for as long as the wait, and 5 s at most
 */
public record PoolSetup(
        int size,
        Duration patience,
        boolean failFast,
        @Nullable Duration keepalive,
        @Nullable Duration check) {

    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(30);
    // JDBC counts it in whole seconds, and this is HikariCP's default.
    private static final long LONGEST_CHECK_SECONDS = 5;

    /** Where the wait is not what is measured. */
    public static PoolSetup of(int size) {
        return of(size, USUAL_PATIENCE);
    }

    /** With a wait of its own. */
    public static PoolSetup of(int size, Duration patience) {
        return new PoolSetup(size, patience, false, null, null);
    }

    /** The same in another mode. */
    public PoolSetup failFast(boolean wanted) {
        return new PoolSetup(size, patience, wanted, keepalive, check);
    }

    /** The same with idle connections looked at so often. */
    public PoolSetup keepalive(Duration wanted) {
        return new PoolSetup(size, patience, failFast, wanted, check);
    }

    /** The same with checks that end in time for another one within the wait; whole seconds, as JDBC counts them. */
    public PoolSetup check(Duration wanted) {
        return new PoolSetup(size, patience, failFast, keepalive, wanted);
    }

    /** How long a check may take, in pools that want it below the wait. */
    Duration longestCheck() {
        return check == null ? patience : check;
    }

    /** How long a check may take, in pools that limit it by themselves. */
    int checkSeconds() {
        return (int) Math.max(1, Math.min(LONGEST_CHECK_SECONDS, longestCheck().toSeconds()));
    }
}
