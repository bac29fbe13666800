package io.github.lifebelt.internal.pool;

import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolExhaustedException;
import io.github.lifebelt.PoolStats;
import io.github.lifebelt.internal.config.Durations;
import io.github.lifebelt.internal.credentials.CredentialsUnavailableException;
import io.github.lifebelt.internal.pool.Gate.Closure;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What borrowers are told that were not served. */
public final class BorrowErrors {
    private final String pool;
    private final String target;
    private final Explanation explanation;
    private final Supplier<PoolStats> figures;

    /** Says what a failure to connect means, and what to do; null if there is no more to say than the driver does. */
    interface Explanation {
        @Nullable
        String of(SQLException failure, ConnectProblem problem);
    }

    BorrowErrors(PoolConfig config, Explanation explanation, Supplier<PoolStats> figures) {
        this.pool = config.name();
        this.target = config.url().target();
        this.explanation = explanation;
        this.figures = figures;
    }

    /**
     * All are in use.
     *
     * @param closure why no more can be made, if that is so
     * @param inDoubtSince since when none has been seen to work, if that is so
     * @param holders who has them, in short
     */
    SQLException exhausted(
            long waitedNanos, @Nullable Closure closure, @Nullable Instant inDoubtSince, String holders) {
        PoolStats stats = figures.get();
        String trouble = "";
        if (closure != null) {
            trouble = " No more can be made since " + ago(closure.since()) + ": " + reason(closure.cause()) + ".";
        } else if (inDoubtSince != null) {
            trouble = " None has been seen to work since " + ago(inDoubtSince)
                    + ", when one was lost: if the database hangs, that comes first.";
        }
        return new PoolExhaustedException(
                pool + ": no connection came free within "
                        + Durations.text(millis(waitedNanos)) + " (max "
                        + stats.max() + ", active " + stats.active() + ", idle " + stats.idle() + ", waiting "
                        + stats.pending() + ")." + trouble
                        + " Look for units that keep a connection while they do something else, or raise max-size",
                holders.isEmpty() ? "" : ". The connections are held by " + holders);
    }

    /** All that might be had are waiting for the server. */
    SQLException silent(Silence silence, long waitedNanos) {
        Instant now = Instant.now();
        Instant since = now.minusNanos(silence.asked() == 0 ? waitedNanos : silence.nanos());
        return new DatabaseUnavailableException(
                target + " has given no connection since " + ago(since) + ": " + silence.words() + "; waited "
                        + Durations.text(millis(waitedNanos)) + " and no live connection came free. Try again",
                since,
                now,
                null,
                new SQLTransientConnectionException(silence.words(), "08001"));
    }

    /** Nothing is lent, and nothing is wrong. */
    SQLException suspended(long waitedNanos) {
        return PoolExhaustedException.suspended(pool + ": the pool is suspended; waited "
                + Durations.text(millis(waitedNanos)) + ". It lends again after resume()");
    }

    /** All permits are held by threads that wait for one, this one among them. */
    SQLException deadlock(int max, Set<Thread> holders, OpenUnits units) {
        PoolExhaustedException error = PoolExhaustedException.deadlock(pool + ": all connections (max " + max
                + ") are held by threads that wait for one more: "
                + holders.stream().map(units::describe).collect(Collectors.joining(", "))
                + ". None could ever have gone on, so this one does not wait. Do not borrow while you hold a connection:"
                + " pass on the one that you have");
        for (Thread holder : holders) {
            Throwable where = new Throwable(units.describe(holder) + " holds a connection and waits for another");
            where.setStackTrace(holder.getStackTrace());
            error.addSuppressed(where);
        }
        return error;
    }

