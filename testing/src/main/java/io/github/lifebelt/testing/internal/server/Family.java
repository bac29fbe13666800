package io.github.lifebelt.testing.internal.server;

import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.testing.Cleaning;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL's and MySQL's families say differently: how they are called in URLs, and how things are asked of them
 * in SQL. Stateless.
 *
 * <p>A {@code scope} is the one database whose sessions are meant, on a server that is not ours; null means all sessions
 * but those of {@link ServerSpec#ADMIN}.
 */
public interface Family {
    /** Maven's name of the JDBC driver, for messages. */
    String driverArtifact();

    /** Product and version of the server, as it tells it. */
    String version(AdminSession admin) throws SQLException;

    /** The connection string as platforms write it, with the password. */
    String url(Access access);

    /** The connection string as the driver takes it, without user and password. */
    String jdbcUrl(Access access);

    /** How {@link DatabaseUrl} calls the family. */
    String dialect();

    /** The connection string as a value. */
    default DatabaseUrl databaseUrl(Access access) {
        DatabaseUrl.Builder url = DatabaseUrl.builder(dialect())
                .host(access.host(), access.port())
                .database(access.database())
                .user(access.user())
                .password(access.password());
        if (access.tls() instanceof Access.Verified verified) {
            url.sslMode(SslMode.VERIFY_FULL).sslRootCert(verified.authority().toString());
        } else if (access.tls() instanceof Access.NoTls) {
            url.sslMode(SslMode.DISABLE);
        } else {
            return DatabaseUrl.parse(url(access));
        }
        return url.build();
    }

    /** The driver's own data source, without any pool. */
    DataSource dataSource(Access access);

    /** Where the administrator connects to, without verifying a certificate that may be a bad one. */
    String adminJdbcUrl(String host, int port, Access.Tls tls);

    /** The driver's properties for an administrator's session: bounded in everything. */
    Properties adminProperties(String user, String password);

    /** Whether the server said that it will take connections soon. */
    boolean isStillStarting(SQLException failure);

    /** Makes the ordinary user and the database it owns. */
    void createUserAndDatabase(AdminSession admin, ServerSpec spec) throws SQLException;

    /** Makes a database that the administrator owns, with no user of its own. */
    void createDatabase(AdminSession admin, String database) throws SQLException;

    /** Drops a database with all that uses it. */
    void dropDatabase(AdminSession admin, String database) throws SQLException;

    /** Tells a running server how to end when it will be told to. */
    void beforeStop(AdminSession admin, StopMode mode) throws SQLException;

    /** Ends sessions, which then answer nothing any more; how many were told to. */
    int killSessions(AdminSession admin, @Nullable String scope, SessionFilter filter) throws SQLException;

    /** Ends one session; whether there was one. */
    boolean killSession(AdminSession admin, @Nullable String scope, long id) throws SQLException;

    /** How many sessions there are. */
    int countSessions(AdminSession admin, @Nullable String scope, SessionFilter filter) throws SQLException;

    /** Refuses or takes writes from ordinary users, in sessions that are there and in those to come. */
    void setReadOnly(AdminSession admin, boolean readOnly) throws SQLException;

    /** Gives the user another password; sessions that are there go on. */
    void setPassword(AdminSession admin, String user, String password) throws SQLException;

    /** Has the server read its certificate again; on return new connections are shown it, old ones keep the old one. */
    void reloadCertificate(AdminSession admin, ServerCertificate shown, int port) throws SQLException;

    /** Makes a replica a primary; on return it takes writes. */
    void promote(AdminSession admin) throws SQLException;

    /** How databases of this family are cleaned unless it is said otherwise. */
    Cleaning bestCleaning();

    /**
     * Remembers the database as it is now, for {@link #restoreClean}.
     *
     * @throws UnsupportedOperationException if this family cannot clean in that way
     */
    void markClean(AdminSession admin, Access access, Cleaning how) throws SQLException;

    /** Brings the database back to what it was at {@link #markClean}, in the same way. */
    void restoreClean(AdminSession admin, Access access, Cleaning how) throws SQLException;

    /** Makes the database as empty as it was at first, ending its sessions. */
    void makeEmpty(AdminSession admin, Access access) throws SQLException;

    /** Removes what {@link #markClean} keeps outside of the database, if anything; never mind if it was not called. */
    default void forgetClean(AdminSession admin, Access access) throws SQLException {}
}
