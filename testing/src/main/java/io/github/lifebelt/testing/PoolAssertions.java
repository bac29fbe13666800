package io.github.lifebelt.testing;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolStats;
import io.github.lifebelt.doctor.Doctor;
import io.github.lifebelt.testing.internal.system.Waiting;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What a pool is to hold under faults, as assertions. Most take any {@link DataSource}, so that another pool can be held
 * to the same.
 *
 * <p>All throw {@link AssertionError} that says what was expected, what was seen, and the failures in between. What they
 * wait for is bounded. Limits are extended by what the machine itself kept threads waiting, as {@link Stalls} measures it.
 */
public final class PoolAssertions {
    private static final Duration SETTLING = Duration.ofSeconds(10);
    private static final int BORROWERS = 4;

    private PoolAssertions() {}

    /** What happens while others borrow. */
    @FunctionalInterface
    public interface Event {
        /**
         * Lets it happen.
         *
         * @throws Exception if it could not; passed on to the caller
         */
        void happen() throws Exception;
    }

    /**
     * Asserts that the pool serves again soon: borrows and runs {@code SELECT 1} over and over until that works.
     *
     * @param pool any data source
     * @param limit how long that may take from now on
     * @return how long it took
     */
    public static Duration recoversWithin(DataSource pool, Duration limit) {
        AtomicReference<@Nullable SQLException> last = new AtomicReference<>();
        int[] failures = new int[1];
        long start = System.nanoTime();
        try (Stalls stalls = new Stalls()) {
            // Twice the limit, so that a failure can tell whether it is late or never.
            boolean served = Waiting.until(limit.multipliedBy(2).plusSeconds(1), () -> {
                SQLException failure = tryOnce(pool);
                if (failure != null) {
                    last.set(failure);
                    failures[0]++;
                }
                return failure == null;
            });
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            if (served && took.compareTo(stalls.allowFor(limit)) <= 0) {
                return took;
            }
            throw new AssertionError(
                    "Expected the pool to serve again within " + millis(limit) + ", but "
                            + (served ? "it took " + millis(took) : "it did not within " + millis(took)) + " and "
                            + failures[0] + " failures",
                    last.get());
        }
    }

    /**
     * Asserts that no borrow takes longer than it may, whatever happens: four threads borrow, run {@code SELECT 1} and
     * give back for as long as the event lasts, and each once more after it. What a borrow ends with does not matter, nor
     * how long the statement takes.
     *
     * @param pool any data source
     * @param limit the longest a {@code getConnection} may take, usually the borrow time-out and some
     * @param event what happens meanwhile, a fault for one
     * @return how many borrows succeeded and failed, and the longest
     * @throws Exception what the event threw
     */
    public static Borrows noBorrowOver(DataSource pool, Duration limit, Event event) throws Exception {
        try (Stalls stalls = new Stalls();
                Borrowers borrowers = Borrowers.start(pool, BORROWERS)) {
            event.happen();
            return borrowers.finish(limit, stalls);
        }
    }

    /**
     * Asserts that no connection is lost between the two sides: nothing is lent any more, and the server knows as many
     * sessions as the pool has connections. Both are waited for, 10 s at most, because a server takes a moment to notice.
     *
     * @param pool the pool, with all that was borrowed given back
     * @param database its server, with no other sessions of ordinary users
     */
    public static void noConnectionLeaked(ConnectionPool pool, TestDatabase database) {
        boolean agreed = Waiting.until(
                SETTLING,
                () -> pool.stats().active() == 0
                        && database.sessions() == pool.stats().total());
        if (!agreed) {
            PoolStats stats = pool.stats();
            throw new AssertionError(
                    "Expected no connection to be lent and as many sessions as connections, but the pool"
                            + " has " + stats.active() + " lent and " + stats.idle() + " idle, and the server knows "
                            + database.sessions() + " sessions");
        }
    }

    /**
     * The same for another pool, or for none: the server knows as many sessions as the client has open.
     *
     * @param open how many connections the client has open
     * @param database the server, with no other sessions of ordinary users
     */
    public static void noConnectionLeaked(IntSupplier open, TestDatabase database) {
        if (!Waiting.until(SETTLING, () -> database.sessions() == open.getAsInt())) {
            throw new AssertionError("Expected as many sessions as connections, but the client has " + open.getAsInt()
                    + " connections open, and the server knows " + database.sessions() + " sessions");
        }
    }

    /**
     * Asserts that no session of an ordinary user waits within a transaction; waited for as long as 10 s, because a
     * rollback takes a moment.
     *
     * @param database the server
     */
    public static void nothingLeftInTransaction(TestDatabase database) {
        if (!Waiting.until(SETTLING, () -> database.sessionsInTransaction() == 0)) {
            throw new AssertionError("Expected no session to be left in a transaction, but the server knows "
                    + database.sessionsInTransaction() + " of " + database.sessions());
        }
    }

    /**
     * Asserts that what callers were told about their units is what the database holds: each unit that was reported as
     * committed is there once, each that was reported as rolled back is not, and one of unknown outcome is there at most
     * once.
     *
     * @param ledger what the units wrote and what was reported
     * @return the counts
     * @throws SQLException if the ledger cannot be read
     */
    public static Ledger.Count exactlyOnce(Ledger ledger) throws SQLException {
        Ledger.Count count = ledger.count();
        if (!count.isExact()) {
            throw new AssertionError("Expected each unit exactly once, but " + count.describe());
        }
        return count;
    }

    /**
     * Asserts that the doctor finds nothing broken on the way to a database: not in what is written, nor in DNS, TLS, the
     * login, the server and the pool's settings. Needs the dialect on the class path. Warnings are no failure.
     *
     * @param url the connection string, in any format that Lifebelt reads
     * @return what was found, for more assertions
     */
    public static Doctor.Report isHealthy(String url) {
        Doctor.Report report = Doctor.of(url).examine();
        report.firstError().ifPresent(first -> {
            throw new AssertionError("Expected a database that can be used, but " + first + "\n\n" + report.text());
        });
        return report;
    }

    private static @Nullable SQLException tryOnce(DataSource pool) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
            return null;
        } catch (SQLException e) {
            return e;
        }
    }

    static String millis(Duration duration) {
        return duration.toMillis() + " ms";
    }
}
