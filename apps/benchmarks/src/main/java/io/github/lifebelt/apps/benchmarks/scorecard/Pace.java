package io.github.lifebelt.apps.benchmarks.scorecard;

import java.util.Locale;
import java.util.SplittableRandom;

/** How busy the threads of scenario E are. */
enum Pace {
    /** With pauses, so that connections are idle now and then: killing an idle one is the common case out there. */
    THINKING("2 to 8 ms between units") {
        @Override
        long pauseMicros(SplittableRandom random) {
            return random.nextLong(2_000, 8_000);
        }
    },
    /** One unit after the other, with more threads than connections. */
    SATURATED("no pause") {
        @Override
        long pauseMicros(SplittableRandom random) {
            return 0;
        }
    };

    private final String description;

    Pace(String description) {
        this.description = description;
    }

    /** Between two units of a thread. */
    abstract long pauseMicros(SplittableRandom random);

    /** In tables. */
    String description() {
        return description;
    }

    /** In rows. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
