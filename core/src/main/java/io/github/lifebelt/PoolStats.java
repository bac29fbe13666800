package io.github.lifebelt;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A pool's figures at one moment. The figures are read one after the other while the pool goes on, so they may disagree
 * by the borrows of a microsecond.
 *
 * <p>While the pool is {@linkplain ConnectionPool#suspend suspended} nothing is active or idle, pending are those that wait for
 * {@link ConnectionPool#resume}, and who of them gave up counts as a time-out. The state does not tell of it ({@link
 * ConnectionPool#health()} does): nothing is known of the database, as before the first connect, which is {@link State#UP}.
 *
 * @param active connections that are lent
 * @param idle physical connections that are open and not lent
 * @param pending threads that wait for a connection
 * @param max the most connections the pool may have
 * @param minIdle how many connections the pool keeps open in the background
 * @param borrows connections lent since the pool was opened
 * @param timeouts borrowers that gave up waiting, since the pool was opened
 * @param connects physical connections made, since the pool was opened
 * @param replaced physical connections found dead or broken and dropped, since the pool was opened
 * @param pings round trips made to prove that a connection lives, since the pool was opened
 * @param leftovers connections that came back with an open transaction, since the pool was opened
 * @param leaks connections that were out for longer than leak detection allows, or were taken away after max-hold, since
 *     the pool was opened
 * @param state how the pool stands to its database
 * @param serverCertificateExpiresAt when the certificate expires that the server showed at the last full TLS handshake; null
 *     before the first one, and without TLS
 * @param credentialsExpireAt when the credentials of new logins expire; null if they do not, or none were needed so far
 */
public record PoolStats(
        int active,
        int idle,
        int pending,
        int max,
        int minIdle,
        long borrows,
        long timeouts,
        long connects,
        long replaced,
        long pings,
        long leftovers,
        long leaks,
        State state,
        @Nullable Instant serverCertificateExpiresAt,
        @Nullable Instant credentialsExpireAt) {

    /** How a pool stands to its database. */
    public enum State {
        /** Connecting works as far as is known, and nothing speaks against the connections that stand. */
        UP,
        /** Something has happened that may have ended all connections, and none has answered since. */
        SUSPECT,
        /** Connecting has failed, no live connection is known, and nothing has succeeded since: nobody is served. */
        DOWN,
        /** Connecting works again after an outage; borrowers are admitted gradually. */
        RECOVERING,
        /**
         * Borrowers are served, and not as they should be: nothing can be connected while live connections still work
         * (a server at its limit, a rejected login), or the server takes no writes although they are wanted.
         */
        DEGRADED
    }

    /**
     * Whether borrowers can be served.
     *
     * @return false in state {@link State#DOWN} only
     */
    public boolean available() {
        return state != State.DOWN;
    }

    /**
     * All open physical connections.
     *
     * @return active and idle ones
     */
    public int total() {
        return active + idle;
    }
}
