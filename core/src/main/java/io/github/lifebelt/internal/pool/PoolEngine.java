package io.github.lifebelt.internal.pool;

import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.PoolStats;
import io.github.lifebelt.internal.config.Limits;
import io.github.lifebelt.internal.jdbc.Lease;
import io.github.lifebelt.internal.jdbc.LeaseOwner;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.Slot;
import io.github.lifebelt.internal.tls.TlsPolicy;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool behind {@link io.github.lifebelt.ConnectionPool}: permit, slot, check, lease, and the way back.
 *
 * <p>Thread-safe. The usual borrow takes no lock but the permit's compare-and-set, allocates the lease and HikariCP's
 * proxy, and makes one system call.
 */
public final class PoolEngine implements LeaseOwner {

    /** Makes the kind of lease that the borrower wants. */
    @FunctionalInterface
    public interface LeaseFactory<L extends Lease> {
        L make(LeaseOwner owner, Connection proxied, Slot slot, long sinceNanos);
    }

    private static final Logger LOG = LoggerFactory.getLogger(PoolEngine.class);
    // A borrower with less time than this proves nothing about the database when it runs out of it.
    private static final long TELLING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PoolConfig config;
    private final Dialect dialect;
    private final Listeners listeners;
    private final Generation generation;
    private final LivenessCheck check;
    private final Hygiene hygiene;
    private final Connector connector;
    private final Outages outages;
    private final SlotCare care;
    private final SlotRack rack;
    private final Warmer warmer;
    private final BorrowErrors errors;
    private final LongAdder timeouts = new LongAdder();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final long borrowNanos;
    private final long unavailableNanos;

    @SuppressWarnings("this-escape") // the parts below call back only once the pool is used
    private PoolEngine(PoolConfig config, Dialect dialect, List<PoolListener> initialListeners) {
        TlsPolicy.Decision tls = TlsPolicy.resolve(config.url(), dialect, config.sslModeAsGiven());
        this.config = config;
        this.dialect = dialect;
        borrowNanos = config.borrowTimeout().toNanos();
        unavailableNanos = config.unavailableTimeout().toNanos();
        listeners = new Listeners(initialListeners);
        generation = new Generation(this::suspected);
        check = new LivenessCheck(config, dialect, generation);
        hygiene = new Hygiene(config.name(), dialect, listeners);
        connector = new Connector(config, dialect, tls, generation, listeners);
        outages = new Outages(config, dialect, connector, listeners, this::wakeBorrowers, this::warm);
        care = new SlotCare(config, dialect, connector, check, listeners, this::warm);
        rack = new SlotRack(config, care, closing::get, this::warm);
        warmer = new Warmer(config, rack, check, outages, closing::get);
        errors = new BorrowErrors(config.name(), this::stats);
        tls.notes().forEach(note -> LOG.info("{}: {}", config.name(), note));
        tls.warnings().forEach(warning -> LOG.warn("{}: {}", config.name(), warning));
    }

    public static PoolEngine open(PoolConfig config, Dialect dialect, List<PoolListener> listeners) {
        PoolEngine engine = new PoolEngine(config, dialect, listeners);
        if (config.minIdle() > 0) {
            engine.warm();
        }
        return engine;
    }

    public PoolConfig config() {
        return config;
    }

    public Dialect dialect() {
        return dialect;
    }

    private void suspected(String reason) {
        LOG.warn(
                "{}: each connection made before now has to answer a ping before it is lent: {}",
                config.name(),
                reason);
        listeners.tell(listener -> listener.poolSuspected(reason));
    }

    private void wakeBorrowers() {
        rack.queue().wakeAll();
    }

    private void warm() {
        warmer.trigger();
    }

    // ------------------------------------------------------------------------------------------------ borrow

    /** Lends a connection that was alive a moment ago, before the borrow timeout is over. */
    public <L extends Lease> L borrow(LeaseFactory<L> factory) throws SQLException {
        long begin = System.nanoTime();
        try {
            L lease = lend(factory, begin, begin + borrowNanos);
            if (!listeners.isEmpty()) {
                Duration took = Duration.ofNanos(System.nanoTime() - begin);
                listeners.tell(listener -> listener.borrowed(took));
            }
            return lease;
        } catch (SQLException e) {
            if (!listeners.isEmpty()) {
                Duration took = Duration.ofNanos(System.nanoTime() - begin);
                listeners.tell(listener -> listener.borrowFailed(took, e));
            }
            throw e;
        }
    }

