package io.github.lifebelt.apps.benchmarks.scorecard;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What a careful application writes around a pool that does not do it: the whole unit again, on another connection, after
 * errors that may pass. Attempts, pauses and the time in all are those of Lifebelt's policy.
 *
 * <p>It cannot know what became of a COMMIT that was not answered. It runs such a unit again like any other, as the usual
 * lists of retryable errors have it; if it does not, it loses units instead.
 */
final class RetryingLoop implements Units {

    private static final int ATTEMPTS = 30;
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;
    private static final long IN_ALL_NANOS = TimeUnit.SECONDS.toNanos(30);

    // Connection lost or refused; conflict; ended by an administrator, crashed, starting; cannot write here.
    private static final Set<String> CLASSES = Set.of("08", "40");
    private static final Set<String> STATES = Set.of("57P01", "57P02", "57P03", "25006");
    // MySQL's for the same, which come under other states, too.
    private static final Set<Integer> CODES = Set.of(1213, 1205, 1040, 1053, 1290, 1317, 1836, 1927, 3168, 3169);

    private final DataSource pool;
    private final int attempts;

    RetryingLoop(DataSource pool) {
        this(pool, ATTEMPTS);
    }

    private RetryingLoop(DataSource pool, int attempts) {
        this.pool = pool;
        this.attempts = attempts;
    }

    /** No loop at all: what an application does that leaves everything to its pool. */
    static RetryingLoop once(DataSource pool) {
        return new RetryingLoop(pool, 1);
    }

    /** Why one attempt failed, and where. */
    private record Failure(SQLException error, boolean mayPass, boolean atCommit) {}

    @Override
    public Ending run(Statements statements) throws InterruptedException {
        long until = System.nanoTime() + IN_ALL_NANOS;
        for (int attempt = 1; ; attempt++) {
            Failure failure = attempt(statements);
            if (failure == null) {
                return Ending.COMMITTED;
            }
            long pause = pauseMillis(attempt);
            if (attempt == attempts
                    || !failure.mayPass()
                    || until - System.nanoTime() < TimeUnit.MILLISECONDS.toNanos(pause)) {
                return new Ending(failure.atCommit() ? Told.UNKNOWN : Told.FAILED, why(failure.error(), attempt));
            }
            Thread.sleep(pause);
        }
    }

    /** Null if it has committed. */
    private @Nullable Failure attempt(Statements statements) {
        Connection connection;
        try {
            connection = pool.getConnection();
        } catch (SQLException e) {
            // Nothing was sent, so there is no harm in another try.
            return new Failure(e, true, false);
        }
        Failure failure = null;
        try (connection) {
            failure = attempt(connection, statements);
        } catch (SQLException e) {
            // Closing has failed, after everything else: how the unit ended was settled before.
            return failure;
        }
        return failure;
    }

    private static @Nullable Failure attempt(Connection connection, Statements statements) {
        boolean atCommit = false;
        try {
            connection.setAutoCommit(false);
            statements.on(connection);
            atCommit = true;
            connection.commit();
            return null;
        } catch (SQLException e) {
            rollBack(connection, e);
            return new Failure(e, mayPass(e), atCommit);
        }
    }

    private static void rollBack(Connection connection, SQLException cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    static boolean mayPass(SQLException error) {
        for (Throwable t = error; t != null; t = t.getCause()) {
            if (t instanceof SQLTransientException || t instanceof SQLRecoverableException) {
                return true;
            }
            if (t instanceof SQLException sql && mayPass(sql.getSQLState(), sql.getErrorCode())) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayPass(@Nullable String state, int code) {
        return CODES.contains(code)
                || (state != null
                        && state.length() == 5
                        && (STATES.contains(state) || CLASSES.contains(state.substring(0, 2))));
    }

    /** Random over its whole length, which doubles. */
    private static long pauseMillis(int attempt) {
        long limit = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << (attempt - 1));
        return ThreadLocalRandom.current().nextLong(limit + 1);
    }

    private static String why(SQLException e, int attempts) {
        return e.getClass().getSimpleName() + " (SQLState " + e.getSQLState() + ") after " + attempts + " runs";
    }
}
