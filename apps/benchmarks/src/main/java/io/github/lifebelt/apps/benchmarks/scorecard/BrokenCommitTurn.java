package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.testing.Ledger;
import io.github.lifebelt.testing.ProtocolProxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

/** One teller's turn in scenario G: COMMITs that are lost, one after the other, and what the table says of each. */
final class BrokenCommitTurn {

    // A connection that the pool lends although it is dead never gets as far as its COMMIT.
    private static final int TRIES_FOR_ONE = 5;

    /** What is lost of a COMMIT. */
    enum Loss {
        /** The server has committed. */
        ANSWER("answer") {
            @Override
            void arm(ProtocolProxy wire, ProtocolProxy.Ending ending) {
                wire.loseCommitAnswer(ending);
            }

            @Override
            int hits(ProtocolProxy wire) {
                return wire.commitAnswersLost();
            }
        },
        /** The server has not heard of it. */
        REQUEST("request") {
            @Override
            void arm(ProtocolProxy wire, ProtocolProxy.Ending ending) {
                wire.loseCommitRequest(ending);
            }

            @Override
            int hits(ProtocolProxy wire) {
                return wire.commitRequestsLost();
            }
        };

        private final String key;

        Loss(String key) {
            this.key = key;
        }

        abstract void arm(ProtocolProxy wire, ProtocolProxy.Ending ending);

        abstract int hits(ProtocolProxy wire);

        String key() {
            return key;
        }
    }

    /**
     * What callers were told of COMMITs that were lost, and whether it was true.
     *
     * @param losses COMMITs that were lost
     * @param stored units that are there
     * @param right told what is true: stored, once, or not stored
     * @param denied told that nothing is stored, although it is
     * @param duplicated told that it is stored, and it is there twice
     * @param missing told that it is stored, and it is not there
     * @param unknown told that nobody knows
     * @param silent got an exception that says nothing of it
     * @param before failed before their COMMIT, and not counted among the others
     * @param errors what the exceptions were
     */
    record Told(
            int losses,
            int stored,
            int right,
            int denied,
            int duplicated,
            int missing,
            int unknown,
            int silent,
            int before,
            Set<String> errors) {

        static final Told NOTHING = new Told(0, 0, 0, 0, 0, 0, 0, 0, 0, Set.of());

        int wrong() {
            return denied + duplicated + missing;
        }

        Told plus(Told other) {
            Set<String> all = new TreeSet<>(errors);
            all.addAll(other.errors);
            return new Told(
                    losses + other.losses,
                    stored + other.stored,
                    right + other.right,
                    denied + other.denied,
                    duplicated + other.duplicated,
                    missing + other.missing,
                    unknown + other.unknown,
                    silent + other.silent,
                    before + other.before,
                    all);
        }
    }

    private final Place place;
    private final Teller teller;
    private final int losses;
    private final Ledger ledger;
    private final Map<Loss, Map<Long, Units.Ending>> told = new EnumMap<>(Loss.class);
    private final Map<Loss, Integer> before = new EnumMap<>(Loss.class);
    private long units;

    private BrokenCommitTurn(Place place, Teller teller, int losses) throws SQLException {
        this.place = place;
        this.teller = teller;
        this.losses = losses;
        this.ledger = Ledger.in(place.server().dataSource());
    }

    static Map<Loss, Told> of(Place place, Teller teller, int losses) throws Exception {
        return new BrokenCommitTurn(place, teller, losses).turn();
    }

    private Map<Loss, Told> turn() throws Exception {
        try (ProtocolProxy wire = place.server().protocolProxy()) {
            teller.open(place, wire, callers -> {
                for (Loss loss : Loss.values()) {
                    lose(callers, wire, loss);
                }
                return true;
            });
        }
        // Nothing that is still under way is to change the truth.
        Refill.killAll(place.server());
        Map<Long, Integer> truth = truth();
        Map<Loss, Told> all = new EnumMap<>(Loss.class);
        for (Loss loss : Loss.values()) {
            all.put(loss, held(Objects.requireNonNull(told.get(loss)), truth, before.getOrDefault(loss, 0)));
        }
        return all;
    }

    private void lose(Units callers, ProtocolProxy wire, Loss loss) throws InterruptedException {
        Map<Long, Units.Ending> said = new LinkedHashMap<>();
        told.put(loss, said);
        int tries = 0;
        while (said.size() < losses) {
            if (tries++ == TRIES_FOR_ONE * losses) {
                throw new IllegalStateException("only " + said.size() + " COMMITs were lost of " + tries + " units");
            }
            long unit = ++units;
            int hits = loss.hits(wire);
            // A connection that is kept silent is left out: a driver without a time-out waits for it for ever.
            ProtocolProxy.Ending how = said.size() % 2 == 0 ? ProtocolProxy.Ending.RESET : ProtocolProxy.Ending.FINISH;
            AtomicBoolean armed = new AtomicBoolean();
            Units.Ending ending = callers.run(connection -> {
                ledger.write(connection, unit);
                // Not earlier, since pools commit on their own too when they check; and not in the unit's second run.
                if (armed.compareAndSet(false, true)) {
                    loss.arm(wire, how);
                }
            });
            if (loss.hits(wire) > hits) {
                said.put(unit, ending);
            } else {
                before.merge(loss, 1, Integer::sum);
            }
        }
    }

    /** By the bare driver: how often each unit is there. */
    private Map<Long, Integer> truth() throws SQLException {
        Map<Long, Integer> rows = new HashMap<>();
        try (Connection connection = place.server().dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet all =
                        statement.executeQuery("SELECT unit, count(*) FROM " + Ledger.TABLE + " GROUP BY unit")) {
            while (all.next()) {
                rows.put(all.getLong(1), all.getInt(2));
            }
        }
        return rows;
    }

    private Told held(Map<Long, Units.Ending> said, Map<Long, Integer> truth, int failedBefore) {
        Told sum = new Told(0, 0, 0, 0, 0, 0, 0, 0, failedBefore, Set.of());
        for (Map.Entry<Long, Units.Ending> unit : said.entrySet()) {
            sum = sum.plus(held(unit.getValue(), truth.getOrDefault(unit.getKey(), 0)));
        }
        return sum;
    }

    private Told held(Units.Ending ending, int rows) {
        boolean committed = ending.told() == Units.Told.COMMITTED;
        boolean denied = ending.told() == Units.Told.FAILED;
        boolean doubtful = ending.told() == Units.Told.UNKNOWN;
        boolean saysNothing = doubtful && !teller.hasPromised();
        String why = ending.why();
        return new Told(
                1,
                rows > 0 ? 1 : 0,
                (committed && rows == 1) || (denied && rows == 0) ? 1 : 0,
                denied && rows > 0 ? 1 : 0,
                committed && rows > 1 ? 1 : 0,
                committed && rows == 0 ? 1 : 0,
                doubtful && !saysNothing ? 1 : 0,
                saysNothing ? 1 : 0,
                0,
                why == null ? Set.of() : Set.of(why));
    }
}
