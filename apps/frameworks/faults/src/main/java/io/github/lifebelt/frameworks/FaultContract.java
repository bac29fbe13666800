package io.github.lifebelt.frameworks;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.PoolStats;
import io.github.lifebelt.frameworks.Calls.Call;
import io.github.lifebelt.testing.Cleaning;
import io.github.lifebelt.testing.DatabaseExtension;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.Faults;
import io.github.lifebelt.testing.PoolAssertions;
import io.github.lifebelt.testing.Stalls;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What an application on Lifebelt's pool holds through faults, whatever its framework: a framework's test extends this and
 * says how its application starts. The server is a real one with TLS. The application is started once and lives through
 * all tests, as it would in production.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
public abstract class FaultContract {

    /** The database of this run, by the system property {@code frameworks.product}: PostgreSQL if it is not set. */
    public static final DatabaseProduct PRODUCT =
            DatabaseProduct.valueOf(System.getProperty("frameworks.product", "POSTGRESQL"));

    /** How late a deadline may be kept. */
    private static final Duration TOLERANCE = Duration.ofMillis(250);

    /** How soon an application serves again when its database does. */
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private static final AtomicInteger NAMES = new AtomicInteger();

    /** The server of all tests that extend this, one class after the other. */
    @RegisterExtension
    protected static final DatabaseExtension DATABASE =
            DatabaseExtension.of(TestDatabase.of(PRODUCT)).cleaning(Cleaning.TRUNCATE);

    @RegisterExtension
    final VersionReport report;

    private Application application;
    private ConnectionPool pool;
    private TestDatabase database;
    private Faults faults;

    /**
     * For the framework's test.
     *
     * @param framework what people call it
     * @param from a class of its main jar, whose version is reported
     */
    @SuppressWarnings("NullAway.Init") // by startApplication
    protected FaultContract(String framework, Class<?> from) {
        report = new VersionReport(framework, from);
    }

    /**
     * Starts the application. The table {@code entry} is there.
     *
     * @param database where it is to store
     * @return the application, whose pool has the settings of {@link #pool}, or others as impatient
     * @throws Exception fails all tests
     */
    protected abstract Application start(TestDatabase database) throws Exception;

    /**
     * A pool for these tests.
     *
     * @param database its database
     * @return a builder with everything set
     */
    public static PoolBuilder pool(TestDatabase database) {
        return ConnectionPool.builder(impatient(database));
    }

    /**
     * The database's URL with the settings of a pool so small and impatient that the tests are quick, but not so impatient
     * that a first connect by TLS on a busy machine is too slow for it. As with the defaults, connecting may take no more than
     * half of a borrow, so that borrowers in the queue hear of an outage before their own time is over.
     *
     * @param database what to connect to
     * @return with user and password
     */
    public static String impatient(TestDatabase database) {
        String url = database.url();
        return url + (url.contains("?") ? "&" : "?") + "lifebelt.max-size=4&lifebelt.borrow-timeout=6s"
                + "&lifebelt.connect-timeout=3s&lifebelt.unavailable-timeout=3s";
    }

