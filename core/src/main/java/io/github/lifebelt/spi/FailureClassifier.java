package io.github.lifebelt.spi;

import java.sql.SQLException;

/**
 * Judges what a failure means for the connection it came from and for its pool. One verdict, one place.
 *
 * <p>Implementations are thread-safe and do no I/O.
 */
@FunctionalInterface
public interface FailureClassifier {

    /** What was being done when the failure came. The same SQLState means different things in different phases. */
    enum Phase {
        /** Opening a connection: nothing of the caller's was sent. */
        CONNECT,
        /** Using an open connection. */
        WORK
    }

    /** What the pool does about it. */
    enum Verdict {
        /** The connection is sound: the statement was at fault. */
        KEEP,
        /** This connection has ended; nothing follows for the others. */
        EVICT,
        /** This connection has ended, and for a reason that may have ended the others too: each must answer a ping. */
        SUSPECT_ALL,
        /** The database cannot be reached or does not take connections now; it may later without anybody's help. */
        DATABASE_DOWN,
        /** The database was reached and refuses us: credentials, TLS, a missing database. Waiting does not help. */
        REFUSED
    }

    /**
     * Judges a failure.
     *
     * @param failure what the driver threw
     * @param phase what was being done
     * @return what the pool does about it
     */
    Verdict classify(SQLException failure, Phase phase);
}
