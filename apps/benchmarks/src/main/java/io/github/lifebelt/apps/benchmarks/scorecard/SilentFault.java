package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import java.time.Duration;
import java.util.List;

/** Ways in which a database does not answer, or cuts the line. All of them come suddenly upon live connections. */
enum SilentFault {
    /** The machine hangs: connections stay open, new ones are accepted by its kernel, nothing is answered. */
    FROZEN("frozen", "server frozen (SIGSTOP)") {
        @Override
        void strike(TestDatabase server, FaultProxy proxy) {
            server.faults().freeze();
        }

        @Override
        void heal(TestDatabase server, FaultProxy proxy) {
            server.faults().thaw();
        }
    },
    /** The network swallows everything. */
    BLACK_HOLE("blackhole", "black hole") {
        @Override
        void strike(TestDatabase server, FaultProxy proxy) {
            proxy.blackhole();
        }
    },
    /** Something accepts new connections and says nothing; the old ones are gone, or nobody would make new ones. */
    SILENCE("silence", "accepts and stays silent") {
        @Override
        void strike(TestDatabase server, FaultProxy proxy) {
            proxy.acceptAndStaySilent();
            proxy.reset();
        }
    },
    /** All connections are cut off by a reset; new ones are served. */
    RESET("reset", "reset (RST)") {
        @Override
        void strike(TestDatabase server, FaultProxy proxy) {
            proxy.reset();
        }
    },
    /** The server has forgotten the connections and the clients are not told; new ones are served. */
    HALF_OPEN("halfOpen", "half-open") {
        @Override
        void strike(TestDatabase server, FaultProxy proxy) {
            proxy.halfOpen();
        }
    },
    /** Each login takes far longer than a borrower has, though no single read does; the old connections are gone. */
    SLOW_HANDSHAKE("slowHandshake", "slow handshake") {
        @Override
        void strike(TestDatabase server, FaultProxy proxy) {
            proxy.slowHandshake(BETWEEN_BYTES);
            proxy.reset();
        }
    };

    static final List<SilentFault> ALL = List.of(values());

    /** Those in which nobody is served, in whatever way. */
    static final List<SilentFault> WITHOUT_ANY_ANSWER = List.of(FROZEN, BLACK_HOLE, SILENCE);

    private static final Duration BETWEEN_BYTES = Duration.ofMillis(50);

    private final String key;
    private final String label;

    SilentFault(String key, String label) {
        this.key = key;
        this.label = label;
    }

    abstract void strike(TestDatabase server, FaultProxy proxy);

    void heal(TestDatabase server, FaultProxy proxy) {
        proxy.heal();
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
