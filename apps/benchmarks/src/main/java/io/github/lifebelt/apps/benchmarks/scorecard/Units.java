package io.github.lifebelt.apps.benchmarks.scorecard;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A pool's way of running a unit of work until it is committed. Thread-safe. */
@FunctionalInterface
interface Units {

    /** What the caller is told of a unit. */
    enum Told {
        /** It is stored. */
        COMMITTED,
        /** Nothing of it is stored. */
        FAILED,
        /** It may be stored or not. */
        UNKNOWN
    }

    /**
     * How a unit ended.
     *
     * @param told what its caller is told
     * @param why it was not committed; null if it was
     */
    record Ending(Told told, @Nullable String why) {
        static final Ending COMMITTED = new Ending(Told.COMMITTED, null);
    }

    /** What a unit does between its begin and its commit. */
    @FunctionalInterface
    interface Statements {
        void on(Connection connection) throws SQLException;
    }

    /** Runs one unit, as often as it takes. */
    Ending run(Statements statements) throws InterruptedException;
}
