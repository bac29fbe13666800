package io.github.lifebelt.apps.benchmarks.jmh;

import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.Servers;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The server of a fork: the one that {@code bench} has started and handed down, or one of the fork's own when a benchmark
 * is run by JMH's own command line.
 */
final class Target implements AutoCloseable {

    private final Servers own = new Servers();
    private final Endpoint endpoint;

    Target(Wire wire) {
        Optional<Endpoint> given = Endpoint.handedDown(wire);
        endpoint = given.isPresent() ? given.get() : own.endpoint(wire);
    }

    Endpoint endpoint() {
        return endpoint;
    }

    OpenPool pool(String label) throws SQLException {
        return Peer.named(label).open(endpoint, OpenPool.USUAL_SIZE).filled(OpenPool.USUAL_SIZE);
    }

    @Override
    public void close() throws Exception {
        own.close();
    }
}
