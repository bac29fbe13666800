package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.Servers;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;

/**
 * One server.
 *
 * @param servers those of its kind
 * @param tls whether it demands TLS
 */
record Place(Servers servers, boolean tls) {

    String database() {
        return servers.kind().label();
    }

    String wire() {
        return tls ? "tls" : "plain";
    }

    String label() {
        return database() + ", " + (tls ? "TLS" : "plain");
    }

    TestDatabase server() {
        return servers.database(tls);
    }

    Endpoint endpoint() {
        return servers.endpoint(Wire.loopback(tls));
    }

    Endpoint endpoint(FaultProxy proxy) {
        return servers.endpoint(tls, proxy);
    }
}
