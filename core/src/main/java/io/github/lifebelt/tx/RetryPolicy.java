package io.github.lifebelt.tx;

import io.github.lifebelt.internal.config.Limits;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Which failures a unit of work is run again after, how often, and with what pause. Immutable and thread-safe.
 *
 * <p>Passing one to {@link UnitOfWork#retry} says that the work may run more than once: what it does besides the database
 * (sending a mail, changing an object) is done again, too. In the database nothing is done twice: a unit is run again only
 * after it is certain that nothing of it was stored.
 *
 * <p>Not the exception's own opinion decides ({@code SQLTransientException}), nor the SQLState alone: the same state means
 * another thing before and after COMMIT was sent.
 */
public final class RetryPolicy {

    private static final int DEFAULT_ATTEMPTS = 10;
    // A storm of kills is not the unit's fault; what bounds these is the time.
    private static final int DEFAULT_ATTEMPTS_WITH_LOSSES = 30;
    private static final Duration DEFAULT_BASE = Duration.ofMillis(10);
    private static final Duration DEFAULT_CAP = Duration.ofSeconds(1);

    private static final RetryPolicy NONE = new RetryPolicy(EnumSet.noneOf(Reason.class), 1, DEFAULT_BASE, DEFAULT_CAP);

    private final Set<Reason> reasons;
    private final int maxAttempts;
    private final Duration base;
    private final Duration cap;

    private RetryPolicy(EnumSet<Reason> reasons, int maxAttempts, Duration base, Duration cap) {
        this.reasons = Collections.unmodifiableSet(reasons);
        this.maxAttempts = maxAttempts;
        this.base = base;
        this.cap = cap;
    }

    /**
     * Each unit is run once. The default: nobody's code is run twice without being asked.
     *
     * @return the policy
     */
    public static RetryPolicy none() {
        return NONE;
    }

    /**
     * Runs a unit again that got into the way of others: serialisation failures and deadlocks, and once when a prepared
     * statement had become stale. Such a unit was answered; nothing of it is stored.
     *
     * @return with 10 attempts and pauses from 10 ms to 1 s
     */
    public static RetryPolicy conflicts() {
        return new RetryPolicy(
                EnumSet.of(Reason.CONFLICT, Reason.DEADLOCK, Reason.STALE_STATEMENT),
                DEFAULT_ATTEMPTS,
                DEFAULT_BASE,
                DEFAULT_CAP);
    }

    /**
     * As {@link #conflicts()}, and runs a unit again whose connection was lost before COMMIT, whose COMMIT is known to have
     * had no effect, that met a server which takes no writes, or that got no connection because the database could not be
     * reached.
     *
     * @return with 30 attempts, more than fit into most units' time, and pauses from 10 ms to 1 s: the pool's gate holds
     *     borrowers back in an outage, so the pause need not
     */
    public static RetryPolicy conflictsAndLostConnections() {
        EnumSet<Reason> reasons = EnumSet.copyOf(conflicts().reasons);
        reasons.add(Reason.CONNECTION_LOST);
        reasons.add(Reason.READ_ONLY_SERVER);
        return new RetryPolicy(reasons, DEFAULT_ATTEMPTS_WITH_LOSSES, DEFAULT_BASE, DEFAULT_CAP);
    }

    /**
     * Sets how often a unit is run in all.
     *
     * @param attempts 1 to 1,000, the first one included
     * @return a copy
     */
    public RetryPolicy maxAttempts(int attempts) {
        return new RetryPolicy(copyOfReasons(), Limits.count("max-attempts", attempts, 1, 1_000), base, cap);
    }

    /**
     * Sets the pauses: before the n-th repetition a random time from zero to the first limit, doubled n - 1 times, but no
     * longer than the longest. Random over its whole length, so that units which collided do not meet again.
     *
     * @param first the limit of the first pause; zero for no pauses
     * @param longest the limit of all
     * @return a copy
     */
    public RetryPolicy backoff(Duration first, Duration longest) {
        Duration checkedFirst = Limits.between("backoff", first, Duration.ZERO, Limits.DAY);
        return new RetryPolicy(
                copyOfReasons(), maxAttempts, checkedFirst, Limits.between("backoff", longest, first, Limits.DAY));
    }

    /**
     * Runs a unit again for one more reason: {@link Reason#LOCK_TIMEOUT} for one that has time to wait once more;
     * {@link Reason#CONSTRAINT} where a duplicate key may be another transaction's that this one would see in its next run.
     *
     * @param reason one that may be gone in the next run
     * @return a copy
     * @throws IllegalArgumentException for what the caller itself has decided: {@link Reason#ROLLBACK_ONLY},
     *     {@link Reason#INTERRUPTED}, and for {@link Reason#SWALLOWED_ERROR}, which counts as what was swallowed
     */
    public RetryPolicy alsoOn(Reason reason) {
        if (reason == Reason.ROLLBACK_ONLY || reason == Reason.INTERRUPTED || reason == Reason.SWALLOWED_ERROR) {
            throw new IllegalArgumentException("a unit cannot be run again after " + reason
                    + "; allowed: what the database or the network has caused, for example " + Reason.LOCK_TIMEOUT);
        }
        EnumSet<Reason> more = copyOfReasons();
        more.add(reason);
        return new RetryPolicy(more, maxAttempts, base, cap);
    }

    private EnumSet<Reason> copyOfReasons() {
        EnumSet<Reason> copy = EnumSet.noneOf(Reason.class);
        copy.addAll(reasons);
        return copy;
    }

    boolean isNone() {
        return maxAttempts == 1 || reasons.isEmpty();
    }

    /** Whether a unit that was run so many times is to be run once more. */
    boolean allows(Reason reason, int attemptsSoFar) {
        int most = reason == Reason.STALE_STATEMENT ? Math.min(2, maxAttempts) : maxAttempts;
        return reasons.contains(reason) && attemptsSoFar < most;
    }

    /** How long to wait after so many runs. */
    Duration pause(int attemptsSoFar) {
        int doublings = Math.min(attemptsSoFar - 1, 30);
        long limit = base.toNanos() > cap.toNanos() >> doublings ? cap.toNanos() : base.toNanos() << doublings;
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(limit + 1));
    }

    @Override
    public String toString() {
        return isNone() ? "RetryPolicy[none]" : "RetryPolicy[" + maxAttempts + " attempts on " + reasons + "]";
    }
}