    private <L extends Lease> L lend(LeaseFactory<L> factory, long begin, long deadline) throws SQLException {
        BorrowPatience patience = null;
        long now = begin;
        for (; ; ) {
            checkOpen();
            if (!rack.queue().tryAcquire()) {
                patience = patience == null ? patience(begin, deadline) : patience;
                awaitPermit(begin, patience);
                now = System.nanoTime();
            }
            L lease = lendWithPermit(factory, begin, now, deadline);
            if (lease != null) {
                return prepared(lease);
            }
            patience = patience == null ? patience(begin, deadline) : patience;
            awaitDatabase(patience);
            now = System.nanoTime();
        }
    }

    /** Uses the permit, or gives it back: then either by an exception, or by null if there is no database now. */
    private <L extends Lease> @Nullable L lendWithPermit(LeaseFactory<L> factory, long begin, long now, long deadline)
            throws SQLException {
        Connection proxied = null;
        boolean lent = false;
        try {
            proxied = takeSlot(begin, now, deadline);
            Slot slot = proxied.unwrap(Slot.class);
            Physical live = liveConnection(slot, begin, now, deadline);
            if (live == null) {
                return null;
            }
            L lease = factory.make(this, proxied, slot, now);
            slot.lend(live);
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
            checkOpen();
            throw exhausted(begin);
        }
    }

    private @Nullable Physical liveConnection(Slot slot, long begin, long now, long deadline) throws SQLException {
        Physical physical = slot.physical();
        if (physical != null) {
            String wrong = check.whatIsWrong(physical, now, deadline);
            if (wrong == null) {
                return physical;
            }
            slot.drop(physical, wrong);
        }
        if (!outages.gate().isOpen()) {
            return null;
        }
        return connect(slot, begin, deadline) ? slot.physical() : null;
    }

    /** False if waiting for the database is what is left to do. */
    private boolean connect(Slot slot, long begin, long deadline) throws SQLException {
        // Twice: an administrator may have ended just that one while it was being made, and a server that was not
        // there a moment ago costs a millisecond to ask again.
        for (boolean again = false; ; again = true) {
            long attemptBegin = System.nanoTime();
            try {
                slot.connect(deadline);
                outages.found();
                return true;
            } catch (SQLException e) {
                boolean quick = System.nanoTime() - attemptBegin < TELLING_NANOS;
                if (again || !quick || outages.isRefusal(e) || System.nanoTime() >= deadline || closing.get()) {
                    connectFailed(e, begin, attemptBegin, deadline);
                    return false;
                }
            }
        }
    }

    /** Returns if waiting for the database is what is left to do. */
    private void connectFailed(SQLException failure, long begin, long attemptBegin, long deadline) throws SQLException {
        checkOpen();
        if (outages.isRefusal(failure)) {
            throw connector.refused(failure);
        }
        long now = System.nanoTime();
        boolean outOfTime = now >= deadline;
        if (!outOfTime || now - attemptBegin >= TELLING_NANOS) {
            outages.lost(failure);
        }
        if (outOfTime) {
            throw outages.gate().unavailable(now - begin, failure);
        }
    }

    private <L extends Lease> L prepared(L lease) throws SQLException {
        PoolConfig.ConnectionHook hook = config.onBorrow();
        if (hook != null) {
            try {
                hook.accept(lease);
            } catch (SQLException | RuntimeException | Error e) {
                lease.giveBack();
                throw e;
            }
        }
        return lease;
    }

    private BorrowPatience patience(long begin, long deadline) {
        return new BorrowPatience(outages.gate(), this::checkOpen, begin, deadline, unavailableNanos);
    }

    private void awaitPermit(long begin, BorrowPatience patience) throws SQLException {
        try {
            if (!rack.queue().acquire(begin, patience)) {
                DatabaseUnavailableException down = outages.gate().unavailable(System.nanoTime() - begin);
                throw down != null ? down : exhausted(begin);
            }
        } catch (InterruptedException e) {
            throw BorrowErrors.interrupted(e);
        }
    }

