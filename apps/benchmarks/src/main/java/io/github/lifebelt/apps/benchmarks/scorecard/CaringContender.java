package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Peer;
import java.util.List;
import java.util.stream.Stream;

/**
 * A pool that units of work are run on.
 *
 * @param pool which
 * @param care who runs them again
 */
record CaringContender(Contender pool, Care care) {

    /** Lifebelt by itself; the others as they are, and with a loop around them. */
    static List<CaringContender> of(List<Peer> peers) {
        return Contender.of(peers).stream()
                .flatMap(pool -> pool.hasPromised()
                        ? Stream.of(new CaringContender(pool, Care.UNIT_OF_WORK))
                        : Stream.of(new CaringContender(pool, Care.NONE), new CaringContender(pool, Care.LOOP)))
                .toList();
    }

    /** What turns are told apart by. */
    String label() {
        return care == Care.LOOP ? pool.peer().label() + " + loop" : pool.peer().label();
    }
}
