package io.github.lifebelt.apps.benchmarks.scorecard;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much of everything: a full run for figures to be quoted, or a quick one for a look. What each means for a scenario
 * stands there.
 *
 * @param quick whether it is for a look
 * @param rounds of everything, if somebody said so
 * @param storm how long storms last, if somebody said so
 */
record Extent(
        boolean quick, @Nullable Integer rounds, @Nullable Duration storm) {

    /** How many rounds. */
    int rounds(int full, int quickly) {
        return rounds == null ? of(full, quickly) : rounds;
    }

    /** How long a storm lasts. */
    Duration storm(Duration full, Duration quickly) {
        return storm == null ? of(full, quickly) : storm;
    }

    /** Anything else. */
    <T> T of(T full, T quickly) {
        return quick ? quickly : full;
    }

    /** How long borrowers of a server that is stopped are told to wait. */
    Duration downWait() {
        // JDBC validates in whole seconds, so a shorter wait would be unfair.
        return of(Duration.ofSeconds(5), Duration.ofSeconds(1));
    }
}
