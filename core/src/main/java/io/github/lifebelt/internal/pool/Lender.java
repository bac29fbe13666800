package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.internal.credentials.CredentialsUnavailableException;
import io.github.lifebelt.internal.jdbc.Lease;
import io.github.lifebelt.internal.jdbc.LeaseOwner;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.SetUpException;
import io.github.lifebelt.internal.jdbc.Slot;
import io.github.lifebelt.internal.jfr.FlightRecorder;
import io.github.lifebelt.internal.jfr.FlightRecorder.Wait;
import io.github.lifebelt.internal.jfr.FlightRecorder.Waiting;
import io.github.lifebelt.internal.pool.BorrowPatience.OpenCheck;
import io.github.lifebelt.internal.pool.Gate.Closure;
import io.github.lifebelt.internal.pool.Outages.Attempt;
import io.github.lifebelt.internal.pool.PoolEngine.LeaseFactory;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The way from a borrower's call to its lease: permit, slot, check, and a connect where there is nothing to check. */
final class Lender {

    // An attempt that took less than this met somebody who said no, rather than silence.
    private static final long TELLING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String pool;
    private final SlotRack rack;
    private final LivenessCheck check;
    private final Outages outages;
    private final Gate gate;
    private final ConnectVerdicts verdicts;
    private final BorrowErrors errors;
    private final OpenCheck openCheck;
    private final DeadlockGuard guard;
    private final Pressure pressure;
    private final PoolConfig.@Nullable ConnectionHook onBorrow;
    private final LongAdder timeouts = new LongAdder();

    Lender(
            PoolConfig config,
            SlotRack rack,
            LivenessCheck check,
            Outages outages,
            ConnectVerdicts verdicts,
            BorrowErrors errors,
            OpenUnits units,
            Pressure pressure,
            OpenCheck openCheck) {
        this.pool = config.name();
        this.rack = rack;
        this.check = check;
        this.outages = outages;
        this.gate = outages.gate();
        this.verdicts = verdicts;
        this.errors = errors;
        this.openCheck = openCheck;
        this.pressure = pressure;
        this.onBorrow = config.onBorrow();
        guard = new DeadlockGuard(rack::holders, threads -> {
            timeouts.increment();
            return errors.deadlock(rack.size(), threads, units);
        });
    }

    /** Borrowers that waited in vain, or would have. */
    long timeouts() {
        return timeouts.sum();
    }

    /**
     * Lends a connection that was alive a moment ago.
     *
     * @param unavailableNanos how long to wait while nothing can serve
     */
    <L extends Lease> L lend(
            LeaseFactory<L> factory, LeaseOwner owner, long begin, long deadline, long unavailableNanos)
            throws SQLException {
        BorrowPatience patience = null;
        long now = begin;
        try {
            for (; ; ) {
                openCheck.run();
                if (!rack.queue().tryAcquire()) {
                    patience = patience == null ? patience(begin, deadline, unavailableNanos) : patience;
                    awaitPermit(begin, patience);
                    now = System.nanoTime();
                }
                long seen = gate.isOpen() ? 0 : gate.events();
                L lease = lendWithPermit(factory, owner, begin, now, deadline);
                if (lease != null) {
                    return prepared(lease);
                }
                patience = patience == null ? patience(begin, deadline, unavailableNanos) : patience;
                awaitNews(begin, patience, seen);
                now = System.nanoTime();
            }
        } finally {
            if (patience != null) {
                patience.end();
            }
        }
    }

    /** Uses the permit, or gives it back: then either by an exception, or by null if waiting is what is left to do. */
    private <L extends Lease> @Nullable L lendWithPermit(
            LeaseFactory<L> factory, LeaseOwner owner, long begin, long now, long deadline) throws SQLException {
        Connection proxied = null;
        boolean lent = false;
        try {
            proxied = takeSlot(begin, now, deadline);
            Slot slot = proxied.unwrap(Slot.class);
            Physical live = check.liveIn(slot, now, deadline);
            if (live == null && connect(slot, begin, deadline)) {
                live = slot.physical();
            }
            while (live == null) {
                // Nothing to be had from the server; another slot may still have what it gave before.
                Connection other = rack.exchangeForConnected(proxied);
                if (other == null) {
                    return null;
                }
                proxied = other;
                slot = other.unwrap(Slot.class);
                now = System.nanoTime();
                live = check.liveIn(slot, now, deadline);
            }
            // What a connect or a ping has taken was no time of the borrower's.
            long answered = live.lastAnswerNanos();
            L lease = factory.make(owner, proxied, slot, answered - now > 0 ? answered : now);
            slot.lend(live, lease, pressure.site());
            lent = true;
            return lease;
        } finally {
            if (!lent) {
                rack.putBack(proxied);
            }
        }
    }

