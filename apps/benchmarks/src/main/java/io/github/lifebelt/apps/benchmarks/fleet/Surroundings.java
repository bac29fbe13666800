package io.github.lifebelt.apps.benchmarks.fleet;

import java.time.Duration;

/**
 * The database and the service of the model.
 *
 * @param outage how long the database is away
 * @param watched how long the fleet is watched after its return
 * @param loginsPerSecond how many logins the database completes in a second at most
 * @param inTurn whether it takes them one after the other; if not, all that are under way share its processors
 * @param maxConnections how many sessions it takes
 * @param poolerLoginsPerSecond the same of a pooler in front of it
 * @param poolerClients how many clients the pooler takes
 * @param poolerConnections how many sessions the pooler has with the database
 * @param poolerRetry how often the pooler tries to log in after a failure, PgBouncer's {@code server_login_retry}
 * @param unitsPerSecond how many units of work begin in a second at each replica
 * @param unitTime how long a unit is tried
 */
public record Surroundings(
        Duration outage,
        Duration watched,
        int loginsPerSecond,
        boolean inTurn,
        int maxConnections,
        int poolerLoginsPerSecond,
        int poolerClients,
        int poolerConnections,
        Duration poolerRetry,
        int unitsPerSecond,
        Duration unitTime) {

    /** A large managed server: 500 logins a second with TLS and SCRAM are about 16 processors'. */
    public static Surroundings usual() {
        return new Surroundings(
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                500,
                false,
                5_000,
                2_000,
                30_000,
                100,
                Duration.ofSeconds(15),
                20,
                Duration.ofSeconds(30));
    }

    /** The same with a server that takes logins in turn. */
    public Surroundings takingInTurn() {
        return new Surroundings(
                outage,
                watched,
                loginsPerSecond,
                true,
                maxConnections,
                poolerLoginsPerSecond,
                poolerClients,
                poolerConnections,
                poolerRetry,
                unitsPerSecond,
                unitTime);
    }
}
