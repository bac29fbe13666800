package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * A pool in one of its modes.
 *
 * @param peer which pool
 * @param failFast whether it is told not to wait while the database is down
 */
record Contender(Peer peer, boolean failFast) {

    /** As it is. */
    static List<Contender> of(List<Peer> peers) {
        return peers.stream().map(peer -> new Contender(peer, false)).toList();
    }

    /** In all of its modes. */
    static List<Contender> inAllModes(List<Peer> peers) {
        return peers.stream()
                .flatMap(peer -> peer.canFailFast()
                        ? Stream.of(new Contender(peer, true), new Contender(peer, false))
                        : Stream.of(new Contender(peer, false)))
                .toList();
    }

    /** Only Lifebelt has promised something. */
    boolean hasPromised() {
        return peer == Peer.LIFEBELT;
    }

    String mode() {
        return failFast ? "failFast" : "waiting";
    }

    /** In tables that show modes. */
    String labelWithMode() {
        return peer.canFailFast() ? peer.label() + " (" + (failFast ? "fail fast" : "waiting") + ")" : peer.label();
    }

    OpenPool open(Endpoint endpoint, PoolSetup setup) throws SQLException {
        return peer.open(endpoint, setup.failFast(failFast));
    }
}
