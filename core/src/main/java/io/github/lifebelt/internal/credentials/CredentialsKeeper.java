package io.github.lifebelt.internal.credentials;

import io.github.lifebelt.internal.config.Durations;
import io.github.lifebelt.security.Credentials;
import io.github.lifebelt.security.CredentialsProvider;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool's credentials. Those that expire are renewed ahead of time, in the background; those that do not are asked for
 * at each login, so that a rotation is seen. One call of the supplier at a time serves all who want it, nobody waits for
 * it past his deadline, and what it gave last serves while it fails.
 *
 * <p>Thread-safe. Only connecting comes here; a borrow of what is connected does not.
 */
public final class CredentialsKeeper {

    /** What the pool does about it. */
    public interface Events {
        /** Others than before were given. */
        void refreshed(@Nullable Duration validFor);

        /** The supplier has failed. */
        void refreshFailed(SQLException failure, @Nullable Duration stillValid);

        /** The server has taken others than those that connections have logged in with, and not merely a newer token. */
        void rotated();
    }

    /** Runs something later. */
    @FunctionalInterface
    public interface Timer {
        void after(Duration delay, Runnable task);
    }

    private static final Logger LOG = LoggerFactory.getLogger(CredentialsKeeper.class);

    // A supplier that keeps silent for this long is asked once more, beside; so often at most.
    private static final long OVERDUE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int MOST_CALLS = 3;
    // What does not expire need not be waited for very long: what there is may still be right, and the server says so.
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    // Between a rotation at the server and that at the supplier, in either order.
    private static final long ROTATION_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LAST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long PREFER_OLD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String pool;
    private final CredentialsProvider supplier;
    private final @Nullable Credentials fixed;
    private final String name;
    private final long patienceNanos;
    private final Timer timer;
    private final Events events;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Answer last;
    private volatile @Nullable Credentials accepted;
    private volatile boolean closed;
    private @Nullable Credentials standing;
    private @Nullable SupplierCall call;
    private int callsOut;
    private boolean failing;
    private long plans;
    private boolean prefersOld;
    private long preferOldUntil;

    /**
     * Asks nobody yet.
     *
     * @param patience how long to wait at most for a supplier that is behind the server
     */
    public CredentialsKeeper(String pool, CredentialsProvider supplier, Duration patience, Timer timer, Events events) {
        this.pool = pool;
        this.supplier = supplier;
        this.fixed = supplier instanceof FixedCredentials own ? own.value() : null;
        this.name = Named.of(supplier);
        this.patienceNanos = Math.min(ROTATION_NANOS, patience.toNanos());
        this.timer = timer;
        this.events = events;
    }

    /** When what was given last expires, or null. */
    public @Nullable Instant expiresAt() {
        Answer answer = last;
        return answer == null ? null : answer.credentials().expiresAt();
    }

