package io.github.lifebelt.apps.benchmarks.pools;

import java.time.Duration;

/**
 * What is set alike for all pools of a comparison.
 *
 * @param size the most connections
 * @param patience how long a borrower waits for one
 * @param failFast whether it does not wait while the database is down, in a pool that can tell
 */
public record PoolSetup(int size, Duration patience, boolean failFast) {

    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(30);

    /** Where the wait is not what is measured. */
    public static PoolSetup of(int size) {
        return of(size, USUAL_PATIENCE);
    }

    /** With a wait of its own. */
    public static PoolSetup of(int size, Duration patience) {
        return new PoolSetup(size, patience, false);
    }

    /** The same in another mode. */
    public PoolSetup failFast(boolean wanted) {
        return new PoolSetup(size, patience, wanted);
    }
}
