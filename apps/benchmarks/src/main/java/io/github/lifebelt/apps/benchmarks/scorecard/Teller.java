package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Database;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import io.github.lifebelt.testing.ProtocolProxy;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who tells a caller what became of a COMMIT.
 *
 * @param peer which pool; null for the bare driver
 * @param way how
 */
record Teller(@Nullable Peer peer, How way) {

    private static final String NO_POOL = "none";

    /** By what means. */
    enum How {
        /** Lifebelt's, certain. */
        TOKEN("token", "token", CommitOutcome.TOKEN),
        /** Lifebelt's, by asking the server. */
        TRANSACTION_ID("transactionId", "transaction id", CommitOutcome.TRANSACTION_ID),
        /** Lifebelt's, which says that it does not know. */
        OFF("off", "off", CommitOutcome.OFF),
        /** The exception of commit(), and nothing else. */
        EXCEPTION(Way.AS_IT_IS.key(), Way.AS_IT_IS.description(), null),
        /** Run again until there is no exception. */
        LOOP(Way.LOOP.key(), Way.LOOP.description(), null);

        private final String key;
        private final String description;
        private final @Nullable CommitOutcome outcome;

        How(String key, String description, @Nullable CommitOutcome outcome) {
            this.key = key;
            this.description = description;
            this.outcome = outcome;
        }

        /** In rows. */
        String key() {
            return key;
        }
    }

    /** All there are at a place: the bare driver, then the pools. */
    static List<Teller> at(Place place, List<Peer> peers) {
        List<Teller> all = new ArrayList<>();
        all.add(new Teller(null, How.EXCEPTION));
        for (Peer peer : peers) {
            if (peer == Peer.LIFEBELT) {
                all.add(new Teller(peer, How.TOKEN));
                if (place.servers().kind() == Database.POSTGRES) {
                    all.add(new Teller(peer, How.TRANSACTION_ID));
                }
                all.add(new Teller(peer, How.OFF));
            } else {
                all.add(new Teller(peer, How.EXCEPTION));
                all.add(new Teller(peer, How.LOOP));
            }
        }
        return all;
    }

    /** What its caller uses. */
    @FunctionalInterface
    interface Use<T> {
        T of(Units units) throws Exception;
    }

    /** Opens it behind a proxy, and closes it afterwards. A caller of Lifebelt's does not have anything run again. */
    <T> T open(Place place, ProtocolProxy wire, Use<T> use) throws Exception {
        if (peer == null) {
            return use.of(RetryingLoop.once(place.server().dataSource(wire)));
        }
        try (OpenPool pool = peer.open(place.endpoint(wire), PoolSetup.of(OpenPool.USUAL_SIZE))) {
            if (way.outcome != null) {
                return use.of(LifebeltUnits.on(
                        pool.dataSource(), place.server().dataSource(), way.outcome, RetryPolicy.none()));
            }
            return use.of(way == How.LOOP ? new RetryingLoop(pool.dataSource()) : RetryingLoop.once(pool.dataSource()));
        }
    }

    String pool() {
        return peer == null ? NO_POOL : peer.label();
    }

    /** In tables. */
    String label() {
        return pool() + ", " + way.description;
    }

    /** Only Lifebelt has promised something: to be right, and to know if there is a way to find out. */
    boolean hasPromised() {
        return peer == Peer.LIFEBELT;
    }

    boolean finds() {
        return way == How.TOKEN || way == How.TRANSACTION_ID;
    }
}
