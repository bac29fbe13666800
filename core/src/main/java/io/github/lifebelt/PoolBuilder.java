package io.github.lifebelt;

import io.github.lifebelt.PoolConfig.ConnectionHook;
import io.github.lifebelt.PoolConfig.Given;
import io.github.lifebelt.PoolConfig.Health;
import io.github.lifebelt.PoolConfig.Hygiene;
import io.github.lifebelt.PoolConfig.PrePing;
import io.github.lifebelt.internal.config.Dialects;
import io.github.lifebelt.internal.config.Limits;
import io.github.lifebelt.internal.config.Setting;
import io.github.lifebelt.internal.credentials.CredentialsSource;
import io.github.lifebelt.internal.credentials.FixedCredentials;
import io.github.lifebelt.internal.health.Fleets;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.security.CredentialsProvider;
import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.FailureClassifier;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Collects a pool's settings and opens it.
 *
 * <p>Each method refuses at the call what cannot work, with a {@link ConfigurationException} that names the setting, the
 * value and what is allowed. Not thread-safe. {@link #open()} copies: later changes do not reach a pool that is open.
 */
public final class PoolBuilder {

    private static final int DEFAULT_MAX_SIZE = 5;
    private static final AtomicInteger POOLS = new AtomicInteger();

    private final DatabaseUrl url;
    private final List<PoolListener> listeners = new ArrayList<>();
    private Map<String, String> environment = Map.of();
    private @Nullable String name;
    private @Nullable CredentialsProvider credentials;
    private HostResolver resolver = HostResolver.JDK;
    private @Nullable Integer maxSize;
    private int minIdle;
    private Duration borrowTimeout = Duration.ofSeconds(30);
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration unavailableTimeout = Duration.ofSeconds(5);
    private Duration recycleAfter = Duration.ofMinutes(30);
    private @Nullable Duration keepalive;
    private PrePing prePing = PrePing.SOCKET;
    private Duration pingAfterIdle = Duration.ofSeconds(30);
    private Duration closeTimeout = Duration.ofSeconds(5);
    private Duration leakDetection = Duration.ZERO;
    private Duration maxHold = Duration.ZERO;
    private Duration healthTimeout = Duration.ofSeconds(2);
    private Duration healthCache = Duration.ofSeconds(1);
    private Duration stuckAfter = Duration.ofMinutes(1);
    private int replicas = 1;
    private @Nullable Integer surge;
    private boolean autoCommit = true;
    private boolean readOnly;
    private @Nullable Integer isolation;
    private @Nullable String schema;
    private @Nullable String initSql;
    private boolean sslModeAsGiven;
    private UnaryOperator<FailureClassifier> failureClassifier = UnaryOperator.identity();
    private int unavailableWaiters = 1_000;
    private Duration dnsCheck = Duration.ofSeconds(30);
    private Hygiene hygiene = Hygiene.TRANSACTION;
    private @Nullable ConnectionHook onConnect;
    private @Nullable ConnectionHook onBorrow;
    private @Nullable Migrations migrations;

    PoolBuilder(DatabaseUrl url) {
        this.url = Objects.requireNonNull(url, "url");
        url.settings().forEach((key, value) -> Setting.apply(this, key, value, "URL parameter lifebelt." + key));
    }

    /**
     * Takes settings by their kebab-case names, for example {@code max-size=10} or {@code borrow-timeout=5s}. The table
     * in the README has them all.
     *
     * @param properties names with or without the prefix {@code lifebelt.}; other prefixes are refused
     * @return this
     */
    public PoolBuilder properties(Properties properties) {
        for (String key : properties.stringPropertyNames()) {
            String bare = key.startsWith(DatabaseUrl.SETTING_PREFIX)
                    ? key.substring(DatabaseUrl.SETTING_PREFIX.length())
                    : key;
            Setting.apply(this, bare, properties.getProperty(key), "property " + key);
        }
        return this;
    }

    /**
     * Takes settings from environment variables: {@code LIFEBELT_MAX_SIZE} and its like for each pool, and {@code
     * LIFEBELT_ORDERS_MAX_SIZE} for the one with the {@link #name} {@code orders}, which wins (whatever is neither letter
     * nor digit in a name is {@code _} in the variable). Calls after this one win over both. A variable that begins so and is
     * no setting is a warning in the log.
     *
     * @param variables names and values, usually {@code System.getenv()}
     * @return this
     */
    public PoolBuilder environment(Map<String, String> variables) {
        environment = Map.of();
        Setting.applyEnvironment(this, variables);
        environment = Map.copyOf(variables);
        return name == null ? this : name(name);
    }

    /**
     * Names the pool. What {@link #environment} was given for a pool of that name counts from here on.
     *
     * @param poolName shown in logs, thread names and metrics; the default is {@code lifebelt-1} and so on
     * @return this
     */
    public PoolBuilder name(String poolName) {
        name = Limits.name("name", poolName);
        Setting.applyEnvironment(this, environment, poolName);
        return this;
    }

    /**
     * Sets where user and secret of new connections come from, instead of the URL.
     *
     * <p>Those that expire are renewed ahead of time in the background; those that do not are asked for before each
     * login. What was given last serves while the provider fails, for as long as it is valid. A rejected login asks once
     * more. When the server has taken a new password, or another user, connections that stand are replaced little by
     * little, within a tenth of {@link #recycleAfter(Duration)}; for a newer token they are not.
     *
     * @param provider asked on a thread of the pool, by one call at a time for all logins that wait
     * @return this
     */
    public PoolBuilder credentials(CredentialsProvider provider) {
        credentials = Objects.requireNonNull(provider, "provider");
        return this;
    }

    /**
     * The same by name, for settings in the environment. The user is the URL's.
     *
     * @param source {@code azure-entra} for {@link CredentialsProvider#azureEntra(String)}, in the cloud to which the
     *     URL's host belongs; {@code file:/path} for {@link CredentialsProvider#fromFile}
     * @return this
     * @throws ConfigurationException if there is no such source, or Azure's library is not there
     */
    public PoolBuilder credentialsFrom(String source) {
        credentials = CredentialsSource.named(source, url);
        return this;
    }

    /**
     * Sets who finds the addresses of the URL's host names, for a service discovery of one's own. Certificates are still
     * verified against the names in the URL; connections that stand stay where they are until they are recycled.
     *
     * @param hostResolver asked for each host at each connect, and by the search for a database that is down, on a thread
     *     of its own; IP addresses are not asked for. It has to be thread-safe. Whoever connects waits for it until its
     *     deadline, and shares the answer with others that ask at the same time. {@link HostResolver#JDK} by default,
     *     whose answers the JDK keeps for 30 s
     * @return this
     */
    public PoolBuilder resolver(HostResolver hostResolver) {
        resolver = Objects.requireNonNull(hostResolver, "hostResolver");
        return this;
    }

    /**
     * Sets the most connections the pool may have, lent and idle together; there is no overflow.
     *
     * @param connections 1 to 10,000; 5 by default, because a fleet of replicas multiplies it and a managed server has
     *     few to give
     * @return this
     */
    public PoolBuilder maxSize(int connections) {
        maxSize = Limits.count("max-size", connections, 1, Limits.MAX_POOL);
        return this;
    }

    /**
     * Sets how many connections are kept open in the background.
     *
     * @param connections 0 to the maximum; 0 by default: connections are made when they are first needed, and again in
     *     the background after an outage or a recycle if they had been used
     * @return this
     */
    public PoolBuilder minIdle(int connections) {
        minIdle = Limits.count("min-idle", connections, 0, Limits.MAX_POOL);
        return this;
    }

    /**
     * Sets how long {@code getConnection()} may take in all: waiting, checking and connecting.
     *
     * @param timeout at least 1 ms; 30 s by default
     * @return this
     */
    public PoolBuilder borrowTimeout(Duration timeout) {
        borrowTimeout = Limits.between("borrow-timeout", timeout, Duration.ofMillis(1), Limits.DAY);
        return this;
    }

    /**
     * Sets how long one attempt to connect may take: TCP, TLS and login together.
     *
     * @param timeout at least 10 ms; 10 s by default, so that one attempt into a black hole does not use up a borrower's
     *     whole wait
     * @return this
     */
    public PoolBuilder connectTimeout(Duration timeout) {
        connectTimeout = Limits.between("connect-timeout", timeout, Duration.ofMillis(10), Limits.DAY);
        return this;
    }

    /**
     * Sets how long a borrower waits for a database that is known to be down, within its borrow timeout.
     *
     * @param timeout 5 s by default: most fail-overs of a connection, few of a server; zero is {@link #failFast()}
     * @return this
     */
    public PoolBuilder unavailableTimeout(Duration timeout) {
        unavailableTimeout = Limits.between("unavailable-timeout", timeout, Duration.ZERO, Limits.DAY);
        return this;
    }

    /**
     * Fails borrowers at once while the database is known to be down and no live connection is idle.
     *
     * @return this
     */
    public PoolBuilder failFast() {
        return unavailableTimeout(Duration.ZERO);
    }

    /**
     * Sets how many borrowers may wait for a database that is down. The others fail at once: a service in an outage has
     * better to do than to pile up requests.
     *
     * @param borrowers 0 to 1,000,000; 1,000 by default, more than a server has threads, and a bound for virtual ones
     * @return this
     */
    public PoolBuilder unavailableWaiters(int borrowers) {
        unavailableWaiters = Limits.count("unavailable-waiters", borrowers, 0, 1_000_000);
        return this;
    }

    /**
     * Changes how failures are judged: adds some that the driver or a proxy reports in its own way, exempts others.
     *
     * <pre>{@code
     * builder.failureClassifier(standard -> (failure, phase, role) -> "ZX001".equals(failure.getSQLState())
     *         ? Verdict.EVICT
     *         : standard.classify(failure, phase, role));
     * }</pre>
     *
     * @param change gets the dialect's classifier and gives the one to use
     * @return this
     */
    public PoolBuilder failureClassifier(UnaryOperator<FailureClassifier> change) {
        failureClassifier = Objects.requireNonNull(change, "change");
        return this;
    }

    /**
     * Sets how often the addresses of connections are compared with those that the host's name has now. Connections to
     * others are replaced, idle ones at once: after a fail-over or a blue-green switch the name has moved, and the old
     * server may well go on answering.
     *
     * @param period at least 1 s, or zero for never; 30 s by default, for which the JDK keeps an answer of DNS. Names
     *     that give another of several servers each time are noticed, and no longer followed
     * @return this
     */
    public PoolBuilder dnsCheck(Duration period) {
        dnsCheck = Limits.zeroOrAtLeast("dns-check", period, Duration.ofSeconds(1));
        return this;
    }

    /**
     * Sets the age at which a connection is replaced, less up to a quarter at random, so that connections made together
     * do not end together.
     *
     * @param age at least 30 s, or zero for never; 1800 s by default, so that connections follow DNS, rotated
     *     credentials and new certificates within half an hour
     * @return this
     */
    public PoolBuilder recycleAfter(Duration age) {
        recycleAfter = Limits.zeroOrAtLeast("recycle-after", age, Duration.ofSeconds(30));
        return this;
    }

    /**
     * Sets the period of pings on idle connections.
     *
     * @param period at least 30 s, or zero for none; 2 minutes by default, below the 4 minutes after which cloud load
     *     balancers forget a quiet flow. Zero where pings would keep a serverless database awake
     * @return this
     */
    public PoolBuilder keepalive(Duration period) {
        keepalive = Limits.zeroOrAtLeast("keepalive", period, Duration.ofSeconds(30));
        return this;
    }

    /**
     * Sets how a connection is checked before it is lent.
     *
     * @param check {@link PrePing#SOCKET} by default
     * @return this
     */
    public PoolBuilder prePing(PrePing check) {
        prePing = Objects.requireNonNull(check, "check");
        return this;
    }

    /**
     * Sets the idleness after which {@link PrePing#SOCKET} makes a round trip: a socket cannot see a silently dropped
     * flow.
     *
     * @param idle zero or more; 30 s by default
     * @return this
     */
    public PoolBuilder pingAfterIdle(Duration idle) {
        pingAfterIdle = Limits.between("ping-after-idle", idle, Duration.ZERO, Limits.DAY);
        return this;
    }

    /**
     * Sets how long {@link ConnectionPool#close()} waits for borrowers before it aborts their connections.
     *
     * @param timeout zero or more; 5 s by default, within what an orchestrator grants a stopping container
     * @return this
     */
    public PoolBuilder closeTimeout(Duration timeout) {
        closeTimeout = Limits.between("close-timeout", timeout, Duration.ZERO, Limits.DAY);
        return this;
    }

    /**
     * Counts and logs a connection that is out for longer than this, with where it was borrowed and what its thread is
     * doing. It is not taken away. A borrow then costs a stack, some microseconds.
     *
     * @param threshold at least 2 s, or zero for never, which is the default
     * @return this
     */
    public PoolBuilder leakDetection(Duration threshold) {
        leakDetection = Limits.zeroOrAtLeast("leak-detection", threshold, Duration.ofSeconds(2));
        return this;
    }

    /**
     * Takes a connection from a borrower that has kept it for longer than this: it is aborted, the server rolls back, the
     * borrower's next call fails with {@code MAX_HOLD_EXCEEDED}, and others get a connection in its place. For
     * applications that would rather fail a unit of work than the whole; it hides leaks that should be mended.
     *
     * @param limit at least 1 s, or zero for never, which is the default
     * @return this
     */
    public PoolBuilder maxHold(Duration limit) {
        maxHold = Limits.zeroOrAtLeast("max-hold", limit, Duration.ofSeconds(1));
        return this;
    }

    /**
     * Sets how long a {@link ConnectionPool#health()} may take.
     *
     * @param timeout 100 ms to 1 minute; 2 s by default, less than orchestrators and load balancers give a check
     * @return this
     */
    public PoolBuilder healthTimeout(Duration timeout) {
        healthTimeout = Limits.between("health-timeout", timeout, Duration.ofMillis(100), Duration.ofMinutes(1));
        return this;
    }

    /**
     * Sets how long a health report is given out again before the database is asked anew.
     *
     * @param time zero to 1 minute; 1 s by default, so that many who ask at once cost one round trip
     * @return this
     */
    public PoolBuilder healthCache(Duration time) {
        healthCache = Limits.between("health-cache", time, Duration.ZERO, Duration.ofMinutes(1));
        return this;
    }

    /**
     * Sets how long no connection may come back while callers wait, until the pool counts as stuck and not ready. A pool
     * that is only busy stays ready: taking its replica out would leave more work to the others, which are as busy.
     *
     * @param time 1 s to 1 day; 1 minute by default
     * @return this
     */
    public PoolBuilder stuckAfter(Duration time) {
        stuckAfter = Limits.between("stuck-after", time, Duration.ofSeconds(1), Limits.DAY);
        return this;
    }

    /**
     * Says how many processes have such a pool, for the comparison of what all of them take with what the server has.
     *
     * @param count 1, which is the default, to 10,000
     * @return this
     */
    public PoolBuilder replicas(int count) {
        replicas = Limits.count("replicas", count, 1, 10_000);
        return this;
    }

    /**
     * Says how many processes more there are for a while during a rolling deployment.
     *
     * @param count 0 to 10,000; a quarter of the replicas, rounded up, by default, as Kubernetes has it, and none for a
     *     single one
     * @return this
     */
    public PoolBuilder surge(int count) {
        surge = Limits.count("surge", count, 0, 10_000);
        return this;
    }

    /**
     * Sets the autocommit mode in which connections are lent.
     *
     * @param on true by default, as JDBC has it; a {@code UnitOfWork} needs no setting
     * @return this
     */
    public PoolBuilder autoCommit(boolean on) {
        autoCommit = on;
        return this;
    }

    /**
     * Sets whether connections are lent in read-only mode.
     *
     * @param on false by default
     * @return this
     */
    public PoolBuilder readOnly(boolean on) {
        readOnly = on;
        return this;
    }

    /**
     * Sets the isolation in which connections are lent.
     *
     * @param level one of {@link Connection}'s {@code TRANSACTION_} levels; the server's default if never called
     * @return this
     */
    public PoolBuilder isolation(int level) {
        isolation = Limits.isolation("isolation", level);
        return this;
    }

    /**
     * Sets the schema in which connections are lent.
     *
     * @param schemaName the server's default if never called
     * @return this
     */
    public PoolBuilder schema(String schemaName) {
        schema = Limits.name("schema", schemaName);
        return this;
    }

    /**
     * Sets how much of what a borrower leaves behind is undone when its connection comes back.
     *
     * @param level {@link Hygiene#TRANSACTION} by default, which costs no round trip; {@link Hygiene#SESSION} for
     *     borrowers that change their sessions by SQL, {@link Hygiene#STRICT} to find them in tests
     * @return this
     */
    public PoolBuilder hygiene(Hygiene level) {
        hygiene = Objects.requireNonNull(level, "level");
        return this;
    }

    /**
     * Runs a statement once on each new physical connection, and again when {@link #hygiene(Hygiene)} has reset it.
     *
     * @param sql for example {@code SET TIME ZONE 'UTC'}
     * @return this
     */
    public PoolBuilder initSql(String sql) {
        initSql = Limits.name("init-sql", sql);
        return this;
    }

    /**
     * Takes the URL's {@code sslmode} as it stands on the clouds' own hosts too, where anything below
     * {@code verify-full} is raised otherwise. What is not verified can be read and changed by whoever stands between.
     *
     * @return this
     */
    public PoolBuilder sslModeAsGiven() {
        sslModeAsGiven = true;
        return this;
    }

    /**
     * Runs on each new physical connection, after the session was set up, and again when {@link #hygiene(Hygiene)} has
     * reset it.
     *
     * @param hook gets the driver's connection
     * @return this
     */
    public PoolBuilder onConnect(ConnectionHook hook) {
        onConnect = Objects.requireNonNull(hook, "hook");
        return this;
    }

    /**
     * Runs each time before a connection is lent, on the borrower's thread: the place for a tenant or a role.
     *
     * @param hook gets the connection that is about to be lent
     * @return this
     */
    public PoolBuilder onBorrow(ConnectionHook hook) {
        onBorrow = Objects.requireNonNull(hook, "hook");
        return this;
    }

    /**
     * Makes the schema part of readiness: the pool's health asks whether these migrations were applied. They are not
     * applied by it; {@link Migrations#apply(ConnectionPool)} does that.
     *
     * @param wanted what the schema has to have; none by default
     * @return this
     */
    public PoolBuilder migrations(Migrations wanted) {
        migrations = Objects.requireNonNull(wanted, "wanted");
        return this;
    }

    /**
     * Adds a listener from the start.
     *
     * @param listener hears what happens
     * @return this
     */
    public PoolBuilder listener(PoolListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Opens the pool. Does not connect: the first borrower does, or the background where {@link #minIdle(int)} asks for
     * it.
     *
     * @return an open pool
     * @throws ConfigurationException if settings contradict each other, the URL has parameters that the driver does not
     *     know, a certificate file cannot be read, or HikariCP's version is not supported
     */
    public ConnectionPool open() {
        Dialect dialect = Dialects.named(url.dialect());
        dialect.check(url);
        return new ConnectionPool(PoolEngine.open(checkedConfig(dialect), dialect, listeners));
    }

    /**
     * The settings as a pool would have them that was opened now, for whoever wants to look at them first.
     *
     * @return a copy
     * @throws ConfigurationException if settings contradict each other
     */
    public PoolConfig config() {
        return checkedConfig(Dialects.named(url.dialect()));
    }

    private PoolConfig checkedConfig(Dialect dialect) {
        PoolConfig config = config(dialect);
        Limits.checkTogether(config);
        return config;
    }

    /**
     * A default that does not fit a short recycle gives way: connections that young need no keepalive. So it does for
     * hosts that would be kept awake, and paid for, by nothing else.
     */
    private Duration keepaliveInForce(Dialect dialect) {
        Duration standard = Duration.ofMinutes(2);
        if (keepalive != null) {
            return keepalive;
        }
        if (url.hosts().stream().anyMatch(host -> dialect.sleepsWhenIdle(host.name()))) {
            return Duration.ZERO;
        }
        return recycleAfter.isZero() || standard.compareTo(recycleAfter) < 0 ? standard : Duration.ZERO;
    }

    private PoolConfig config(Dialect dialect) {
        return new PoolConfig(
                name == null ? "lifebelt-" + POOLS.incrementAndGet() : name,
                url,
                credentials == null ? new FixedCredentials(url.credentials()) : credentials,
                resolver,
                maxSize == null ? DEFAULT_MAX_SIZE : maxSize,
                minIdle,
                borrowTimeout,
                connectTimeout,
                unavailableTimeout,
                recycleAfter,
                keepaliveInForce(dialect),
                prePing,
                pingAfterIdle,
                closeTimeout,
                leakDetection,
                maxHold,
                new Health(healthTimeout, healthCache, stuckAfter, replicas, surge()),
                autoCommit,
                readOnly,
                isolation,
                schema,
                initSql,
                sslModeAsGiven,
                failureClassifier.apply(dialect.failureClassifier()),
                unavailableWaiters,
                dnsCheck,
                hygiene,
                new Given(maxSize != null, keepalive != null),
                onConnect,
                onBorrow,
                migrations);
    }

    private int surge() {
        Integer given = surge;
        return given != null ? given : Fleets.usualSurge(replicas);
    }
}
