package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Database;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.StopMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** What happens to an idle connection shortly before it is borrowed. */
enum MatrixFault {
    /** Its session was killed. */
    KILLED("killed", "killed 20 ms ago") {
        @Override
        void strike(Place place, List<FaultProxy> proxies, Extent extent) {
            place.server().faults().killSessions();
        }
    },
    /** Its server was restarted. */
    RESTARTED("restarted", "restarted") {
        @Override
        void strike(Place place, List<FaultProxy> proxies, Extent extent) {
            place.server().faults().stop(StopMode.FAST);
            place.server().faults().start();
        }
    },
    /** It was closed in order. */
    FIN("fin", "FIN") {
        @Override
        void strike(Place place, List<FaultProxy> proxies, Extent extent) {
            proxies.forEach(FaultProxy::finish);
        }
    },
    /** It was cut off. */
    RST("rst", "RST") {
        @Override
        void strike(Place place, List<FaultProxy> proxies, Extent extent) {
            proxies.forEach(FaultProxy::reset);
        }
    },
    /** Its server's side was closed and nobody has told. */
    HALF_OPEN("halfOpen", "half-open") {
        @Override
        void strike(Place place, List<FaultProxy> proxies, Extent extent) {
            proxies.forEach(FaultProxy::halfOpen);
        }
    },
    /** The network swallows everything. */
    BLACK_HOLE("blackhole", "black hole") {
        @Override
        void strike(Place place, List<FaultProxy> proxies, Extent extent) {
            proxies.forEach(FaultProxy::blackhole);
        }
    },
    /** Its server's machine hangs. */
    FROZEN("frozen", "frozen") {
        @Override
        void strike(Place place, List<FaultProxy> proxies, Extent extent) {
            place.server().faults().freeze();
        }
    },
    /** The network has forgotten it while it was idle. */
    FORGOTTEN("forgotten", "idle, forgotten") {
        @Override
        void strike(Place place, List<FaultProxy> proxies, Extent extent) {
            proxies.forEach(proxy -> proxy.forgetIdleAfter(extent.of(CUT, QUICK_CUT)));
        }

        @Override
        Duration rest(Extent extent) {
            return extent.of(IDLE, QUICK_IDLE);
        }
    },
    /** Its server takes no writes any more. */
    READ_ONLY("readOnly", "became read-only") {
        @Override
        void strike(Place place, List<FaultProxy> proxies, Extent extent) {
            place.server().faults().makeReadOnly();
        }

        @Override
        String word(Sight sight) {
            // What has become worse may still be lent.
            return sight == Sight.OK ? "unnoticed" : super.word(sight);
        }
    },
    /** Nothing is wrong with it: the server has sent something that nobody asked for. */
    PENDING("pending", "a NOTIFY waits") {
        @Override
        void prepare(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute("LISTEN " + CHANNEL);
            }
        }

        @Override
        void strike(Place place, List<FaultProxy> proxies, Extent extent) throws SQLException {
            try (Connection connection = place.endpoint().connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("NOTIFY " + CHANNEL);
            }
        }

        @Override
        boolean happensOn(Database kind) {
            // MySQL says nothing to a session that has asked nothing.
            return kind == Database.POSTGRES;
        }
    };

    private static final String CHANNEL = "lifebelt_matrix";
    // Longer than the longest trust that a pool has by default, which is Druid's minute.
    private static final Duration IDLE = Duration.ofSeconds(70);
    private static final Duration CUT = Duration.ofSeconds(45);
    private static final Duration QUICK_IDLE = Duration.ofSeconds(2);
    private static final Duration QUICK_CUT = Duration.ofSeconds(1);

    private final String key;
    private final String label;

    MatrixFault(String key, String label) {
        this.key = key;
        this.label = label;
    }

    /** Comes upon all connections there are. */
    abstract void strike(Place place, List<FaultProxy> proxies, Extent extent) throws SQLException;

    /** What a connection needs before. */
    void prepare(Connection connection) throws SQLException {}

    /** How long nothing happens between the fault and the borrow. */
    Duration rest(Extent extent) {
        return Duration.ofMillis(Card.SOON_MILLIS);
    }

    boolean happensOn(Database kind) {
        return true;
    }

    String word(Sight sight) {
        return sight.word();
    }

    /** In rows. */
    String key() {
        return key;
    }

    /** In tables. */
    String label() {
        return label;
    }
}
