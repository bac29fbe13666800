package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.provider.Provision;
import io.github.lifebelt.testing.internal.provider.Replicas;
import io.github.lifebelt.testing.internal.server.Access;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.server.SessionFilter;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * A real database server of its own for a test, with an ordinary user and a database, TLS as in the clouds, and
 * {@link #faults()} to try on it.
 *
 * <pre>{@code
 * try (TestDatabase database = TestDatabase.postgres().start();
 *         Connection connection = database.dataSource().getConnection()) {
 *     database.faults().killSessions();
 * }
 * }</pre>
 *
 * <p>In JUnit, {@link DatabaseTest} makes one, shares it between tests and cleans up
 * after each.
 *
 * <p>Thread-safe. Whoever provides the server ({@link ServerProvider}), its port stays the same while it is stopped and
 * started, and it ends with {@link #close()}, or with the JVM, however that ends. Nothing is kept: data is not even
 * written to disk for safety.
 */
public final class TestDatabase implements AutoCloseable {
    private final Provision provision;
    private final Asking asking;
    private final Faults faults;
    private volatile Access access;
    private Cleaning cleaning = Cleaning.NONE;

    TestDatabase(Provision provision) {
        this.provision = provision;
        this.access = provision.access();
        this.asking = new Asking(provision);
        this.faults = new Faults(provision, asking, this::passwordChanged);
    }

    /**
     * A PostgreSQL server.
     *
     * @return settings to change, then {@link TestDatabaseBuilder#start()}
     */
    public static TestDatabaseBuilder postgres() {
        return of(DatabaseProduct.POSTGRESQL);
    }

    /**
     * A MySQL server.
     *
     * @return settings to change, then {@link TestDatabaseBuilder#start()}
     */
    public static TestDatabaseBuilder mysql() {
        return of(DatabaseProduct.MYSQL);
    }

    /**
     * A MariaDB server.
     *
     * @return settings to change, then {@link TestDatabaseBuilder#start()}
     */
    public static TestDatabaseBuilder mariadb() {
        return of(DatabaseProduct.MARIADB);
    }

    /**
     * A server of the given product.
     *
     * @param product the database system
     * @return settings to change, then {@link TestDatabaseBuilder#start()}
     */
    public static TestDatabaseBuilder of(DatabaseProduct product) {
        return new TestDatabaseBuilder(product);
    }

    /**
     * What kind of server it is.
     *
     * @return what was asked for; MariaDB instead of MySQL where {@link ServerProvider#AUTOMATIC} had to take that, which
     *     the log says
     */
    public DatabaseProduct product() {
        return provision.spec().product();
    }

    /**
     * Who provides the server.
     *
     * @return never {@link ServerProvider#AUTOMATIC}
     */
    public ServerProvider provider() {
        return provision.provider();
    }

    /**
     * What the server says it is; asked of it.
     *
     * @return for example {@code PostgreSQL 18.6}
     */
    public String version() {
        return asking.ask("tell its version", admin -> provision.family().version(admin), "(not running)");
    }

    /**
     * The connection string as platforms write it, with user and password in it, percent-encoded:
     * {@code postgresql://user:password@localhost:port/database?sslmode=verify-full&sslrootcert=file} or
     * {@code mysql://user:password@localhost:port/database?ssl-mode=VERIFY_IDENTITY&ssl-ca=file}; for a server without
     * TLS {@code sslmode=disable} and {@code ssl-mode=DISABLED&allowPublicKeyRetrieval=true}: MySQL takes a password in
     * plain text only under its RSA key.
     *
     * @return the string; it holds the password
     */
    public String url() {
        return provision.family().url(access);
    }

    /**
     * The same as {@link #url()} by way of what stands in front of this server.
     *
     * @param gateway a proxy, pooler or balancer that leads to this server
     * @return the string; it holds the password
     */
    public String url(Gateway gateway) {
        return provision.family().url(through(gateway));
    }

    /**
     * The connection string as the JDBC driver takes it, without user and password, verifying TLS as {@link #url()}.
     *
     * @return the string
     */
    public String jdbcUrl() {
        return provision.family().jdbcUrl(access);
    }

    /**
     * The same as {@link #jdbcUrl()} by way of what stands in front of this server.
     *
     * @param gateway a proxy, pooler or balancer that leads to this server
     * @return the string
     */
    public String jdbcUrl(Gateway gateway) {
        return provision.family().jdbcUrl(through(gateway));
    }

    /**
     * The connection string as a value.
     *
     * @return where, as whom and how protected
     */
    public DatabaseUrl databaseUrl() {
        return provision.family().databaseUrl(access);
    }

    /**
     * The same as {@link #databaseUrl()} by way of what stands in front of this server.
     *
     * @param gateway a proxy, pooler or balancer that leads to this server
     * @return where, as whom and how protected
     */
    public DatabaseUrl databaseUrl(Gateway gateway) {
        return provision.family().databaseUrl(through(gateway));
    }

    /**
     * The JDBC driver's own data source, which opens a connection each time: the bare driver, without any pool.
     *
     * @return a new data source with {@link #jdbcUrl()}, user and password
     * @throws IllegalStateException if the class path has no such driver
     */
    public DataSource dataSource() {
        return provision.family().dataSource(access);
    }

    /**
     * The same as {@link #dataSource()} by way of what stands in front of this server.
     *
     * @param gateway a proxy, pooler or balancer that leads to this server
     * @return a new data source
     * @throws IllegalStateException if the class path has no such driver
     */
    public DataSource dataSource(Gateway gateway) {
        return provision.family().dataSource(through(gateway));
    }

    /**
     * A bad network in front of this server, which knows nothing of what passes.
     *
     * @return a new proxy, which forwards; close it
     */
    public FaultProxy proxy() {
        return FaultProxy.to(host(), port());
    }

    /**
     * A bad network in front of this server that follows the protocol, so that it can aim at a COMMIT or a result.
     *
     * @return a new proxy, which forwards; close it
     * @throws UnsupportedOperationException if the server has TLS with a certificate that is not the fixture's
     */
    public ProtocolProxy protocolProxy() {
        return protocolProxyTo(port());
    }

    /**
     * The same in front of something that stands in front of this server and shows its certificate, such as
     * {@link PgBouncer}.
     *
     * @param gateway what the proxy leads to
     * @return a new proxy, which forwards; close it
     * @throws UnsupportedOperationException if the server has TLS with a certificate that is not the fixture's
     */
    public ProtocolProxy protocolProxy(Gateway gateway) {
        return protocolProxyTo(gateway.port());
    }

    private ProtocolProxy protocolProxyTo(int port) {
        if (access.tls() instanceof Access.AsGiven) {
            throw new UnsupportedOperationException(
                    "A proxy that aims has to end TLS with the server's own certificate,"
                            + " and that of " + provision.server().description()
                            + " is not known; EMBEDDED and TESTCONTAINERS"
                            + " have one");
        }
        return ProtocolProxy.to(product(), host(), port, provision.spec().certificate());
    }

    /**
     * Starts a streaming replica of this server, which follows it without being waited for, takes no writes (SQLState
     * 25006) and can be made the primary by {@link Faults#promote()}. User, password, database and certificate are the
     * same. An embedded PostgreSQL only.
     *
     * @return the replica, which takes connections; close it
     * @throws UnsupportedOperationException if this is another kind of server
     * @throws IllegalStateException if this server does not run
     */
    public TestDatabase replica() {
        return new TestDatabase(Replicas.of(provision));
    }

    /**
     * The ordinary user that owns the database.
     *
     * @return the user's name
     */
    public String user() {
        return access.user();
    }

    /**
     * The user's password now.
     *
     * @return the password as it is, not encoded
     */
    public String password() {
        return access.password();
    }

    /**
     * The database the user owns.
     *
     * @return its name
     */
    public String database() {
        return access.database();
    }

    /**
     * The server's host.
     *
     * @return {@code localhost}, which the server certificate names; another only for a server that is not the fixture's
     */
    public String host() {
        return access.host();
    }

    /**
     * The server's port, the same for the life of this object. It lies outside the range from which the system gives
     * ports to outgoing connections, so nothing takes it while the server is stopped.
     *
     * @return the TCP port
     */
    public int port() {
        return access.port();
    }

    /**
     * The authority that signed the server's certificate, to be trusted by clients.
     *
     * @return a PEM file, or empty for a server without TLS or one that is not the fixture's
     */
    public Optional<Path> certificateAuthority() {
        return Optional.ofNullable(access.tls() instanceof Access.Verified verified ? verified.authority() : null);
    }

    /**
     * The faults to try on this server.
     *
     * @return always the same object
     */
    public Faults faults() {
        return faults;
    }

    /**
     * How many sessions of ordinary users the server knows; asked of it.
     *
     * @return the number now; 0 if it does not run
     */
    public int sessions() {
        return count(SessionFilter.ALL);
    }

    /**
     * How many sessions of ordinary users wait for their client within a transaction; asked of the server.
     *
     * @return the number now; 0 if it does not run
     */
    public int sessionsInTransaction() {
        return count(SessionFilter.IN_TRANSACTION);
    }

    /**
     * Remembers the database as it is now, for {@link #restoreClean()}: tables and rows, and with
     * {@link Cleaning#TEMPLATE} all else in it.
     *
     * @param how in which way it will be brought back; {@link Cleaning#NONE} to forget
     * @throws UnsupportedOperationException if that is {@link Cleaning#TEMPLATE} and the server has no templates
     */
    public synchronized void markClean(Cleaning how) {
        Cleaning chosen = how == Cleaning.AUTOMATIC ? provision.family().bestCleaning() : how;
        if (chosen != Cleaning.NONE) {
            asking.tell("remember the database", admin -> provision.family().markClean(admin, access, chosen));
        }
        cleaning = chosen;
    }

    /**
     * Brings the database back to what it was at {@link #markClean}; does nothing if that was never called. What belongs
     * to the whole server (roles, settings) is left alone.
     */
    public synchronized void restoreClean() {
        if (cleaning != Cleaning.NONE) {
            asking.tell("restore the database", admin -> provision.family().restoreClean(admin, access, cleaning));
        }
    }

    /** Makes the database as empty as at the start, ending its sessions, and forgets {@link #markClean}. */
    synchronized void makeEmpty() {
        asking.tell("empty the database", admin -> provision.family().makeEmpty(admin, access));
        cleaning = Cleaning.NONE;
    }

    /** What the server was made of. */
    ServerSpec spec() {
        return provision.spec();
    }

    /** Whether {@link #close()} was called. */
    boolean isClosed() {
        return provision.server().isClosed();
    }

    /**
     * Stops the server, frozen or not, and removes all it had. Idempotent; takes some hundredths of a second, a container
     * longer. Of a server that is not the fixture's only the database is dropped.
     *
     * @throws UncheckedIOException if files cannot be removed
     */
    @Override
    public void close() {
        provision.server().close();
        provision.admin().close();
    }

    /** Names the place, never the password. */
    @Override
    public String toString() {
        return "TestDatabase[" + product() + " from " + provider() + ", " + access + "]";
    }

    private int count(SessionFilter filter) {
        return asking.ask(
                "count its sessions", admin -> provision.family().countSessions(admin, provision.scope(), filter), 0);
    }

    private Access through(Gateway gateway) {
        return access.at(access.host(), gateway.port());
    }

    private void passwordChanged(String password) {
        Access old = access;
        access = new Access(old.host(), old.port(), old.database(), old.user(), password, old.tls());
    }
}
