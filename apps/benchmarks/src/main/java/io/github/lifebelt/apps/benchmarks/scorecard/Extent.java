package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Peer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * How often and how long.
 *
 * @param rounds of everything else
 * @param silences of each kind
 * @param recoveries outages of each length
 * @param outages how long the server is away
 * @param downWait how long borrowers of a stopped server are told to wait
 * @param silentWait how long borrowers of a silent server are told to wait
 * @param refills rounds of the refill of few connections
 * @param refillsOfMany rounds of the refill of many
 * @param storms of each kind
 * @param storm how long each lasts
 * @param stormPeers who has to go through them
 */
record Extent(
        int rounds,
        int silences,
        int recoveries,
        List<Duration> outages,
        Duration downWait,
        Duration silentWait,
        int refills,
        int refillsOfMany,
        int storms,
        Duration storm,
        Set<Peer> stormPeers) {

    /** For figures to be quoted. */
    static Extent full() {
        return new Extent(
                3,
                3,
                9,
                List.of(Duration.ofSeconds(2), Duration.ofSeconds(30)),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                9,
                5,
                1,
                Duration.ofSeconds(20),
                EnumSet.allOf(Peer.class));
    }

    /** For a look. */
    static Extent quick() {
        // JDBC validates in whole seconds, so a shorter wait would be unfair.
        Duration second = Duration.ofSeconds(1);
        return new Extent(
                2,
                1,
                3,
                List.of(Duration.ofSeconds(2)),
                second,
                second,
                5,
                3,
                1,
                Duration.ofSeconds(6),
                // One that trusts its connections and one that asks the server each time.
                EnumSet.of(Peer.LIFEBELT, Peer.HIKARI, Peer.DBCP2));
    }

    /** As many rounds of everything. */
    Extent withRounds(int wanted) {
        return new Extent(
                wanted, wanted, wanted, outages, downWait, silentWait, wanted, wanted, wanted, storm, stormPeers);
    }

    /** With storms of another length. */
    Extent withStorm(Duration wanted) {
        return new Extent(
                rounds,
                silences,
                recoveries,
                outages,
                downWait,
                silentWait,
                refills,
                refillsOfMany,
                storms,
                wanted,
                stormPeers);
    }
}