    public void close() {
        closed = true;
        lock.lock();
        try {
            if (call != null) {
                call.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    // ------------------------------------------------------------------------------------------------ for a login

    /** Credentials for a login that is about to happen. */
    public Credentials forLogin(long deadlineNanos) throws SQLException {
        if (fixed != null) {
            return fixed;
        }
        Answer known = last;
        Credentials old = preferred();
        if (old != null) {
            return old;
        }
        if (known != null && known.isReusable()) {
            return known.credentials();
        }
        // What expires is over by now; the rest serves while its supplier is slow, or fails.
        boolean spare = known != null && known.isSpare();
        long until = spare ? Math.min(deadlineNanos, System.nanoTime() + SLOW_NANOS) : deadlineNanos;
        String problem;
        Throwable cause = null;
        try {
            return ask().await(until);
        } catch (ExecutionException e) {
            cause = e.getCause();
            problem = "has failed" + (cause == null ? "" : ": " + Scrub.failure(cause, secrets()));
        } catch (TimeoutException e) {
            problem = "gives no answer in time";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = "was not waited for: the thread was interrupted";
        }
        if (known != null && spare) {
            return known.credentials();
        }
        throw unavailable(problem, cause);
    }

    /**
     * Others than those that the server has just rejected. The supplier may be behind the server, which a moment cures,
     * or ahead of it: then those that it took last are still right.
     *
     * @return null if there are none
     */
    public @Nullable Credentials insteadOf(Credentials rejected, long deadlineNanos) {
        if (fixed != null) {
            return null;
        }
        long begin = System.nanoTime();
        boolean hadWorked = accepted != null;
        reject(rejected);
        Answer known = last;
        if (known != null && !known.wasRejected()) {
            // Somebody else has asked since.
            return known.credentials();
        }
        Credentials fresh = fresh(rejected, begin, deadlineNanos);
        if (fresh != null) {
            return fresh;
        }
        Credentials old = old(rejected);
        if (old != null) {
            return old;
        }
        long until = hadWorked ? Math.min(deadlineNanos, begin + patienceNanos) : begin;
        long pause = FIRST_PAUSE_NANOS;
        while (fresh == null
                && until - System.nanoTime() > 0
                && !closed
                && !Thread.currentThread().isInterrupted()) {
            long since = System.nanoTime();
            LockSupport.parkNanos(this, Math.min(pause, until - since));
            pause = Math.min(LAST_PAUSE_NANOS, pause * 2);
            fresh = fresh(rejected, since, deadlineNanos);
        }
        return fresh;
    }

    /** The server has taken them. */
    public void accepted(Credentials credentials) {
        if (fixed != null || credentials.equals(accepted)) {
            return;
        }
        boolean rotated = false;
        lock.lock();
        try {
            accepted = credentials;
            Answer answer = last;
            if (answer != null && credentials.equals(answer.credentials())) {
                rotated = standing != null && isRotation(standing, credentials);
                standing = credentials;
                prefersOld = false;
            }
        } finally {
            lock.unlock();
        }
        if (rotated) {
            LOG.info("{}: {} has given other credentials, and the server takes them", pool, name);
            events.rotated();
        }
    }

    /** Whether the supplier has others by now than those that were rejected. */
    public boolean hasOtherThan(@Nullable Credentials rejected, long deadlineNanos) {
        if (rejected == null) {
            return true;
        }
        if (fixed != null) {
            return !fixed.equals(rejected);
        }
        return fresh(rejected, System.nanoTime(), deadlineNanos) != null;
    }

    /** A token that was merely renewed is no rotation: the connections that it has opened live on. */
    private static boolean isRotation(Credentials before, Credentials now) {
        return !Objects.equals(before.user(), now.user())
                || (now.expiresAt() == null && !Objects.equals(before.secret(), now.secret()));
    }

    /** From a call that was begun since then, or a different answer of an older one; null if there are no others. */
    private @Nullable Credentials fresh(Credentials rejected, long sinceNanos, long deadlineNanos) {
        try {
            for (; ; ) {
                SupplierCall asked = ask();
                Credentials answer = asked.await(deadlineNanos);
                if (!answer.equals(rejected)) {
                    return answer;
                }
                if (asked.begunSince(sinceNanos)) {
                    return null;
                }
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("{}: {} was asked once more in vain", pool, name);
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private void reject(Credentials rejected) {
        lock.lock();
        try {
            if (rejected.equals(accepted)) {
                accepted = null;
                prefersOld = false;
            }
            Answer answer = last;
            if (answer != null && rejected.equals(answer.credentials())) {
                last = answer.rejected();
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Credentials old(Credentials rejected) {
        lock.lock();
        try {
            Credentials old = accepted;
            if (old == null || old.equals(rejected) || !Objects.equals(old.user(), rejected.user()) || isOver(old)) {
                return null;
            }
            prefersOld = true;
            preferOldUntil = System.nanoTime() + PREFER_OLD_NANOS;
            LOG.warn("{}: the server does not take what {} gives; trying what it took before", pool, name);
            return old;
        } finally {
            lock.unlock();
        }
    }

    /** Not each login is to begin with a rejected one: accounts are locked for that. */
    private @Nullable Credentials preferred() {
        lock.lock();
        try {
            Credentials old = accepted;
            return prefersOld && old != null && preferOldUntil - System.nanoTime() > 0 && !isOver(old) ? old : null;
        } finally {
            lock.unlock();
        }
    }

    private static boolean isOver(Credentials credentials) {
        Instant end = credentials.expiresAt();
        return end != null && !end.isAfter(Instant.now());
    }

    // ------------------------------------------------------------------------------------------------ the supplier

    /** The call that is going on, or a new one. */
    private SupplierCall ask() {
        lock.lock();
        try {
            SupplierCall going = call;
            if (going != null && going.ageNanos() > OVERDUE_NANOS && callsOut < MOST_CALLS) {
                LOG.warn(
                        "{}: {} has kept silent for {} s, and is asked again",
                        pool,
                        name,
                        OVERDUE_NANOS / 1_000_000_000);
                going.interrupt();
                going = null;
            }
            if (going == null) {
                going = new SupplierCall(pool, supplier, this::ended);
                call = going;
                callsOut++;
                going.start();
            }
            return going;
        } finally {
            lock.unlock();
        }
    }

    private void ended(SupplierCall ended, @Nullable Credentials answer, @Nullable Throwable failure) {
        boolean news = false;
        boolean firstFailure = false;
        lock.lock();
        try {
            callsOut--;
            if (ended != call) {
                // Somebody else was asked meanwhile.
                return;
            }
            call = null;
            if (answer != null) {
                news = last == null || !answer.equals(last.credentials());
                last = new Answer(answer, System.nanoTime(), ended.ageNanos(), false);
                if (failing) {
                    LOG.info("{}: {} gives credentials again", pool, name);
                }
            }
            firstFailure = failure != null && !failing;
            failing = failure != null;
            plan(failure != null);
        } finally {
            lock.unlock();
        }
        if (news) {
            events.refreshed(validFor());
        } else if (failure != null && !closed) {
            failed(failure, firstFailure);
        }
    }

    private void failed(Throwable failure, boolean first) {
        String why = Scrub.failure(failure, secrets());
        Answer spare = last;
        Duration valid = validFor();
        if (first && spare != null && spare.isSpare()) {
            LOG.warn(
                    "{}: {} has failed; what it gave before is used{}: {}",
                    pool,
                    name,
                    valid == null ? "" : " for another " + Durations.text(Duration.ofMillis(valid.toMillis())),
                    why);
        } else if (first) {
            LOG.warn("{}: {} has failed, and there are no credentials to log in with: {}", pool, name, why);
        }
        events.refreshFailed(unavailable("has failed: " + why, failure), valid);
    }

    /** When to ask next without being asked. Held by the lock. */
    private void plan(boolean afterFailure) {
        Duration valid = validFor();
        if (valid != null && !closed) {
            long plan = ++plans;
            Duration delay = afterFailure || valid.isNegative()
                    ? RefreshTimes.untilRetry(valid)
                    : RefreshTimes.untilRefresh(
                            valid, ThreadLocalRandom.current().nextDouble());
            timer.after(delay, () -> refresh(plan));
        }
    }

    private void refresh(long plan) {
        lock.lock();
        try {
            if (plan == plans && !closed) {
                ask();
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Duration validFor() {
        Instant end = expiresAt();
        return end == null ? null : Duration.between(Instant.now(), end);
    }

    private CredentialsUnavailableException unavailable(String what, @Nullable Throwable cause) {
        Instant end = expiresAt();
        String over = end == null || end.isAfter(Instant.now()) ? "" : "; what it gave before has expired at " + end;
        return new CredentialsUnavailableException(
                name + " " + what + over, cause == null ? null : Scrub.cause(cause, secrets()));
    }

    private List<String> secrets() {
        Answer answer = last;
        List<String> known = new ArrayList<>();
        for (Credentials one : new @Nullable Credentials[] {answer == null ? null : answer.credentials(), accepted}) {
            String secret = one == null ? null : one.secret();
            if (secret != null) {
                known.add(secret);
            }
        }
        return known;
    }
}
