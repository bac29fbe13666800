package io.github.lifebelt.apps.benchmarks.bench;

import java.time.Duration;

/**
 * How long to measure.
 *
 * @param rounds paired rounds of each comparison
 * @param round how long each contender has in each of them
 * @param warmUp how long each contender runs before them
 * @param whole whether the costly parts are measured under all conditions, or under the most telling one only
 * @param jmh what JMH does
 */
public record Effort(int rounds, Duration round, Duration warmUp, boolean whole, Jmh jmh) {

    /**
     * What JMH does, in one fork for each pool and condition.
     *
     * @param warmUps iterations that do not count
     * @param iterations those that do; none leaves JMH out
     * @param iteration how long each takes
     */
    public record Jmh(int warmUps, int iterations, Duration iteration) {}

    /** For figures to be quoted. */
    public static Effort full() {
        return new Effort(9, Duration.ofMillis(300), Duration.ofSeconds(2), true, new Jmh(3, 5, Duration.ofSeconds(1)));
    }

    /** For a look. */
    public static Effort quick() {
        return new Effort(
                5, Duration.ofMillis(120), Duration.ofMillis(400), false, new Jmh(2, 3, Duration.ofMillis(300)));
    }

    /** The same with as many paired rounds. */
    Effort withRounds(int wanted) {
        return new Effort(wanted, round, warmUp, whole, jmh);
    }

    /** The same without JMH. */
    public Effort withoutJmh() {
        return new Effort(rounds, round, warmUp, whole, new Jmh(0, 0, Duration.ofSeconds(1)));
    }
}
