package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Database;
import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import java.time.Duration;

/**
 * The driver's own time-outs, which a careful team sets below its pool. They end whatever a pool does without a deadline,
 * and every query that takes longer too.
 */
final class DriverTimeouts {

    private DriverTimeouts() {}

    /** The same endpoint with all time-outs that its driver has; whole seconds, since pgjdbc counts so. */
    static Endpoint on(Database kind, Endpoint endpoint, Duration timeout) {
        String url = endpoint.jdbcUrl();
        return new Endpoint(
                endpoint.url(),
                url + (url.contains("?") ? "&" : "?") + parameters(kind, timeout),
                endpoint.user(),
                endpoint.password());
    }

    /** As a URL has them. */
    static String parameters(Database kind, Duration timeout) {
        return switch (kind) {
            case POSTGRES ->
                "connectTimeout=" + timeout.toSeconds() + "&loginTimeout=" + timeout.toSeconds() + "&socketTimeout="
                        + timeout.toSeconds();
            case MYSQL, MARIADB -> "connectTimeout=" + timeout.toMillis() + "&socketTimeout=" + timeout.toMillis();
        };
    }
}
