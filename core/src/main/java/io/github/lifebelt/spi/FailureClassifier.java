package io.github.lifebelt.spi;

import java.sql.SQLException;

/**
 * Judges what a failure means for the connection it came from and for its pool. One verdict, one place.
 *
 * <p>Implementations are thread-safe and do no I/O. Each dialect has one; applications may put their own before it with
 * {@link io.github.lifebelt.PoolBuilder#failureClassifier}.
 */
@FunctionalInterface
public interface FailureClassifier {

    /** What was being done when the failure came. The same SQLState means different things in different phases. */
    enum Phase {
        /** Opening a connection: nothing of the caller's was sent. */
        CONNECT,
        /** Using an open connection, before a COMMIT was sent. */
        WORK,
        /** Committing: what happened to the transaction is another question than what happened to the connection. */
        COMMIT
    }

    /** What the connection was wanted for: by the pool's settings while connecting, by the session's when in use. */
    enum Role {
        /** Writing: a server that only reads is the wrong one. */
        READ_WRITE,
        /** Reading: any server will do, and its refusal to write is the statement's fault. */
        READ_ONLY
    }

    /** What the pool does about it. Ordered: of several failures that hang together the greatest counts. */
    enum Verdict {
        /** The connection is sound: the statement was at fault. */
        KEEP,
        /** This connection has ended, or is not to be trusted; nothing follows for the others. */
        EVICT,
        /**
         * The server works and may not write although it was to: after a fail-over, or because it is full. Each
         * connection has to show that its server may, before it is lent again.
         */
        ROLE_CHANGED,
        /** This connection has ended, and for a reason that may have ended the others too: each must answer a ping. */
        SUSPECT_ALL,
        /** The server works and has no connection to give now: it is at its limit. Those that stand are sound. */
        AT_CAPACITY,
        /** The database cannot be reached or does not take connections now; it may later without anybody's help. */
        DATABASE_DOWN,
        /**
         * The database was reached and does not accept user and password. Waiting does not help, new credentials do, and
         * trying again and again may lock the account.
         */
        AUTHENTICATION,
        /** The database was reached and refuses us: TLS, a missing database. Waiting does not help. */
        REFUSED
    }

    /**
     * Judges a failure.
     *
     * @param failure what the driver threw; the failure that matters may be a cause or a next exception of it
     * @param phase what was being done
     * @param role what the connection was wanted for
     * @return what the pool does about it; in {@link Phase#WORK} and {@link Phase#COMMIT} nothing above
     *     {@link Verdict#SUSPECT_ALL} has a meaning of its own, and counts as that
     */
    Verdict classify(SQLException failure, Phase phase, Role role);
}