    @BeforeAll
    void startApplication() throws Exception {
        database = DATABASE.database();
        faults = database.faults();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table entry (text varchar(100) primary key)");
        }
        application = start(database);
        pool = application.pool();
    }

    @AfterEach
    void nothingIsLentOrOpenAfterATest() {
        faults.heal();
        // Fewer sessions than connections are no leak: that an idle connection is dead is noticed when it is wanted.
        await().untilAsserted(() -> {
            PoolStats stats = pool.stats();
            assertEquals(0, stats.active(), stats::toString);
            assertTrue(database.sessions() <= stats.total(), () -> database.sessions() + " sessions for " + stats);
        });
        PoolAssertions.nothingLeftInTransaction(database);
    }

    @AfterAll
    void closingTheApplicationEndsAllItsSessions() throws Exception {
        if (application != null) {
            application.close();
        }
        if (pool != null) {
            assertTrue(pool.isClosed(), "the pool is closed with its application");
            PoolAssertions.noConnectionLeaked(() -> 0, database);
        }
    }

    @Test
    void whatIsStoredIsThere() throws Exception {
        String text = name();
        application.store(text);
        assertEquals(Set.of(text), stored());
        assertEquals(1, application.count());
    }

    @Test
    void whatTheApplicationThrowsRollsBackAndReachesTheCaller() throws Exception {
        IllegalStateException thrown = new IllegalStateException("the application's own");
        Call call = Calls.call(() -> application.store(name(), () -> {
            throw thrown;
        }));
        assertSame(thrown, Calls.cause(call.failure(), IllegalStateException.class));
        assertEquals(Set.of(), stored());
        assertEquals(0, application.count());
    }

    @Test
    void sessionsKilledWhileIdleFailNobody() throws Exception {
        storeOnAllConnections();
        long connects = pool.stats().connects();
        killAndWait();
        storeOnAllConnections();
        storeOnAllConnections();
        assertEquals(3L * pool.stats().max(), application.count());
        assertTrue(
                pool.stats().connects() >= connects + pool.stats().max(),
                "the connections are others: " + pool.stats());
    }

    @Test
    void aSessionKilledWithinATransactionStoresNothingAndTheNextCallWorks() throws Exception {
        String text = name();
        Call call = Calls.call(() -> application.store(text, this::killAndWait));
        assertNotNull(Calls.cause(call.failure(), SQLException.class), () -> "no SQLException in " + call);
        assertFalse(stored().contains(text));
        application.store(name());
        assertEquals(1, application.count());
    }

    @Test
    void inAKillStormOnlyOpenTransactionsFailAndNothingIsLost() throws Exception {
        long replaced = pool.stats().replaced();
        try (Storing storing = Storing.start(application, pool.stats().max() + 2, FaultContract::name)) {
            for (int kill = 0; kill < 15; kill++) {
                faults.killSessions();
                // Of one thread more than could be in the middle of a store, so that this is after the kill.
                storing.awaitMore(pool.stats().max() + 3, AT_ONCE);
            }
            storing.stop();
            Set<String> stored = stored();
            assertAll(
                    () -> assertEquals(Set.of(), minus(storing.confirmed(), stored), "lost"),
                    () -> assertEquals(Set.of(), minus(stored, storing.confirmed(), storing.inDoubt()), "unwanted"),
                    () -> assertEquals(List.of(), storing.unexplained(), "failures without an SQLException"));
            assertTrue(pool.stats().replaced() > replaced, "the storm was one: " + pool.stats());
        }
    }

    @Test
    void aStoppedServerFailsCallsInTimeAndServesThemAtOnceWhenItIsBack() throws Exception {
        storeOnAllConnections();
        faults.stop(StopMode.FAST);
        allCallsFailInTime();
        allCallsFailInTime();
        faults.start();
        servesWithin(AT_ONCE);
    }

    /**
     * A connection that is lent before the server freezes waits for as long as the driver's own time-outs say: only who
     * borrows has a deadline. So here each call needs a new connection.
     */
    @Test
    void aFrozenServerKeepsNoBorrowerPastItsDeadlineAndServesWhenThawed() throws Exception {
        killAndWait();
        faults.freeze();
        allCallsFailInTime();
        faults.thaw();
        // Who was connecting meanwhile may not be answered any more, and goes on when connecting has taken too long.
        servesWithin(pool.config().connectTimeout().plus(AT_ONCE));
    }

    /** More calls than there are connections. */
    private void allCallsFailInTime() throws Exception {
        Duration limit = pool.config().borrowTimeout().plus(TOLERANCE);
        try (Stalls stalls = new Stalls()) {
            List<Call> calls = Calls.together(pool.stats().max() + 2, number -> application.store(name()));
            Duration allowed = stalls.allowFor(limit);
            for (Call call : calls) {
                assertFalse(call.succeeded(), "nothing can be stored now");
                assertNotNull(
                        Calls.cause(call.failure(), DatabaseUnavailableException.class),
                        () -> "the cause is not clear from " + call);
                assertTrue(call.took().compareTo(allowed) <= 0, () -> call + " took longer than " + allowed);
            }
        }
        assertEquals(0, pool.stats().active());
    }

    private void servesWithin(Duration limit) throws Exception {
        try (Stalls stalls = new Stalls()) {
            long start = System.nanoTime();
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> Calls.call(() -> application.store(name())).succeeded());
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertTrue(took.compareTo(stalls.allowFor(limit)) <= 0, () -> "served after " + took);
        }
        storeOnAllConnections();
    }

    /** One call for each connection that there may be, all within their transactions at once. */
    private void storeOnAllConnections() throws Exception {
        int all = pool.stats().max();
        CyclicBarrier together = new CyclicBarrier(all);
        for (Call call : Calls.together(all, number -> application.store(name(), () -> meet(together)))) {
            assertTrue(call.succeeded(), call::toString);
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the others did not come", e);
        }
    }

    /** The server is told to and not waited for; until it has closed a connection nobody can see that it is dead. */
    private void killAndWait() {
        faults.killSessions();
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> database.sessions() == 0);
    }

    /**
     * What is really there, past the pool and the framework.
     *
     * @return the texts of all rows
     * @throws SQLException if the server does not run
     */
    protected final Set<String> stored() throws SQLException {
        Set<String> texts = new HashSet<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select text from entry")) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    @SafeVarargs
    private static Set<String> minus(Set<String> from, Set<String>... others) {
        Set<String> rest = new HashSet<>(from);
        for (Set<String> other : others) {
            rest.removeAll(other);
        }
        return rest;
    }

    private static String name() {
        return "entry " + NAMES.incrementAndGet();
    }
}
