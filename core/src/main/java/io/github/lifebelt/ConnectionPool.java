package io.github.lifebelt;

import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.internal.jdbc.Lease;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReading;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool of database connections that are checked before each lend, replaced when they die, and never lent half-done.
 *
 * <p>It is a {@link DataSource}: frameworks take it as it is. Opening it does not connect. Thread-safe; one per database
 * and process is the rule, closed at the end.
 *
 * <p>{@link #getConnection()} throws an {@link java.sql.SQLTransientConnectionException} when trying again later may
 * help ({@link PoolExhaustedException}, {@link DatabaseUnavailableException}) and a
 * {@link java.sql.SQLNonTransientConnectionException} when it will not (rejected login, unverifiable certificate, closed
 * pool). None of them can mean that something of the caller's was sent.
 */
public final class ConnectionPool implements DataSource, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);

    private final PoolEngine engine;

    ConnectionPool(PoolEngine engine) {
        this.engine = engine;
    }

    /**
     * Opens a pool for a database with the default settings, or those that stand in the URL as {@code lifebelt.}
     * parameters.
     *
     * @param url for example {@code postgresql://app:secret@db.example.com/orders?lifebelt.max-size=10}
     * @return an open pool, not yet connected
     * @throws ConfigurationException if the URL is malformed, its dialect is missing, or a setting cannot work
     */
    public static ConnectionPool fromUrl(String url) {
        return builder(url).open();
    }

    /**
     * Opens a pool for the database that the environment's variables name, in any of the ways of {@link
     * DatabaseUrl#readEnvironment}, with the settings of variables such as {@code LIFEBELT_MAX_SIZE}. Which variable it was
     * is logged once.
     *
     * @return an open pool, not yet connected
     * @throws ConfigurationException if no variable names a database, or several do and none comes first, or as {@link
     *     #fromUrl(String)}; the message names the variables
     */
    public static ConnectionPool fromEnvironment() {
        return builderFromEnvironment().open();
    }

    /**
     * The same for a pool that needs more than variables can say, such as listeners or a provider of credentials.
     *
     * @return a builder with the settings of the environment, as by {@link PoolBuilder#environment}
     * @throws ConfigurationException as {@link #fromEnvironment()}
     */
    public static PoolBuilder builderFromEnvironment() {
        return builderFromEnvironment(System.getenv());
    }

    static PoolBuilder builderFromEnvironment(Map<String, String> environment) {
        return builder(DatabaseUrl.readEnvironment(environment, null)).environment(environment);
    }

    /** A pool for what was read, after all there is to say about it was said. */
    private static PoolBuilder builder(UrlReading reading) {
        DatabaseUrl url = reading.get();
        if (reading.source() != null) {
            LOG.info("{} by {}", url.target(), reading.source());
        }
        reading.diagnoses().forEach(one -> LOG.warn("[{}] {}: {}", one.code(), url.target(), one.message()));
        return builder(url);
    }

    /**
     * Starts setting up a pool.
     *
     * @param url where the database is
     * @return a builder with the default settings
     */
    public static PoolBuilder builder(DatabaseUrl url) {
        return new PoolBuilder(url);
    }

    /**
     * Starts setting up a pool.
     *
     * @param url as for {@link #fromUrl(String)}
     * @return a builder with the default settings
     */
    public static PoolBuilder builder(String url) {
        return builder(DatabaseUrl.read(url, null));
    }

    /**
     * Lends a connection that was alive a moment ago. Closing it gives it back; a transaction that is open then is
     * rolled back.
     *
     * @return the connection, in the state that the pool is set to
     * @throws PoolExhaustedException if none came free within the borrow timeout
     * @throws DatabaseUnavailableException if the database cannot be reached and no live connection came free
     * @throws SQLException if the database refuses the connection, or the thread was interrupted while it waited (the
     *     flag stays set)
     */
    @Override
    public Connection getConnection() throws SQLException {
        return engine.borrow(Lease::new);
    }

    /** Refused: a pool has one identity. Use a pool for each, or {@link PoolBuilder#credentials}. */
    @Override
    public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
        throw new SQLFeatureNotSupportedException(
                "a pool logs in as one user; give each user a pool of its own," + " or set PoolBuilder.credentials");
    }

    /**
     * Waits until the database takes connections: for the start of an application that may be up before its database.
     * Progress is logged, more and more rarely, and told to listeners once a second, with what connecting met: a server
     * that is starting up, a refused connection and a name without an address are waited for; a rejected login, a
     * certificate and a missing database are not cured by time and end the wait at once.
     *
     * @param timeout how long to wait; counts instead of the borrow timeout and the unavailable timeout
     * @throws DatabaseUnavailableException if it took none in that time
     * @throws PoolExhaustedException if others held all connections all the time
     * @throws SQLException if the database refuses us, or the thread was interrupted (the flag stays set)
     */
    public void awaitReady(Duration timeout) throws SQLException {
        engine.awaitReady(timeout);
    }

    /**
     * How the database and the pool are: whether it is reached, whether the pool is saturated and by whom, whether the
     * schema is ready. The database is asked on a connection of its own, never in the queue of borrowers, by one caller for
     * all that ask within the health cache's time (1 s).
     *
     * @return there within the health timeout (2 s), also if the database is frozen or the pool exhausted
     */
    public HealthReport health() {
        return engine.health(this);
    }

    /**
     * The settings in force.
     *
     * @return without the live changes of {@link #resize(int)}
     */
    public PoolConfig config() {
        return engine.config();
    }

    /**
     * Where this pool connects to, for tools that connect by the driver themselves. Frameworks that give migrations a user of
     * their own ask a {@link DataSource} for this by its name, and add user and password.
     *
     * @return the driver's URL, with no user, password or other secret in it; its TLS mode is the one in force, which may be
     *     stricter than the one that was given
     */
    public String getUrl() {
        return engine.driverUrl();
    }

    /**
     * The pool's figures at this moment.
     *
     * @return a snapshot
     */
    public PoolStats stats() {
        return engine.stats();
    }

    /**
     * Hears what happens from now on.
     *
     * @param listener quick and thread-safe
     */
    public void addListener(PoolListener listener) {
        engine.addListener(listener);
    }

    /**
     * Stops telling a listener.
     *
     * @param listener one that was added
     */
    public void removeListener(PoolListener listener) {
        engine.removeListener(listener);
    }

    /**
     * Changes the most connections while the pool is in use. Surplus connections are closed at once if they are idle,
     * else when they come back.
     *
     * @param maxSize 1, or {@code min-idle} if that is more, to 10,000
     */
    public void resize(int maxSize) {
        engine.resize(maxSize);
    }

    /** Replaces every connection: idle ones at once, those in use when they come back. */
    public void recycle() {
        engine.recycleAll();
    }

    /**
     * Takes the pool off the network until {@link #resume()}, for a checkpoint of the process: not one socket of it is open
     * when this returns, also none of health checks and of the thread that looks for a lost database, and the supplier of
     * credentials is not asked. Waits for borrowers to give back, for a migration, and for units that look for their COMMIT;
     * who borrows meanwhile waits, for as long as it would for a busy pool, and then gets a {@link PoolExhaustedException} with
     * {@link PoolExhaustedException#SUSPENDED_CODE}, whatever was known of the database before. Nothing is connected in the
     * background, and {@link #health()} is not ready, with the code {@link HealthReport.Code#POOL_SUSPENDED}. A second call
     * waits for the first one, within its own timeout, and does nothing more. {@link #resume()} and {@link #close()} end the
     * wait.
     *
     * @param timeout how long to wait for what is under way, from the call on; zero takes an idle pool only
     * @throws SQLException if that did not end in time, with what it is: no work was interrupted, and the pool goes on as
     *     before; the same if {@link #resume()} was called meanwhile; or if the pool is closed
     */
    public void suspend(Duration timeout) throws SQLException {
        engine.suspend(timeout);
    }

    /**
     * Lends again after {@link #suspend}: borrowers that wait are served at once. They connect, and credentials, TLS files
     * and the host's addresses are looked at as for any new connection; how long the process was frozen, and what the clock
     * says since, does not matter. Nor does an outage or a rejected login of before: who connects first finds out anew. Only
     * {@code min-idle} connections are made in the background, and credentials that expire are asked for ahead of time again. A
     * {@link #suspend} that still waits fails. Does nothing where nothing is suspended.
     */
    public void resume() {
        engine.resume();
    }

    /**
     * Whether the pool was closed.
     *
     * @return true from the first call of {@link #close()} on
     */
    public boolean isClosed() {
        return engine.isClosed();
    }

    /**
     * Stops lending, waits as long as the pool's close timeout for borrowers to give back, and then aborts what is
     * still out. A second call does nothing.
     */
    @Override
    public void close() {
        close(engine.config().closeTimeout());
    }

    /**
     * The same with another wait.
     *
     * @param timeout zero aborts at once
     */
    public void close(Duration timeout) {
        engine.close(timeout);
    }

    /**
     * Gives this pool as what it is. HikariCP's own pool inside is not to be had: what is borrowed there was not
     * checked.
     */
    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        if (type == PoolEngine.class) {
            return type.cast(engine);
        }
        throw new SQLException("a ConnectionPool is no " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    /** In whole seconds, as JDBC has it: the borrow timeout. */
    @Override
    public int getLoginTimeout() {
        return (int) Math.max(1, engine.config().borrowTimeout().toSeconds());
    }

    /** Refused: the borrow timeout is set when the pool is built. */
    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("set PoolBuilder.borrowTimeout before the pool is opened");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    /** Refused: Lifebelt logs through SLF4J. */
    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("Lifebelt logs through SLF4J");
    }

    @Override
    public java.util.logging.Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("Lifebelt logs through SLF4J");
    }

    @Override
    public String toString() {
        return "ConnectionPool[" + engine.config().name() + ", "
                + engine.config().url().target() + ", " + engine.stats() + "]";
    }
}
