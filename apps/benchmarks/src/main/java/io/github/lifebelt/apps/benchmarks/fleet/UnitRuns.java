package io.github.lifebelt.apps.benchmarks.fleet;

import java.time.Duration;
import java.util.Random;

/**
 * The units of work of one replica while it cannot serve: each waits for a connection as long as a borrower does, and is run
 * again as {@code RetryPolicy.conflictsAndLostConnections()} has it, if the budget allows. The numbers are those of
 * {@code RetryPolicy} and {@code RetryBudget}.
 */
final class UnitRuns {

    private static final int MOST_ATTEMPTS = 30;
    private static final double FIRST_PAUSE_MICROS = 10_000;
    private static final double LONGEST_PAUSE_MICROS = 1_000_000;
    private static final double BUDGET = 100;
    private static final double BUDGET_PER_SECOND = 10;

    private final Timeline time = new Timeline();
    private final Random random;
    private final boolean limited;
    private final long servesAt;
    private final long patience;
    private final long limit;
    private double budget = BUDGET;
    private long creditedAt;
    private int waiting;
    private long begun;
    private long failed;
    private long repeats;

    private UnitRuns(Random random, boolean limited, long servesAt, Duration patience, Duration limit) {
        this.random = random;
        this.limited = limited;
        this.servesAt = servesAt;
        this.patience = Replica.micros(patience);
        this.limit = Replica.micros(limit);
    }

    /**
     * What became of the units of one replica that began before it served again. The budget is full when the outage begins,
     * and gets nothing by successes until it ends.
     */
    static UnitRuns of(
            FleetPlan plan, boolean limited, long servesAt, Duration patience, long endMicros, Random random) {
        Surroundings around = plan.around();
        UnitRuns runs = new UnitRuns(random, limited, servesAt, patience, around.unitTime());
        long until = Math.min(servesAt, endMicros);
        double between = 1e6 / around.unitsPerSecond();
        for (double at = random.nextDouble() * between; at < until; at += between) {
            runs.time.after((long) at, runs::begin);
        }
        runs.time.runUntil(until);
        return runs;
    }

    long begun() {
        return begun;
    }

    long failed() {
        return failed;
    }

    long repeats() {
        return repeats;
    }

    /** How many wait at the end, when the replica serves again. */
    int waiting() {
        return waiting;
    }

    private void begin() {
        begun++;
        attempt(1, time.now());
    }

    private void attempt(int number, long begin) {
        waiting++;
        time.after(Math.min(patience, begin + limit - time.now()), () -> {
            if (time.now() < servesAt) {
                waiting--;
                again(number, begin);
            }
        });
    }

    private void again(int number, long begin) {
        double most = Math.min(LONGEST_PAUSE_MICROS, FIRST_PAUSE_MICROS * Math.pow(2, number - 1.0));
        long pause = (long) (random.nextDouble() * most);
        if (number >= MOST_ATTEMPTS || time.now() + pause >= begin + limit || !take()) {
            failed++;
            return;
        }
        repeats++;
        time.after(pause, () -> attempt(number + 1, begin));
    }

    private boolean take() {
        if (!limited) {
            return true;
        }
        budget = Math.min(BUDGET, budget + BUDGET_PER_SECOND * (time.now() - creditedAt) / 1e6);
        creditedAt = time.now();
        if (budget < 1) {
            return false;
        }
        budget--;
        return true;
    }
}
