package io.github.lifebelt.spi;

import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReading;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Lifebelt has to know about one family of databases and its JDBC driver.
 *
 * <p>Found through {@link java.util.ServiceLoader}; implementations have a public no-argument constructor and are
 * thread-safe. Applications do not call this interface.
 */
public interface Dialect {

    /** Where a connection stands with regard to transactions, as far as its driver knows without asking the server. */
    enum TransactionState {
        /** No transaction is open. */
        IDLE,
        /** A transaction is open and usable. */
        OPEN,
        /** A transaction is open and the server refuses everything but a rollback. */
        FAILED,
        /** The driver cannot tell. Treated as {@link #OPEN} when a connection comes back. */
        UNKNOWN
    }

    /** By what way the bytes go to the server. */
    enum Transport {
        /** To the hosts of the URL, over sockets of Lifebelt's. */
        HOSTS,
        /** By a socket factory that the URL names. Only it knows where that leads; the hosts may be anything. */
        FOREIGN,
        /** As {@link #FOREIGN}, and the factory is known to encrypt and to verify: TLS within is not needed. */
        FOREIGN_PROTECTED
    }

    /** What a failed statement has taken along, beyond what the driver's transaction state tells. */
    enum Undone {
        /** Its own effects and no more; or the transaction, and the driver knows that. */
        STATEMENT,
        /** A part of the transaction, as far as can be told. Going back to a savepoint from before puts that right. */
        PERHAPS_MORE,
        /** The whole transaction, and the next statement silently begins another. */
        TRANSACTION
    }

    /** Why a connection could not be made, in the order in which connecting goes. For people and for what follows. */
    enum ConnectProblem {
        /** The host name has no address. */
        UNKNOWN_HOST("the host name has no address"),
        /** Nobody listens, or a network on the way says no. */
        UNREACHABLE("nobody answers there"),
        /** Packets or answers were waited for in vain. */
        TIMED_OUT("no answer came in time"),
        /** The certificate is not to be trusted, or one side demands TLS and the other has none. */
        TLS("TLS could not be agreed on"),
        /** User or password are not accepted. */
        AUTHENTICATION("the login is not accepted"),
        /** There are no user and password to log in with: their supplier has failed. */
        CREDENTIALS("there are no credentials to log in with"),
        /** The database of that name is not there, or not for this user. */
        DATABASE("the database is not to be had"),
        /** The server is there and is starting up or shutting down. */
        STARTING("the server is starting up or shutting down"),
        /** The server is at its limit of connections. */
        AT_CAPACITY("the server has no connection left to give"),
        /** Something else; the driver's message has to do. */
        OTHER("the connection was refused");

        private final String words;

        ConnectProblem(String words) {
            this.words = words;
        }

        /**
         * For a message.
         *
         * @return a clause in lower case
         */
        public String words() {
            return words;
        }
    }

    /**
     * Why a statement or a COMMIT has failed, as far as it decides whether running the whole transaction again is worth
     * while. Another question than {@link FailureClassifier.Verdict}, which is about the connection and its pool.
     */
    enum WorkProblem {
        /** It collided with other transactions, which are through by now or will be soon. */
        CONFLICT("it collided with another transaction"),
        /** It and others waited for each other, and it was chosen to give way. */
        DEADLOCK("it was the victim of a deadlock"),
        /** It waited for a lock in vain. */
        LOCK_TIMEOUT("it waited for a lock in vain"),
        /** The session or the line to it has ended, for no fault of the statement. */
        CONNECTION_LOST("its connection was lost"),
        /** It may not write on this server, although it is meant to: after a fail-over, or because the server is full. */
        READ_ONLY_SERVER("the server takes no writes"),
        /** What the server or the driver had prepared does not fit the tables any more; another try prepares anew. */
        STALE_STATEMENT("a prepared statement had become stale"),
        /** A time-out of the server or of the driver has ended it. */
        TIMEOUT("it took too long"),
        /** Somebody has cancelled it. */
        CANCELLED("it was cancelled"),
        /** What it wanted to store breaks a rule of the database. */
        CONSTRAINT("a constraint forbids what it stores"),
        /** Something else. Another try would most likely meet the same. */
        STATEMENT("a statement failed");

        private final String words;

        WorkProblem(String words) {
            this.words = words;
        }

        /**
         * For a message.
         *
         * @return a clause in lower case
         */
        public String words() {
            return words;
        }
    }

