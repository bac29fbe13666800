package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.Logs;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import java.sql.Connection;
import java.sql.SQLException;

/** From nothing to the first connection: in this JVM, or as the program of another one, which prints the nanoseconds. */
public final class StartTrial {

    static final String BARE = "none";

    private StartTrial() {}

    /** A connection of the driver's, or the opening of a pool and its first borrow. The pool's closing is not counted. */
    static long nanos(String label, Endpoint endpoint) throws Exception {
        long begin = System.nanoTime();
        if (label.equals(BARE)) {
            try (Connection connection = endpoint.connect()) {
                return took(begin, connection);
            }
        }
        try (OpenPool pool = Peer.named(label).open(endpoint, OpenPool.USUAL_SIZE);
                Connection connection = pool.dataSource().getConnection()) {
            return took(begin, connection);
        }
    }

    private static long took(long begin, Connection connection) throws SQLException {
        long took = System.nanoTime() - begin;
        if (connection.isClosed()) {
            throw new SQLException("a connection that is closed was lent");
        }
        return took;
    }

    /**
     * Tries it once.
     *
     * @param arguments what to start; where to connect to was handed down
     * @throws Exception if there is no connection
     */
    public static void main(String[] arguments) throws Exception {
        Logs.off();
        Endpoint endpoint = Endpoint.handedDown(Wire.loopback(false)).orElseThrow();
        System.out.println(nanos(arguments[0], endpoint));
        System.exit(0);
    }
}