    private Connection takeSlot(long begin, long now, long deadline) throws SQLException {
        try {
            return rack.take(now, deadline);
        } catch (SQLException e) {
            openCheck.run();
            throw outOfPatience(begin);
        }
    }

    /** False if there is no leave to connect, or if it failed in a way that others can help. */
    private boolean connect(Slot slot, long begin, long deadline) throws SQLException {
        try (Attempt attempt = outages.attempt()) {
            // Twice: an administrator may have ended just that one while it was being made, and a server that was not
            // there a moment ago costs a millisecond to ask again.
            for (boolean again = false; attempt.isAllowed(); again = true) {
                long attemptBegin = System.nanoTime();
                try {
                    waiting(Wait.CONNECT, () -> slot.connect(deadline));
                    attempt.succeeded();
                    return true;
                } catch (SetUpException e) {
                    throw errors.refused(e, verdicts.problem(e), "");
                } catch (SQLException e) {
                    openCheck.run();
                    Verdict verdict = verdicts.of(e);
                    long now = System.nanoTime();
                    boolean outOfTime = now >= deadline;
                    // Whoever has little time learns little, of a server or of a supplier of credentials.
                    boolean telling = !outOfTime
                            || now - attemptBegin >= TELLING_NANOS
                            || (verdict != Verdict.DATABASE_DOWN && !(e instanceof CredentialsUnavailableException));
                    if (!again && telling && !attempt.isTrial() && worthAnother(verdict, now - attemptBegin)) {
                        continue;
                    }
                    if (telling) {
                        attempt.failed(e);
                    }
                    if (outOfTime) {
                        throw errors.unavailable(gate.closure(), verdicts.problem(e), now - begin, e);
                    }
                    return false;
                }
            }
        }
        return false;
    }

    private boolean worthAnother(Verdict verdict, long tookNanos) {
        return verdict == Verdict.DATABASE_DOWN && tookNanos < TELLING_NANOS && gate.isOpen();
    }

    private <L extends Lease> L prepared(L lease) throws SQLException {
        if (onBorrow != null) {
            try {
                onBorrow.accept(lease);
            } catch (SQLException | RuntimeException | Error e) {
                giveBackAfter(e, lease);
                throw e;
            }
        }
        return lease;
    }

    private static void giveBackAfter(Throwable failure, Lease lease) {
        try {
            lease.giveBack();
        } catch (IllegalStateException e) {
            failure.addSuppressed(e);
        }
    }

    private BorrowPatience patience(long begin, long deadline, long unavailableNanos) {
        return new BorrowPatience(outages, openCheck, begin, deadline, unavailableNanos);
    }

    private void awaitPermit(long begin, BorrowPatience patience) throws SQLException {
        pressure.waits();
        waiting(Wait.CONNECTION_IN_USE, () -> {
            if (!rack.queue().acquire(begin, patience, guard)) {
                throw outOfPatience(begin);
            }
            checkOpenWithPermit();
        });
    }

    /** Whoever closes the pool takes what comes free for itself; and hands back what a suspension has withheld. */
    private void checkOpenWithPermit() throws SQLException {
        try {
            openCheck.run();
        } catch (SQLException e) {
            rack.putBack(null);
            throw e;
        }
    }

    /** Something that may take long and ends in time. */
    private interface Step {
        void go() throws SQLException, InterruptedException;
    }

    private void waiting(Wait what, Step step) throws SQLException {
        Waiting seen = FlightRecorder.wait(pool, what);
        try {
            step.go();
            seen.end(null);
        } catch (InterruptedException e) {
            SQLException interrupted = BorrowErrors.interrupted(e);
            seen.end(interrupted);
            throw interrupted;
        } catch (SQLException | RuntimeException | Error e) {
            seen.end(e);
            throw e;
        }
    }

    private void awaitNews(long begin, BorrowPatience patience, long seen) throws SQLException {
        waiting(Wait.DATABASE, () -> {
            if (!patience.awaitNews(seen)) {
                throw outOfPatience(begin);
            }
        });
    }

    private SQLException outOfPatience(long begin) {
        Closure closure = gate.closure();
        long waited = System.nanoTime() - begin;
        if (closure != null && !outages.serves()) {
            return outages.givenUp(closure, waited);
        }
        if (rack.isWithheld()) {
            timeouts.increment();
            return errors.suspended(waited);
        }
        // More are out than the pool has where it was made smaller.
        int most = Math.max(rack.size(), rack.queue().inUse());
        Silence silence = outages.silence(rack.slots(), most);
        if (silence != null) {
            return errors.silent(silence, waited);
        }
        timeouts.increment();
        return errors.exhausted(waited, closure, outages.inDoubtSince(), pressure.exhausted());
    }
}
