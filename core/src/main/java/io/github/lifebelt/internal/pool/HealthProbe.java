package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.tx.SideDoor;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.Dialect.SessionActivity;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database on a connection of its own whether it is there. The connection is kept while somebody asks, since a
 * login costs the server more than all the rest.
 *
 * <p>Used by one thread at a time, but for {@link #close()}.
 */
final class HealthProbe {
    private static final Duration KEPT = Duration.ofMinutes(1);

    /** How it went. */
    sealed interface Finding permits Reached, Failed {}

    /**
     * It has answered.
     *
     * @param others the connections that other users have, if the server says so
     * @param sessions those that were asked about
     */
    record Reached(
            Duration took, ServerFacts facts, @Nullable Integer others, Map<Long, SessionActivity> sessions)
            implements Finding {}

    /** It has not, or not as it should have. */
    record Failed(ConnectProblem problem, String message) implements Finding {}

    private final SideDoor door;
    private final Dialect dialect;
    private final BiConsumer<Duration, Runnable> after;
    private final DatabaseUrl url;
    private final long recycleNanos;
    private final boolean writes;
    private volatile @Nullable Physical own;
    private volatile long openedNanos;
    private volatile long usedNanos;
    private volatile boolean closed;
    private volatile @Nullable Instant lastSuccess;

    HealthProbe(PoolConfig config, Dialect dialect, SideDoor door, BiConsumer<Duration, Runnable> after) {
        this.door = door;
        this.dialect = dialect;
        this.after = after;
        url = config.url();
        recycleNanos = config.recycleAfter().isZero()
                ? Long.MAX_VALUE
                : config.recycleAfter().toNanos();
        writes = !config.readOnly();
    }

    /** When the database has answered last, or null. */
    @Nullable
    Instant lastSuccess() {
        return lastSuccess;
    }

    /**
     * Asks.
     *
     * @param sessions to be asked about too
     */
    Finding ask(Set<Long> sessions, long deadlineNanos) {
        long begin = System.nanoTime();
        try {
            Physical answering = answering(deadlineNanos);
            lastSuccess = Instant.now();
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            return furtherQuestions(answering, took, sessions, deadlineNanos);
        } catch (SQLException e) {
            return new Failed(dialect.connectProblem(e), BorrowErrors.reason(e));
        } finally {
            usedNanos = System.nanoTime();
        }
    }

    /** One that has answered just now: the kept one, or a new one. */
    private Physical answering(long deadlineNanos) throws SQLException {
        Physical kept = own;
        if (kept != null && System.nanoTime() - openedNanos < recycleNanos) {
            try {
                kept.within(deadlineNanos, jdbc -> kept.facts(dialect.serverFacts(jdbc)));
                if (!isLeftBehind(kept)) {
                    return kept;
                }
                own = null;
                kept.closePolitely();
            } catch (SQLException e) {
                boolean silent = kept.missedDeadline();
                drop(kept);
                if (silent) {
                    throw e;
                }
            }
        } else if (kept != null) {
            own = null;
            kept.closePolitely();
        }
        Physical fresh = door.open(deadlineNanos);
        own = fresh;
        openedNanos = System.nanoTime();
        usedNanos = openedNanos;
        if (closed) {
            drop(fresh);
        } else {
            after.accept(KEPT, () -> closeIfUnused(fresh));
        }
        return fresh;
    }

    /** Whether it leads to a server that takes no writes, while the name may lead to one that does by now. */
    private boolean isLeftBehind(Physical kept) {
        ServerFacts facts = kept.facts();
        return writes && facts != null && facts.readOnly();
    }

    /** What they do not answer is not shown; that the database is there is known by now. */
    private Reached furtherQuestions(Physical answering, Duration took, Set<Long> sessions, long deadlineNanos) {
        ServerFacts facts = Objects.requireNonNull(answering.facts(), "facts");
        Integer[] others = {null};
        Map<Long, SessionActivity> activity = Map.of();
        try {
            answering.within(
                    deadlineNanos,
                    jdbc -> others[0] = dialect.checkUp(jdbc, facts, url).othersConnections());
            activity = SessionsView.of(dialect, answering, sessions, deadlineNanos);
        } catch (SQLException e) {
            if (answering.driverSaysClosed() || answering.missedDeadline()) {
                drop(answering);
            }
        }
        return new Reached(took, facts, others[0], activity);
    }

    private void drop(Physical dead) {
        own = null;
        dead.abort(CloseReason.SERVICE);
    }

    private void closeIfUnused(Physical opened) {
        if (own != opened) {
            return;
        }
        long unused = System.nanoTime() - usedNanos;
        if (unused >= KEPT.toNanos()) {
            own = null;
            opened.closePolitely();
        } else {
            after.accept(
                    Duration.ofNanos(KEPT.toNanos() - unused).plusMillis(TimeUnit.SECONDS.toMillis(1)),
                    () -> closeIfUnused(opened));
        }
    }

    /** Ends the connection, also while it is asked. */
    void close() {
        closed = true;
        release();
    }

    /** The same for now: the next question opens another one. */
    void release() {
        Physical kept = own;
        if (kept != null) {
            drop(kept);
        }
    }
}
