package io.github.lifebelt.internal.credentials;

import io.github.lifebelt.internal.config.Durations;
import io.github.lifebelt.internal.credentials.CredentialsKeeper.Events;
import io.github.lifebelt.internal.credentials.CredentialsKeeper.Timer;
import io.github.lifebelt.security.CredentialsProvider;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the supplier has said last, and the one call of it that is going on. What expires is asked for again ahead of
 * time. Thread-safe.
 */
final class Supply {
    private static final Logger LOG = LoggerFactory.getLogger(Supply.class);

    // A supplier that keeps silent for this long is asked once more, beside; so often at most.
    private static final Duration OVERDUE = Duration.ofSeconds(30);
    private static final int MOST_CALLS = 3;
    private static final Duration LONGEST = Duration.ofDays(3_650);

    private final String pool;
    private final CredentialsProvider supplier;
    private final String name;
    private final Timer timer;
    private final Events events;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Answer last;
    private volatile @Nullable Credentials before;
    private volatile boolean closed;
    private @Nullable SupplierCall call;
    private int callsOut;
    private boolean failing;
    private boolean paused;
    private long plans;

    Supply(String pool, CredentialsProvider supplier, Timer timer, Events events) {
        this.pool = pool;
        this.supplier = supplier;
        this.name = Named.of(supplier);
        this.timer = timer;
        this.events = events;
    }

    String name() {
        return name;
    }

    /** Null before the first. */
    @Nullable
    Answer last() {
        return last;
    }

    /** When what was given last expires, or null. */
    @Nullable
    Instant expiresAt() {
        Answer answer = last;
        return answer == null ? null : answer.credentials().expiresAt();
    }

    boolean isClosed() {
        return closed;
    }

    /** Nobody asks any more but for a login. */
    void close() {
        closed = true;
        lock.lock();
        try {
            paused = false;
            interruptCall();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody is asked until {@link #goOn}. A call that is under way is. */
    void pause() {
        lock.lock();
        try {
            paused = true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether no call is under way. */
    boolean isIdle() {
        lock.lock();
        try {
            return callsOut == 0;
        } finally {
            lock.unlock();
        }
    }

    /** The call that is going on is to end. */
    void interrupt() {
        lock.lock();
        try {
            interruptCall();
        } finally {
            lock.unlock();
        }
    }

    private void interruptCall() {
        if (call != null) {
            call.interrupt();
        }
    }

    /**
     * Asks again. What expires is asked for ahead of time as before, what does not at the next login, however slow the
     * supplier was to give it.
     */
    void goOn() {
        lock.lock();
        try {
            if (paused) {
                paused = false;
                Answer answer = last;
                last = answer == null ? null : answer.toBeAskedFor();
                plan();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The server has said no to them: who wants credentials is to ask. */
    void rejected(Credentials credentials) {
        lock.lock();
        try {
            Answer answer = last;
            if (answer != null && credentials.equals(answer.credentials())) {
                last = answer.rejected();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The call that is going on, or a new one. */
    SupplierCall ask() throws CredentialsUnavailableException {
        lock.lock();
        try {
            if (paused) {
                throw unavailable("is not asked while the pool is suspended", null);
            }
            return goingOrNew();
        } finally {
            lock.unlock();
        }
    }

    private SupplierCall goingOrNew() {
        SupplierCall going = call;
        if (going != null && going.ageNanos() > OVERDUE.toNanos() && callsOut < MOST_CALLS) {
            LOG.warn("{}: {} has kept silent for {}, and is asked again", pool, name, Durations.text(OVERDUE));
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
    }

    private void ended(SupplierCall ended, @Nullable Credentials answer, @Nullable Throwable thrown) {
        boolean news = false;
        boolean firstFailure;
        Throwable failure;
        lock.lock();
        try {
            callsOut--;
            if (ended != call) {
                // Somebody else was asked meanwhile.
                return;
            }
            call = null;
            if (answer != null) {
                news = take(answer, ended.ageNanos());
            }
            // Who may have been interrupted for a suspension has not failed.
            failure = paused ? null : thrown;
            firstFailure = failure != null && !failing;
            failing = failure != null;
            plan();
        } finally {
            lock.unlock();
        }
        if (news) {
            events.refreshed(validFor());
        } else if (failure != null && !closed) {
            failed(failure, firstFailure);
        }
    }

    private boolean take(Credentials answer, long tookNanos) {
        Answer known = last;
        boolean news = known == null || !answer.equals(known.credentials());
        if (known != null && news) {
            before = known.credentials();
        }
        last = new Answer(answer, System.nanoTime(), tookNanos, false);
        if (failing) {
            LOG.info("{}: {} gives credentials again", pool, name);
        }
        return news;
    }

    private void failed(Throwable failure, boolean first) {
        String why = reason(failure);
        Answer spare = last;
        Duration valid = validFor();
        if (first && spare != null && spare.isSpare()) {
            String how = valid == null ? "" : " for another " + Durations.measured(valid);
            LOG.warn("{}: {} has failed; what it gave before is used{}: {}", pool, name, how, why);
        } else if (first) {
            LOG.warn("{}: {} has failed, and there are no credentials to log in with: {}", pool, name, why);
        }
        events.refreshFailed(unavailable("has failed: " + why, failure), valid);
    }

    /** When to ask next although nobody wants to log in. Held by the lock. */
    private void plan() {
        Duration valid = validFor();
        if (valid != null && !closed && !paused) {
            long plan = ++plans;
            Duration delay = failing || valid.isNegative()
                    ? RefreshTimes.untilRetry(valid)
                    : RefreshTimes.untilRefresh(
                            valid, ThreadLocalRandom.current().nextDouble());
            timer.after(delay, () -> refresh(plan));
        }
    }

    private void refresh(long plan) {
        lock.lock();
        try {
            // Somebody may have asked since, and then there is another plan.
            if (plan == plans && !closed && !paused) {
                goingOrNew();
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Duration validFor() {
        Instant end = expiresAt();
        if (end == null) {
            return null;
        }
        // Some write the end of time for what never expires.
        Duration valid = Duration.between(Instant.now(), end);
        return valid.compareTo(LONGEST) < 0 ? valid : LONGEST;
    }

    CredentialsUnavailableException unavailable(String what, @Nullable Throwable cause) {
        Instant end = expiresAt();
        String over = end == null || end.isAfter(Instant.now()) ? "" : "; what it gave before has expired at " + end;
        return new CredentialsUnavailableException(
                name + " " + what + over, cause == null ? null : Scrub.cause(cause, secrets()));
    }

    CredentialsUnavailableException unavailable(Throwable failure) {
        return unavailable("has failed: " + reason(failure), failure);
    }

    private String reason(Throwable failure) {
        return Scrub.failure(failure, secrets());
    }

    private List<String> secrets() {
        Answer answer = last;
        Credentials older = before;
        List<String> secrets = new ArrayList<>();
        if (answer != null && answer.credentials().secret() != null) {
            secrets.add(answer.credentials().secret());
        }
        if (older != null && older.secret() != null) {
            secrets.add(older.secret());
        }
        return secrets;
    }

    /** Whether a login may not be tried with them any more. */
    static boolean isOver(Credentials credentials) {
        Instant end = credentials.expiresAt();
        return end != null && !end.isAfter(Instant.now());
    }
}
