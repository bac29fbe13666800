package io.github.lifebelt;

import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.security.CredentialsProvider;
import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import io.github.lifebelt.spi.FailureClassifier;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a pool is set. Immutable; made by {@link PoolBuilder}, which has each setting's meaning, default and reason.
 *
 * @param name the pool's name, in logs, thread names and metrics
 * @param url where the database is
 * @param credentials as whom to log in
 * @param resolver who knows the addresses of host names
 * @param maxSize the most connections
 * @param minIdle connections kept open in the background
 * @param borrowTimeout how long a borrower waits in all
 * @param connectTimeout how long one attempt to connect may take
 * @param unavailableTimeout how long a borrower waits for a database that is down; zero fails at once
 * @param recycleAfter the age at which a connection is replaced; zero for never
 * @param keepalive the period of pings on idle connections; zero for none
 * @param prePing how a connection is checked before it is lent
 * @param pingAfterIdle the idleness after which a check includes a round trip
 * @param closeTimeout how long closing waits for borrowers
 * @param leakDetection how long a connection may be out before its borrower's stack is logged; zero for never
 * @param maxHold how long a connection may be out before it is taken away; zero for never
 * @param health what the health check goes by
 * @param autoCommit the autocommit mode of a borrowed connection
 * @param readOnly the read-only mode of a borrowed connection
 * @param isolation one of {@link Connection}'s levels, or null for the server's default
 * @param schema the current schema, or null for the server's default
 * @param initSql a statement run once on each new connection, or null
 * @param sslModeAsGiven whether the URL's sslmode is taken as it stands on the clouds' own hosts too
 * @param failureClassifier judges every failure: the dialect's, as the application has changed it
 * @param unavailableWaiters the most borrowers that wait for a database that is down
 * @param dnsCheck how often connections are compared with the addresses of the host's name; zero for never
 * @param hygiene how much of what a borrower leaves behind is undone when its connection comes back
 * @param given which settings were made, and are not to be lowered to fit the server
 * @param onConnect run on each new connection, or null
 * @param onBorrow run on each connection before it is lent, or null
 * @param migrations what the schema has to have for the application to be ready, or null
 */
public record PoolConfig(
        String name,
        DatabaseUrl url,
        CredentialsProvider credentials,
        HostResolver resolver,
        int maxSize,
        int minIdle,
        Duration borrowTimeout,
        Duration connectTimeout,
        Duration unavailableTimeout,
        Duration recycleAfter,
        Duration keepalive,
        PrePing prePing,
        Duration pingAfterIdle,
        Duration closeTimeout,
        Duration leakDetection,
        Duration maxHold,
        Health health,
        boolean autoCommit,
        boolean readOnly,
        @Nullable Integer isolation,
        @Nullable String schema,
        @Nullable String initSql,
        boolean sslModeAsGiven,
        FailureClassifier failureClassifier,
        int unavailableWaiters,
        Duration dnsCheck,
        Hygiene hygiene,
        Given given,
        @Nullable ConnectionHook onConnect,
        @Nullable ConnectionHook onBorrow,
        @Nullable Migrations migrations) {

    /**
     * Which of the settings that may be lowered to fit the server were made. Those stay.
     *
     * @param maxSize whether {@link PoolConfig#maxSize()} was set
     * @param keepalive whether {@link PoolConfig#keepalive()} was set
     */
    public record Given(boolean maxSize, boolean keepalive) {}

    /**
     * What the health check goes by.
     *
     * @param timeout how long a check may take, and its callers wait
     * @param cache how long a report is given out again
     * @param stuckAfter how long no connection may come back while callers wait, until the pool counts as stuck
     * @param replicas processes with such a pool
     * @param surge further ones during a rolling deployment
     */
    public record Health(Duration timeout, Duration cache, Duration stuckAfter, int replicas, int surge) {}

    /** How a connection is checked before it is lent. */
    public enum PrePing {
        /**
         * One {@code read} on the socket, which sends nothing, and a round trip after idleness or suspicion. Sees what
         * the peer has closed or reset. Cannot see a silently dropped flow, nor a kill less than about a millisecond
         * old.
         */
        SOCKET,
        /** A round trip every time. Sees all that a connection can show, for the price of the network's latency. */
        ROUND_TRIP,
        /** No check: a dead connection is found by the statement that fails on it. */
        OFF
    }

    /** How much of what a borrower leaves behind is undone when its connection comes back. */
    public enum Hygiene {
        /**
         * The transaction, and what was set through JDBC: autocommit, isolation, read-only, schema, network time-out.
         * No round trip for a borrower that leaves nothing of these.
         */
        TRANSACTION,
        /**
         * The whole session: also settings made by SQL, roles, temporary tables, locks of the session, channels, prepared
         * statements and cursors. Then the pool's own settings, {@link PoolConfig#initSql()} and
         * {@link PoolConfig#onConnect()} are applied again. Some round trips at each return.
         */
        SESSION,
        /**
         * For tests: as {@link #SESSION}, and whoever leaves something in the session, or a transaction that JDBC does
         * not know of, is told by an {@link IllegalStateException} of the {@code close()} that gives back; so is whoever
         * borrows a second connection while a unit of work is open on its thread. More round trips.
         */
        STRICT
    }

    /** Something to do with a connection before its borrower has it. */
    @FunctionalInterface
    public interface ConnectionHook {
        /**
         * Sets the connection up.
         *
         * @param connection not to be kept or closed
         * @throws SQLException fails the borrow; the connection is not lent
         */
        void accept(Connection connection) throws SQLException;
    }
}