    /**
     * How a transaction is to be begun. What is null stays as the session has it.
     *
     * @param isolation one of the constants of {@link Connection}, for this transaction only
     * @param readOnly whether the server is to refuse writes, for this transaction only; false if the session is read-only
     *     already
     * @param statementTimeout after which the server is to end each statement
     * @param lockTimeout after which the server is to end the wait for a lock
     * @param timeout after which the server is to end the transaction, whether its client does something or not: a server
     *     that cannot bounds at least how long it waits for its client
     * @param marked whether {@link #begin} is to return a mark with a transaction id
     */
    record TransactionStart(
            @Nullable Integer isolation,
            boolean readOnly,
            @Nullable Duration statementTimeout,
            @Nullable Duration lockTimeout,
            @Nullable Duration timeout,
            boolean marked) {}

    /** Opens a connection beside the one that is in use, to the same database. The caller closes it. */
    @FunctionalInterface
    interface SideDoor {
        /**
         * Opens one.
         *
         * @return a connection that {@link Dialect#connect} has made, in autocommit, with a deadline on its socket
         * @throws SQLException if that fails
         */
        Connection open() throws SQLException;
    }

    /**
     * What a server said of itself when a connection was made. Null where it did not say, or has no such thing.
     *
     * @param product the server's own name, for example {@code PostgreSQL}, {@code MySQL} or {@code MariaDB}
     * @param version the server's version as it spells it
     * @param readOnly whether this server takes no writes now: a standby, or one set to read-only for all
     * @param incarnation a text by which the dialect's {@link CommitResolver} can tell later, on another connection,
     *     whether the server may have lost something it had confirmed or may count anew: after a restart, a crash of
     *     one of its processes, a promotion
     * @param idleTimeout after which idleness the server ends a session
     * @param maxConnections how many connections it takes in all
     * @param reservedConnections how many of these are kept for administrators
     * @param keepaliveIdle after which idleness its kernel asks whether the client still lives
     * @param bouncer whether a connection pooler such as PgBouncer stands between
     */
    record ServerFacts(
            String product,
            String version,
            boolean readOnly,
            @Nullable String incarnation,
            @Nullable Duration idleTimeout,
            @Nullable Integer maxConnections,
            @Nullable Integer reservedConnections,
            @Nullable Duration keepaliveIdle,
            boolean bouncer) {

        /**
         * How many connections there are for ordinary users.
         *
         * @return {@link #maxConnections()} less {@link #reservedConnections()}; null if the server did not say
         */
        public @Nullable Integer ordinaryConnections() {
            Integer most = maxConnections;
            return most == null
                    ? null
                    : Integer.valueOf(most - (reservedConnections == null ? 0 : reservedConnections));
        }
    }

    /**
     * What a session is doing, as its server sees it. Null where the server does not say, or not to everybody.
     *
     * @param id the server's own name for the session, as {@link Dialect#sessionId} gives it
     * @param state in the server's words, for example {@code idle in transaction}
     * @param waitsFor what it waits for, in the server's words
     * @param transactionAge since when it has a transaction open
     * @param statementAge since when its statement runs, or since when it has ended
     * @param blockedBy sessions that hold what it waits for; empty if none does, or nobody says
     */
    record SessionActivity(
            long id,
            String state,
            @Nullable String waitsFor,
            @Nullable Duration transactionAge,
            @Nullable Duration statementAge,
            Set<Long> blockedBy) {}

    /**
     * What a failure to connect means in particular, and what helps.
     *
     * @param code the stable code under which {@code ERRORS.md} explains it
     * @param problem how far connecting got; may say more than {@link #connectProblem}
     * @param what was found, a clause without the driver's own words
     * @param fix one thing to do, with the names that are meant put in
     */
    record Advice(String code, ConnectProblem problem, String what, String fix) {}

    /**
     * Something about a server that works.
     *
     * @param code the stable code under which {@code ERRORS.md} explains it
     * @param warning whether something will go wrong; else it is only worth knowing
     * @param what was found
     * @param fix one thing to do
     */
    record Remark(String code, boolean warning, String what, String fix) {}

    /**
     * What a server says of itself only when somebody looks into it.
     *
     * @param clock its time
     * @param othersConnections how many connections other users have; null if this one may not know
     * @param remarks what is remarkable
     */
    record Checkup(Instant clock, @Nullable Integer othersConnections, List<Remark> remarks) {}

    /**
     * The family's name as it stands in {@link DatabaseUrl#dialect()}.
     *
     * @return for example {@code postgresql}
     */
    String name();

    /**
     * The schemes of the URLs that {@link #read} knows as {@link UrlReader.Format#URL}, in lower case and with their colon.
     *
     * @return for example {@code postgresql:}, {@code postgres:}, {@code jdbc:postgresql:}
     */
    Set<String> schemes();

