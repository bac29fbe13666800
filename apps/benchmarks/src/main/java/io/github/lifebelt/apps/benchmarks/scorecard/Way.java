package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Peer;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** Who runs units on a pool. */
enum Way {
    /** Lifebelt's units of work. */
    OWN("its own units", "own"),
    /** Nobody runs anything again: the pool as its documentation has it. */
    AS_IT_IS("as it is", "asItIs"),
    /** The loop of a careful application around it. */
    LOOP("in a loop", "loop");

    /**
     * A pool and a way.
     *
     * @param contender the pool
     * @param way who runs units on it
     */
    record Runner(Contender contender, Way way) {

        String pool() {
            return contender.peer().label();
        }

        /** In tables. */
        String label() {
            return pool() + ", " + way.description;
        }

        /** By a connection without the pool whatever tables they need are made. */
        Units units(DataSource pool, DataSource bare) throws SQLException {
            return switch (way) {
                case OWN -> LifebeltUnits.on(pool, bare);
                case AS_IT_IS -> RetryingLoop.once(pool);
                case LOOP -> new RetryingLoop(pool);
            };
        }
    }

    private final String description;
    private final String key;

    Way(String description, String key) {
        this.description = description;
        this.key = key;
    }

    /** In tables. */
    String description() {
        return description;
    }

    /** In rows. */
    String key() {
        return key;
    }

    /** All pools, each in the ways there are for it. */
    static List<Runner> of(List<Peer> peers) {
        return Contender.of(peers).stream()
                .flatMap(pool -> pool.peer() == Peer.LIFEBELT
                        ? Stream.of(new Runner(pool, OWN))
                        : Stream.of(new Runner(pool, AS_IT_IS), new Runner(pool, LOOP)))
                .toList();
    }
}
