package io.github.lifebelt.internal.credentials;

import io.github.lifebelt.security.CredentialsProvider;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
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

    // What does not expire need not be waited for very long: what there is may still be right, and the server says so.
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    // Between a rotation at the server and that at the supplier.
    private static final long ROTATION_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LAST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long PREFER_OLD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String pool;
    private final @Nullable Credentials fixed;
    private final Supply supply;
    private final Events events;
    private final long patienceNanos;
    private final ReentrantLock lock = new ReentrantLock();
    /** What the server took last, unless it has said no to it since. */
    private volatile @Nullable Credentials accepted;

    private volatile boolean prefersOld;
    private volatile long preferOldUntil;
    private boolean everAccepted;
    /** What the connections that stand have logged in with. */
    private @Nullable Credentials standing;

    /**
     * Asks nobody yet.
     *
     * @param patience how long to wait at most for a supplier that is behind the server
     */
    public CredentialsKeeper(String pool, CredentialsProvider supplier, Duration patience, Timer timer, Events events) {
        this.pool = pool;
        this.fixed = supplier instanceof FixedCredentials own ? own.value() : null;
        this.supply = new Supply(pool, supplier, timer, events);
        this.events = events;
        this.patienceNanos = Math.min(ROTATION_NANOS, patience.toNanos());
    }

    /** When what was given last expires, or null. */
    public @Nullable Instant expiresAt() {
        return supply.expiresAt();
    }

    public void close() {
        supply.close();
    }

    /** Credentials for a login that is about to happen. */
    public Credentials forLogin(long deadlineNanos) throws SQLException {
        if (fixed != null) {
            return fixed;
        }
        Credentials old = preferred();
        if (old != null) {
            return old;
        }
        Answer known = supply.last();
        if (known != null && known.isReusable()) {
            return known.credentials();
        }
        // What expires is over by now; the rest serves while its supplier is slow, or fails.
        boolean spare = known != null && known.isSpare();
        long until = spare ? Math.min(deadlineNanos, System.nanoTime() + SLOW_NANOS) : deadlineNanos;
        SQLException problem;
        try {
            return supply.ask().await(until);
        } catch (ExecutionException e) {
            problem = supply.unavailable(Objects.requireNonNullElse(e.getCause(), e));
        } catch (TimeoutException e) {
            problem = supply.unavailable("gives no answer in time", null);
        }
        if (known != null && spare) {
            return known.credentials();
        }
        throw problem;
    }

    /** The supplier is not asked from now on: it may go on the network for an answer. */
    public void pause() {
        supply.pause();
    }

    /** Whether the supplier is not at it any more. */
    public boolean isIdle() {
        return supply.isIdle();
    }

    /** The supplier is to end what it is at. */
    public void interrupt() {
        supply.interrupt();
    }

    /** It is asked again. Time may have passed that no clock has measured: a password may have been rotated since. */
    public void goOn() {
        supply.goOn();
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
            everAccepted = true;
            Answer answer = supply.last();
            if (answer != null && credentials.equals(answer.credentials())) {
                rotated = standing != null && isRotation(standing, credentials);
                standing = credentials;
                prefersOld = false;
            }
        } finally {
            lock.unlock();
        }
        if (rotated) {
            LOG.info("{}: {} has given other credentials, and the server takes them", pool, supply.name());
            events.rotated();
        }
    }

    /** A token that was merely renewed is no rotation: the connections that it has opened live on. */
    private static boolean isRotation(Credentials before, Credentials now) {
        return !Objects.equals(before.user(), now.user())
                || (now.expiresAt() == null && !Objects.equals(before.secret(), now.secret()));
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
        boolean hadWorked = reject(rejected);
        Answer known = supply.last();
        if (known != null && !known.wasRejected()) {
            // Somebody else has asked since.
            return known.credentials();
        }
        Credentials other = fresh(rejected, begin, deadlineNanos);
        if (other == null) {
            other = old(rejected);
        }
        // Where none has ever worked it is no rotation that is going on.
        return other != null || !hadWorked
                ? other
                : awaitFresh(rejected, Math.min(deadlineNanos, begin + patienceNanos));
    }

    private boolean reject(Credentials rejected) {
        lock.lock();
        try {
            if (rejected.equals(accepted)) {
                accepted = null;
                prefersOld = false;
            }
            supply.rejected(rejected);
            return everAccepted;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Credentials awaitFresh(Credentials rejected, long untilNanos) {
        boolean interrupted = false;
        long pause = FIRST_PAUSE_NANOS;
        Credentials fresh = null;
        for (long now = System.nanoTime();
                fresh == null && untilNanos - now > 0 && !supply.isClosed();
                now = System.nanoTime()) {
            LockSupport.parkNanos(this, Math.min(pause, untilNanos - now));
            interrupted |= Thread.interrupted();
            pause = Math.min(LAST_PAUSE_NANOS, pause * 2);
            fresh = fresh(rejected, now, untilNanos);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return fresh;
    }

    /** Whether the supplier has others by now than those that were rejected. */
    public boolean hasOtherThan(@Nullable Credentials rejected, long deadlineNanos) {
        if (rejected == null) {
            return true;
        }
        return fixed == null ? fresh(rejected, System.nanoTime(), deadlineNanos) != null : !fixed.equals(rejected);
    }

    /** From a call that was begun since then, or a different answer of an older one; null if there are no others. */
    private @Nullable Credentials fresh(Credentials rejected, long sinceNanos, long deadlineNanos) {
        try {
            for (; ; ) {
                SupplierCall asked = supply.ask();
                Credentials answer = asked.await(deadlineNanos);
                if (!answer.equals(rejected)) {
                    return answer;
                }
                if (asked.begunSince(sinceNanos)) {
                    return null;
                }
            }
        } catch (ExecutionException | TimeoutException | CredentialsUnavailableException e) {
            LOG.debug("{}: {} was asked once more in vain", pool, supply.name());
            return null;
        }
    }

    /** What the server took last, of the same user, if it is not over. */
    private @Nullable Credentials old(Credentials rejected) {
        Credentials old = accepted;
        if (old == null || old.equals(rejected) || !Objects.equals(old.user(), rejected.user()) || Supply.isOver(old)) {
            return null;
        }
        preferOldUntil = System.nanoTime() + PREFER_OLD_NANOS;
        prefersOld = true;
        LOG.warn("{}: the server does not take what {} gives; trying what it took before", pool, supply.name());
        return old;
    }

    /** Not each login is to begin with a rejected one: accounts are locked for that. */
    private @Nullable Credentials preferred() {
        Credentials old = prefersOld ? accepted : null;
        return old != null && preferOldUntil - System.nanoTime() > 0 && !Supply.isOver(old) ? old : null;
    }
}