    /**
     * Reads a connection string by the rules of its own format.
     *
     * @param format what it is written in
     * @param text for {@link UrlReader.Format#URL} one that begins with one of {@link #schemes()} in any case
     * @return its parts, also where they lead nowhere, and what is wrong with them
     * @throws io.github.lifebelt.ConfigurationException if the format's own rules refuse it; naming the part that is wrong,
     *     never a secret
     */
    UrlReading read(UrlReader.Format format, String text);

    /**
     * The port that is meant when a URL names none.
     *
     * @return for example 5432
     */
    int defaultPort();

    /**
     * Refuses what can be seen to be wrong before the first connect: parameters that the driver does not know, values
     * it would silently ignore.
     *
     * @param url the database
     * @throws io.github.lifebelt.ConfigurationException naming the parameter and what is allowed
     */
    void check(DatabaseUrl url);

    /**
     * The driver's own URL for a database, without credentials.
     *
     * @param url the database
     * @return a JDBC URL with every parameter that is not a secret
     */
    String jdbcUrl(DatabaseUrl url);

    /**
     * Whether servers of this host name show a certificate that chains to a public authority, so that it can be
     * verified against the JDK's trust store without any download. True for clouds' own names only.
     *
     * @param host a host name as written in the URL
     * @return whether {@code sslmode=require} may be raised to {@code verify-full}
     */
    boolean hasPubliclyTrustedCertificate(String host);

    /**
     * By what way the bytes go to the server.
     *
     * @param url the database
     * @return {@link Transport#HOSTS} unless the URL names a socket factory
     */
    Transport transport(DatabaseUrl url);

    /**
     * Whether JDBC calls a catalog what people of this family call a schema, because they call it a database.
     *
     * @return true if {@link Connection#setCatalog} enters it and {@link Connection#setSchema} does nothing
     */
    boolean schemaIsCatalog();

    /**
     * Whether servers of this host name go to sleep when nobody talks to them, and are paid for while awake: pings on idle
     * connections are off for them by default.
     *
     * @param host a host name as written in the URL
     * @return true for serverless offers only
     */
    boolean sleepsWhenIdle(String host);

    /**
     * The server itself, where a URL leads to a pooler that its host or port gives away. Migrations need one session for
     * all they do, which a pooler of transactions does not give.
     *
     * @param url the database
     * @return the same, but for hosts and ports of poolers that this dialect knows; whether there are others is told by
     *     {@link ServerFacts#bouncer()}
     */
    DatabaseUrl direct(DatabaseUrl url);

    /**
     * Opens a connection. Of several hosts, one that writes is preferred if {@link ConnectRequest#role()} wants that.
     * Every socket of it must come from {@link ConnectRequest#newSocket()}: that is what holds the
     * deadline and what the liveness probe reads.
     *
     * @param request where to, as whom, and until when
     * @return an open connection as the driver made it
     * @throws SQLException as the driver reports it
     */
    Connection connect(ConnectRequest request) throws SQLException;

    /**
     * The transaction state that the driver remembers. Never does I/O, costs nanoseconds.
     *
     * @param connection one that {@link #connect} returned
     * @return the state
     */
    TransactionState transactionState(Connection connection);

    /**
     * One round trip that proves that the server answers. The caller has put a deadline on the socket.
     *
     * @param connection one that {@link #connect} returned
     * @throws SQLException if the server did not answer, or answered that the session has ended
     */
    void ping(Connection connection) throws SQLException;

    /**
     * What the server says of itself, in one round trip at most. Proves as much as {@link #ping}. The caller has put a
     * deadline on the socket; no transaction is open, and none is when it returns.
     *
     * @param connection one that {@link #connect} returned
     * @return the facts; what the user may not read is null
     * @throws SQLException if the server did not answer
     */
    ServerFacts serverFacts(Connection connection) throws SQLException;

    /**
     * What some of the server's sessions are doing. The caller has put a deadline on the socket.
     *
     * @param connection one that {@link #connect} returned, which is none of them
     * @param sessions as {@link #sessionId} gives them
     * @return what the user may see of those that are there
     * @throws SQLException if the server did not answer, or refuses to say anything
     */
    List<SessionActivity> activity(Connection connection, Set<Long> sessions) throws SQLException;

    /**
     * Ends whatever transaction is open, also one that was begun by a statement behind the driver's back.
     *
     * @param connection one that {@link #connect} returned
     * @throws SQLException if the server did not confirm it
     */
    void rollback(Connection connection) throws SQLException;

