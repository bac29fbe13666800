package io.github.lifebelt.apps.benchmarks.fleet;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a case has come to.
 *
 * @param attemptsDown connection attempts in the worst second of the outage, of the fleet: looks at the port and logins
 * @param loginsAtReturn logins that began in the worst second after the return, of the fleet
 * @param databaseLoginsAtReturn those of them that reached the database; a pooler's, where there is one
 * @param refused logins refused because of {@code max_connections}, or of what the pooler takes
 * @param timedOut logins that were given up after the return
 * @param serving replicas that served again when the watch ended
 * @param allServe from the return until all did; null if they did not
 * @param half from the return until half of them did; null if they did not
 * @param withBudget units of work, if repeating them is limited
 * @param withoutBudget the same if it is not
 */
public record FleetOutcome(
        long attemptsDown,
        long loginsAtReturn,
        long databaseLoginsAtReturn,
        long refused,
        long timedOut,
        int serving,
        @Nullable Duration allServe,
        @Nullable Duration half,
        Units withBudget,
        Units withoutBudget) {

    /**
     * What became of the units that began while their replica did not serve.
     *
     * @param failedShare of those that began before it served again, how many failed
     * @param repeats how often one was run again, for each replica
     * @param waiting how many were there for each replica at the moment it served again: what meets the database at once
     */
    public record Units(double failedShare, double repeats, double waiting) {}
}
