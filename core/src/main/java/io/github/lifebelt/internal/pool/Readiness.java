package io.github.lifebelt.internal.pool;

import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.internal.config.Durations;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for a database that is not up yet, and tells how it goes: to the log more and more rarely. */
final class Readiness {

    /** Borrows a connection and gives it back. */
    interface Trial {
        void run(long beginNanos, long deadlineNanos, long unavailableNanos) throws SQLException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long SHORTEST_ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final String pool;
    private final Listeners listeners;
    private final Dialect dialect;

    Readiness(String pool, Listeners listeners, Dialect dialect) {
        this.pool = pool;
        this.listeners = listeners;
        this.dialect = dialect;
    }

    void await(Duration timeout, Trial trial) throws SQLException {
        long begin = System.nanoTime();
        long deadline = begin + timeout.toNanos();
        long nextLine = 0;
        for (; ; ) {
            long now = System.nanoTime();
            try {
                trial.run(now, deadline, Math.min(REPORT_NANOS, Math.max(1, deadline - now)));
                LOG.info("{}: the database is ready after {}", pool, text(System.nanoTime() - begin));
                return;
            } catch (DatabaseUnavailableException e) {
                long waited = System.nanoTime() - begin;
                ConnectProblem problem = dialect.connectProblem(cause(e));
                listeners.tell(listener -> listener.awaitingDatabase(Duration.ofNanos(waited), problem, cause(e)));
                if (waited >= timeout.toNanos()) {
                    throw e;
                }
                if (System.nanoTime() - now < SHORTEST_ROUND_NANOS) {
                    // So many others wait that nobody may join them.
                    LockSupport.parkNanos(this, SHORTEST_ROUND_NANOS);
                }
                if (waited >= nextLine) {
                    nextLine = waited * 2;
                    LOG.info("{}: waiting for the database since {}: {}", pool, text(waited), e.getMessage());
                }
            }
        }
    }

    private static SQLException cause(DatabaseUnavailableException e) {
        return e.getCause() instanceof SQLException cause ? cause : e;
    }

    private static String text(long nanos) {
        return Durations.measured(Duration.ofNanos(nanos));
    }
}