    private static void awaitDatabase(BorrowPatience patience) throws SQLException {
        try {
            patience.awaitDatabase();
        } catch (InterruptedException e) {
            throw BorrowErrors.interrupted(e);
        }
    }

    private SQLException exhausted(long begin) {
        timeouts.increment();
        return errors.exhausted(System.nanoTime() - begin);
    }

    private void checkOpen() throws SQLException {
        if (closing.get()) {
            throw errors.closed();
        }
    }

    // ------------------------------------------------------------------------------------------------ return

    @Override
    public void giveBack(Lease lease) {
        Slot slot = lease.slot();
        try {
            hygiene.clean(slot);
        } finally {
            long now = System.nanoTime();
            slot.takeBack(now);
            rack.putBack(lease.proxied());
            if (!listeners.isEmpty()) {
                Duration used = Duration.ofNanos(now - lease.sinceNanos());
                listeners.tell(listener -> listener.returned(used));
            }
        }
    }

    @Override
    public void failed(Lease lease, SQLException failure) {
        Verdict verdict = dialect.failureClassifier().classify(failure, Phase.WORK, Role.READ_WRITE);
        Physical physical = lease.slot().physical();
        if (verdict == Verdict.KEEP || physical == null) {
            return;
        }
        physical.markBroken();
        if (verdict != Verdict.EVICT) {
            generation.suspect(physical, String.valueOf(failure.getMessage()));
        }
    }

    @Override
    public boolean answers(Lease lease, int timeoutSeconds) {
        Physical physical = lease.slot().physical();
        if (physical == null || physical.broken() || physical.driverSaysClosed()) {
            return false;
        }
        long limit = timeoutSeconds == 0 ? borrowNanos : TimeUnit.SECONDS.toNanos(timeoutSeconds);
        boolean answers = check.failureOfPing(physical, System.nanoTime() + limit) == null;
        if (!answers) {
            physical.markBroken();
        }
        return answers;
    }

    // ------------------------------------------------------------------------------------------------ the whole

    public PoolStats stats() {
        int active = Math.max(0, rack.size() - rack.queue().available() - warmer.held());
        return new PoolStats(
                active,
                Math.max(0, rack.connected() - active),
                rack.queue().pending(),
                rack.size(),
                config.minIdle(),
                rack.leases(),
                timeouts.sum(),
                connector.connects(),
                care.replaced(),
                check.pings(),
                hygiene.leftovers(),
                outages.gate().isOpen());
    }

    public void addListener(PoolListener listener) {
        listeners.add(listener);
    }

    public void removeListener(PoolListener listener) {
        listeners.remove(listener);
    }

    /** Connections are replaced at once if idle, else when they come back. */
    public void recycleAll() {
        rack.recycleAll();
    }

    public void resize(int newMax) {
        rack.resize(Limits.count("max-size", newMax, Math.max(1, config.minIdle()), Limits.MAX_POOL));
    }

    public boolean isClosed() {
        return closing.get();
    }

    /** Stops lending, waits for borrowers, then aborts what they still hold. */
    public void close(Duration grace) {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        outages.close();
        wakeBorrowers();
        awaitBorrowers(System.nanoTime() + grace.toNanos());
        for (Slot slot : rack.slots()) {
            Physical physical = slot.physical();
            if (physical != null && (!outages.gate().isOpen() || !generation.trusts(physical))) {
                // Perhaps nobody is there to say goodbye to, and it would have to be waited for.
                physical.abort();
            }
        }
        rack.close();
    }

    /** Who holds all permits knows that nobody else holds one. */
    private void awaitBorrowers(long untilNanos) {
        try {
            for (int held = 0; held < rack.size(); held++) {
                if (!rack.queue().acquire(System.nanoTime(), () -> untilNanos)) {
                    LOG.warn(
                            "{}: closed with {} connections in use; they are aborted",
                            config.name(),
                            rack.size() - held);
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw new IllegalStateException("a patience without conditions has thrown", e);
        }
    }
}