    /**
     * Begins a transaction with what it is to have of its own, in one round trip; in none if that is nothing.
     *
     * @param connection one with autocommit off and no transaction
     * @param start what the transaction is to have
     * @param facts what is known of the server
     * @return the mark if one was asked for, else null
     * @throws SQLException if the server did not answer, or refuses
     */
    CommitResolver.@Nullable Mark begin(Connection connection, TransactionStart start, ServerFacts facts)
            throws SQLException;

    /**
     * Puts right what {@link #begin} has set for more than its transaction, because the server has nothing shorter.
     *
     * @param connection the same, without a transaction now
     * @param start the same
     * @throws SQLException if the server did not answer
     */
    void endOf(Connection connection, TransactionStart start) throws SQLException;

    /**
     * How long a transaction's statements may take is the driver's to watch where the server cannot.
     *
     * @return whether {@link java.sql.Statement#setQueryTimeout} is to be called for a statement time-out, because
     *     {@link #begin} bounds only some kinds of statements
     */
    boolean driverWatchesStatements();

    /**
     * Ends the statement that a connection is busy with; its transaction may go on. Called on another thread than the one
     * that waits for the statement. May do nothing if there is no statement.
     *
     * @param busy the connection
     * @param beside for servers that have to be told on another connection
     * @throws SQLException if the server could not be told
     */
    void cancel(Connection busy, SideDoor beside) throws SQLException;

    /**
     * Whether and how what became of a COMMIT can be found out.
     *
     * @return a thread-safe resolver
     */
    CommitResolver commitResolver();

    /**
     * Makes the session what it was after the login: settings, temporary tables, locks, channels. Where the driver
     * believes something of the session that is no longer so, it is told.
     *
     * @param connection one without a transaction
     * @throws SQLException if the server did not answer; the connection is not to be used any more
     */
    void resetSession(Connection connection) throws SQLException;

    /**
     * What a session has of its own, each in a few words for people: settings with their values, temporary tables, locks
     * of the session, channels it listens to, statements it has prepared in SQL, cursors. For tests that compare two
     * moments; may take several round trips.
     *
     * @param connection one without a transaction
     * @return for example {@code setting search_path = x}; what the user may not see is left out
     * @throws SQLException if the server did not answer
     */
    Set<String> sessionState(Connection connection) throws SQLException;

    /**
     * The server's own name for a session, for logs and for the administrator: a process or thread id.
     *
     * @param connection one that {@link #connect} returned
     * @return the id, or 0 if unknown
     */
    long sessionId(Connection connection);

    /**
     * How failures of this family's driver are judged.
     *
     * @return a thread-safe classifier
     */
    FailureClassifier failureClassifier();

    /**
     * What a failure in a transaction has taken along although the driver does not say so. A unit whose failure was
     * swallowed must not store the rest.
     *
     * @param failure what a statement of a connection in use has thrown
     * @return {@link Undone#STATEMENT} where the driver's own state can be relied on
     */
    Undone undone(SQLException failure);

    /**
     * Why a statement or a COMMIT has failed.
     *
     * @param failure what a connection in use has thrown; the failure that matters may be a cause or a next exception of it
     * @return {@link WorkProblem#STATEMENT} if nothing else is known
     */
    WorkProblem workProblem(SQLException failure);

    /**
     * Why connecting has failed. Judges like {@link #failureClassifier()} in its phase CONNECT, in finer terms.
     *
     * @param failure what {@link #connect} threw
     * @return the first problem that connecting met
     */
    ConnectProblem connectProblem(SQLException failure);

    /**
     * What a failure to connect means in particular. Nothing about TLS where the certificates or the two sides' demands say
     * all, nor about lines that break: these are told without knowing the family.
     *
     * @param failure what {@link #connect} threw
     * @param url where to
     * @param user as whom, or null if that was the driver's choice
     * @return null if there is no more to say than {@link #connectProblem} does
     */
    @Nullable
    Advice advice(SQLException failure, DatabaseUrl url, @Nullable String user);

    /**
     * Looks into a server for the doctor, in a few round trips. The caller has put a deadline on the socket.
     *
     * @param connection one that {@link #connect} returned, in autocommit
     * @param facts what the server said of itself
     * @param url where the connection leads
     * @return what was found
     * @throws SQLException if the server did not answer
     */
    Checkup checkUp(Connection connection, ServerFacts facts, DatabaseUrl url) throws SQLException;

    /**
     * Names and values of the driver's properties for a database, without credentials and TLS. For display and tests.
     *
     * @param url the database
     * @return the properties as the driver gets them
     */
    Map<String, String> driverProperties(DatabaseUrl url);
}
