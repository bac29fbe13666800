package io.github.lifebelt.spi;

import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;

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

    /**
     * The family's name as it stands in {@link DatabaseUrl#dialect()}.
     *
     * @return for example {@code postgresql}
     */
    String name();

    /**
     * The schemes of the URLs that {@link #parse(String)} reads, in lower case and with their colon.
     *
     * @return for example {@code postgresql:}, {@code postgres:}, {@code jdbc:postgresql:}
     */
    Set<String> schemes();

    /**
     * Reads a URL by the rules of its own format.
     *
     * @param url a text that begins with one of {@link #schemes()}
     * @return the parts of the URL
     * @throws io.github.lifebelt.ConfigurationException naming the part that is wrong, never a secret
     */
    DatabaseUrl parse(String url);

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
     * Opens a connection. Every socket of it must come from {@link ConnectRequest#newSocket()}: that is what holds the
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
     * Ends whatever transaction is open, also one that was begun by a statement behind the driver's back.
     *
     * @param connection one that {@link #connect} returned
     * @throws SQLException if the server did not confirm it
     */
    void rollback(Connection connection) throws SQLException;

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
     * Names and values of the driver's properties for a database, without credentials and TLS. For display and tests.
     *
     * @param url the database
     * @return the properties as the driver gets them
     */
    Map<String, String> driverProperties(DatabaseUrl url);
}