    /** Nothing can serve: since when, why, when it is looked at again. */
    DatabaseUnavailableException unavailable(Closure closure, long waitedNanos, @Nullable String also) {
        Instant now = Instant.now();
        Instant next = closure.nextProbe();
        if (closure.cause() instanceof CredentialsUnavailableException cause) {
            String asked = next == null || next.isBefore(now) ? "now" : "again in " + text(now, next);
            return new DatabaseUnavailableException(
                    cause.getMessage() + ". Nothing was sent to " + target
                            + ", where logins wait for credentials since "
                            + closure.since() + " (" + text(closure.since(), now) + " ago); waited "
                            + Durations.text(millis(waitedNanos)) + " and no live connection came free"
                            + (also == null ? "" : "; " + also) + ". The supplier is asked " + asked + "; try again",
                    closure.since(),
                    closure.causeAt(),
                    next,
                    cause);
        }
        String then = next == null || next.isBefore(now) ? "is probed now" : "is probed again in " + text(now, next);
        String full = closure.verdict() == Verdict.AT_CAPACITY
                ? " takes no more connections since "
                : " cannot be reached since ";
        return new DatabaseUnavailableException(
                target + full + closure.since() + " (" + text(closure.since(), now) + " ago); waited "
                        + Durations.text(millis(waitedNanos)) + " and no live connection came free"
                        + (also == null ? "" : "; " + also) + "; last failure " + text(closure.causeAt(), now)
                        + " ago, "
                        + closure.problem().words() + ": " + reason(closure.cause()) + ". It " + then + "; try again",
                closure.since(),
                closure.causeAt(),
                next,
                closure.cause());
    }

    /** The same for a borrower whose own attempt took all its time. */
    DatabaseUnavailableException unavailable(
            @Nullable Closure closure, ConnectProblem problem, long waitedNanos, SQLException cause) {
        Instant now = Instant.now();
        Closure own = closure == null
                ? new Closure(now, System.nanoTime(), Verdict.DATABASE_DOWN, problem, cause, now, null)
                : closure;
        return unavailable(own, waitedNanos, null);
    }

    /** The database was reached and refuses us: with the reason first and the cure behind it. */
    SQLException refused(Closure closure) {
        Instant now = Instant.now();
        Instant next = closure.nextProbe();
        // Whoever tried himself needs no history.
        boolean fresh = Duration.between(closure.causeAt(), now).toMillis() < 10;
        String history = fresh
                ? ""
                : ". Found " + text(closure.causeAt(), now) + " ago"
                        + (next == null || next.isBefore(now) ? "" : ", tried again in " + text(now, next));
        return refused(closure.cause(), closure.problem(), history);
    }

    SQLException refused(SQLException cause, ConnectProblem problem, String history) {
        return new SQLNonTransientConnectionException(
                "[CONNECT_REFUSED] " + target + " refuses the connection: " + reason(cause) + history
                        + explained(cause, problem),
                cause.getSQLState(),
                cause.getErrorCode(),
                cause);
    }

    /** What it means and what to do, as further sentences, or nothing. */
    String explained(SQLException cause, ConnectProblem problem) {
        String more = explanation.of(cause, problem);
        return more == null ? "" : ". " + more;
    }

    private static String ago(Instant since) {
        return since + " (" + text(since, Instant.now()) + " ago)";
    }

    private static String text(Instant from, Instant to) {
        return Durations.text(
                Duration.ofMillis(Math.max(0, Duration.between(from, to).toMillis())));
    }

    private static Duration millis(long nanos) {
        return Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    SQLException closed() {
        return new SQLNonTransientConnectionException("[POOL_CLOSED] the pool " + pool + " is closed", "08003");
    }

    /**
     * A driver's failure in words: what it says itself, and what network or TLS said to it. Some say only that they could
     * not connect, and put what has been going on for how long below it.
     */
    public static String reason(SQLException failure) {
        String said = firstParagraph(failure);
        int depth = 0;
        for (Throwable t = failure.getCause(); t != null && depth < 16; t = t.getCause(), depth++) {
            if ((t instanceof IOException || t instanceof GeneralSecurityException) && t.getMessage() != null) {
                String deeper = firstParagraph(t);
                return said.contains(deeper) ? said : said + ": " + deeper;
            }
        }
        return said;
    }

    private static String firstParagraph(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        int end = message.indexOf("\n\n");
        return end < 0 ? message : message.substring(0, end);
    }

    static SQLException interrupted(Exception cause) {
        Thread.currentThread().interrupt();
        return new SQLTransientConnectionException(
                "[BORROW_INTERRUPTED] the thread was interrupted while it waited for a connection; nothing was sent",
                cause);
    }
}
