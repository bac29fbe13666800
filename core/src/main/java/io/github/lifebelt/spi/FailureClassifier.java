package io.github.lifebelt.spi;

import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;

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

    /**
     * A failure with its causes and next exceptions, each once, the nearest first. Batches and wrappers hide the failure
     * that matters behind another one, and some wrappers refer to each other.
     *
     * @param all everything that hangs together, 32 at most
     * @param sql those of them that have an SQLState
     */
    record FailureChain(List<Throwable> all, List<SQLException> sql) {

        private static final int MOST = 32;

        /**
         * Follows a failure.
         *
         * @param failure what was thrown
         * @return it and what it carries
         */
        public static FailureChain of(SQLException failure) {
            Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            List<Throwable> all = new ArrayList<>();
            List<SQLException> sql = new ArrayList<>();
            Deque<Throwable> open = new ArrayDeque<>(List.of(failure));
            while (!open.isEmpty() && all.size() < MOST) {
                Throwable at = open.removeFirst();
                if (!seen.add(at)) {
                    continue;
                }
                all.add(at);
                if (at.getCause() != null) {
                    open.addLast(at.getCause());
                }
                if (at instanceof SQLException one) {
                    sql.add(one);
                    if (one.getNextException() != null) {
                        open.addLast(one.getNextException());
                    }
                }
            }
            return new FailureChain(List.copyOf(all), List.copyOf(sql));
        }

        /**
         * Whether something of a type is among them.
         *
         * @param type of the failure
         * @return true if one is an instance of it
         */
        public boolean has(Class<? extends Throwable> type) {
            return all.stream().anyMatch(type::isInstance);
        }

        /**
         * Whether this is about certificates and ciphers. Drivers report it under the SQLState of a broken line; only the
         * cause tells. A handshake that the line or the clock cut short is none.
         *
         * @return true if waiting for the server cannot help
         */
        public boolean isAboutTls() {
            if (!has(SSLException.class)) {
                return has(GeneralSecurityException.class);
            }
            return !has(EOFException.class) && !has(SocketException.class) && !has(SocketTimeoutException.class);
        }
    }
}
