package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.SQLException;

/** Who runs a unit of work again when it fails. */
enum Care {
    /** Lifebelt does. */
    UNIT_OF_WORK("unitOfWork", "its own") {
        @Override
        Units units(OpenPool pool, TestDatabase server) throws SQLException {
            return LifebeltUnits.on(pool.dataSource(), server.dataSource());
        }
    },
    /** Nobody: what a pool does by itself is all there is. */
    NONE("none", "none") {
        @Override
        Units units(OpenPool pool, TestDatabase server) {
            return RetryingLoop.once(pool.dataSource());
        }
    },
    /** The application does, around the pool: the control. */
    LOOP("loop", "a loop around it") {
        @Override
        Units units(OpenPool pool, TestDatabase server) {
            return new RetryingLoop(pool.dataSource());
        }
    };

    private final String key;
    private final String label;

    Care(String key, String label) {
        this.key = key;
        this.label = label;
    }

    /** Units on a pool, for its server. */
    abstract Units units(OpenPool pool, TestDatabase server) throws SQLException;

    /** In rows. */
    String key() {
        return key;
    }

    /** In tables. */
    String label() {
        return label;
    }
}
