package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import java.sql.SQLException;

/** The beginning and the end of a pool whose waits are short and whose network is bad. */
final class PoolCare {

    private static final int FILL_TRIES = 5;
    private static final long CLOSE_MILLIS = 10_000;

    private PoolCare() {}

    /** Before anything is measured, on a machine that may be busy: the wait is short, and connecting may take longer. */
    static void fill(OpenPool pool, int connections) throws SQLException {
        for (int tries = 1; ; tries++) {
            try {
                pool.filled(connections);
                return;
            } catch (SQLException e) {
                if (tries == FILL_TRIES) {
                    throw e;
                }
            }
        }
    }

    /** A pool may be as unable to close as it was to lend. */
    static void closeOrLeave(OpenPool pool) throws InterruptedException {
        leave(pool).join(CLOSE_MILLIS);
    }

    /** Closes it while others go on. */
    static Thread leave(OpenPool pool) {
        Thread closer = new Thread(
                () -> {
                    try {
                        pool.close();
                    } catch (Exception e) {
                        // What becomes of it is not what is measured.
                    }
                },
                "scorecard-closer");
        closer.setDaemon(true);
        closer.start();
        return closer;
    }
}
