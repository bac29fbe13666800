package io.github.lifebelt.internal.pool;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.PoolStats;
import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.internal.config.Limits;
import io.github.lifebelt.internal.credentials.CredentialsKeeper;
import io.github.lifebelt.internal.jdbc.End;
import io.github.lifebelt.internal.jdbc.Lease;
import io.github.lifebelt.internal.jdbc.LeaseOwner;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.Slot;
import io.github.lifebelt.internal.jfr.FlightRecorder;
import io.github.lifebelt.internal.tls.TlsPolicy;
import io.github.lifebelt.internal.trace.Tracing;
import io.github.lifebelt.internal.trace.UnitTrace;
import io.github.lifebelt.internal.tx.UnitSupport;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.Transport;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
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

    private final PoolConfig config;
    private final Dialect dialect;
    private final Listeners listeners;
    private final Generation generation;
    private final RoleWatch role;
    private final Gate gate;
    private final StateReport state;
    private final LivenessCheck check;
    private final OpenUnits openUnits;
    private final Hygiene hygiene;
    private final CredentialsKeeper credentials;
    private final Connector connector;
    private final Outages outages;
    private final SlotCare care;
    private final SlotRack rack;
    private final OpenConnections open;
    private final UnderWay<Object> migrations;
    private final Suspension suspension;
    private final Warmer warmer;
    private final Lender lender;
    private final LeakWatch leaks;
    private final HealthCheck health;
    private final BorrowErrors errors;
    private final UnitSupport units;
    private final PoolFigures figures;
    private final Supplier<@Nullable Instant> serverCertificateExpiry;
    private final TlsPolicy.Decision tls;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final long borrowNanos;
    private final long unavailableNanos;
    /** Null while nobody wants to know of each borrow. */
    private volatile @Nullable Watching watching;

    /** Who wants to know of each borrow: whether it is timed, and who follows it, or null. */
    private record Watching(boolean timed, @Nullable Tracing tracing) {}

    @SuppressWarnings("this-escape") // the parts below call back only once the pool is used
    private PoolEngine(PoolConfig config, Dialect dialect, List<PoolListener> initialListeners) {
        tls = tlsFor(config.url(), config, dialect);
        this.config = config;
        this.dialect = dialect;
        borrowNanos = config.borrowTimeout().toNanos();
        unavailableNanos = config.unavailableTimeout().toNanos();
        listeners = new Listeners(initialListeners);
        generation = new Generation(this::suspected, () -> refreshState("a connection has answered"));
        role = new RoleWatch(Connector.role(config), generation, new WriterEvents());
        gate = new Gate(config.maxSize());
        state = new StateReport(config.name(), gate, generation, role, this::slots, listeners);
        check = new LivenessCheck(config, dialect, generation, role);
        openUnits = new OpenUnits(config.name(), config.hygiene() == PoolConfig.Hygiene.STRICT);
        hygiene = new Hygiene(config, dialect, listeners, openUnits);
        errors = new BorrowErrors(config, new RefusalExplanation(config, dialect, tls.source()), this::stats);
        ConnectVerdicts verdicts = new ConnectVerdicts(config, dialect);
        ServerLimits limits = new ServerLimits(config, new LimitRemedies());
        credentials = new CredentialsKeeper(
                config.name(),
                config.credentials(),
                config.unavailableTimeout(),
                this::after,
                new CredentialsEvents(config, listeners, gate, this::slots, this::after, this::warm));
        open = new OpenConnections(config.name());
        migrations = new UnderWay<>(config.name());
        connector = new Connector(
                config,
                config.url(),
                dialect,
                tls,
                credentials,
                generation,
                verdicts,
                role,
                listeners,
                open,
                limits::met);
        outages = new Outages(
                config,
                dialect,
                gate,
                connector,
                verdicts,
                generation,
                role,
                state,
                listeners,
                errors,
                new OutageEffects());
        care = new SlotCare(config, dialect, connector, check, listeners, this::refreshState, this::warm);
        rack = new SlotRack(config, dialect.schemaIsCatalog(), care, gate, closing::get, this::warm);
        warmer = new Warmer(config, rack, check, outages, () -> closing.get() || rack.isWithheld());
        ServiceDoor door = new ServiceDoor(config, dialect, connector, care);
        Holders holders = new Holders(rack.slots(), openUnits);
        Pressure pressure = new Pressure(config, dialect, rack.queue(), holders, door, listeners, this::after);
        lender = new Lender(config, rack, check, outages, verdicts, errors, openUnits, pressure, this::checkOpen);
        units = new UnitSupport(config.name(), dialect, door);
        leaks = new LeakWatch(config, holders, openUnits, rack, listeners);
        if (leaks.isWanted()) {
            rack.every(leaks.period(), leaks);
        }
        health = new HealthCheck(
                config,
                new HealthProbe(config, dialect, door, this::after),
                pressure,
                rack.queue(),
                new HealthView(),
                new SchemaWatch(config.name(), config.migrations()),
                closing::get);
        suspension = new Suspension(config.name(), rack, open, migrations, new SuspendedParts(pressure));
        figures = new PoolFigures(rack, check, state, units.budget());
        if (!config.dnsCheck().isZero()) {
            rack.every(config.dnsCheck(), new AddressWatch(config, gate, rack.slots(), this::warm));
        }
        serverCertificateExpiry = tls.source()::serverCertificateExpiresAt;
        tls.source()
                .tellTo(
                        change -> LOG.warn("{}: {}", config.name(), change),
                        expiry -> LOG.warn("{}: {}", config.name(), expiry));
        tls.notes().forEach(note -> LOG.info("{}: {}", config.name(), note));
        tls.warnings().forEach(warning -> LOG.warn("{}: {}", config.name(), warning));
    }

    /**
     * What the TLS policy is to judge. Where a socket factory encrypts and verifies by itself there is nothing to demand,
     * nor hosts to warn about, unless somebody wants TLS within.
     */
    public static DatabaseUrl protectedBelow(DatabaseUrl url, Dialect dialect) {
        boolean alone = url.sslMode() == null || url.sslMode() == SslMode.DISABLE;
        return alone && dialect.transport(url) == Transport.FOREIGN_PROTECTED
                ? DatabaseUrl.builder(url.dialect()).sslMode(SslMode.DISABLE).build()
                : url;
    }

    static TlsPolicy.Decision tlsFor(DatabaseUrl url, PoolConfig config, Dialect dialect) {
        return TlsPolicy.resolve(
                protectedBelow(url, dialect), dialect::hasPubliclyTrustedCertificate, config.sslModeAsGiven());
    }

    public static PoolEngine open(PoolConfig config, Dialect dialect, List<PoolListener> listeners) {
        PoolEngine engine = new PoolEngine(config, dialect, listeners);
        OpenPools.opened(config);
        if (config.minIdle() > 0) {
            engine.warm();
        }
        return engine;
    }

    public PoolConfig config() {
        return config;
    }

    /** The driver's own, without secrets, for who connects beside the pool and is to be as careful about TLS. */
    public String driverUrl() {
        return config.url().toBuilder().sslMode(tls.tls().mode()).build().jdbcUrl();
    }

    public Dialect dialect() {
        return dialect;
    }

    /** What the units of work on this pool share. */
    public UnitSupport units() {
        return units;
    }

    /** Where units of work say that they are open. */
    public OpenUnits openUnits() {
        return openUnits;
    }

    /** Tells the listeners, if there are any. */
    public void tell(Consumer<PoolListener> event) {
        if (!listeners.isEmpty()) {
            listeners.tell(event);
        }
    }

    private Iterable<Slot> slots() {
        return rack.slots();
    }

    private void after(Duration delay, Runnable task) {
        rack.after(delay, task);
    }

    private void suspected(String reason) {
        LOG.warn(
                "{}: each connection made before now has to answer a ping before it is lent: {}",
                config.name(),
                reason);
        listeners.tell(listener -> listener.poolSuspected(reason));
        refreshState(reason);
    }

    private void refreshState(String reason) {
        state.refresh(reason);
    }

    private void warm() {
        warmer.trigger();
    }

    private final class OutageEffects implements Outages.Effects {
        @Override
        public void wakeBorrowers() {
            rack.queue().wakeAll();
        }

        @Override
        public void warm() {
            warmer.trigger();
        }
    }

    private final class WriterEvents implements RoleWatch.Events {
        @Override
        public void writerLost(String reason) {
            outages.writerLost(reason);
        }

        @Override
        public void writerFound() {
            outages.writerFound();
        }
    }

    private final class HealthView implements HealthCheck.View {
        @Override
        public PoolStats stats() {
            return PoolEngine.this.stats();
        }

        @Override
        public boolean isReadOnly() {
            return role.isReadOnly();
        }

        @Override
        public boolean serves() {
            return state.serves();
        }

        @Override
        public boolean isSuspended() {
            return rack.isWithheld();
        }

        @Override
        public List<String> twins() {
            return OpenPools.twinsOf(config);
        }
    }

    private final class SuspendedParts implements Suspension.Parts {
        private final Pressure pressure;

        SuspendedParts(Pressure pressure) {
            this.pressure = pressure;
        }

        @Override
        public void checkOpen() throws SQLException {
            PoolEngine.this.checkOpen();
        }

        @Override
        public boolean isAnyInDoubt() {
            return units.isAnyInDoubt();
        }

        @Override
        public void pause() {
            outages.pause();
            credentials.pause();
        }

        @Override
        public void dropSpare() {
            connector.withdrawOffer();
            health.release();
        }

        @Override
        public boolean isIdle() {
            return !outages.isProbing() && credentials.isIdle();
        }

        @Override
        public void interrupt() {
            credentials.interrupt();
        }

        @Override
        public void goOn() {
            // Also of a pool that is closed: a unit that looks for its COMMIT may want to log in.
            credentials.goOn();
            if (!closing.get()) {
                outages.goOn();
            }
        }

        @Override
        public void resumed() {
            if (!closing.get()) {
                gate.wakeAll();
                warm();
            }
        }

        @Override
        public String inUse() {
            List<Borrowing> lent = pressure.holders().all();
            int others = rack.queue().inUse() - lent.size();
            List<String> what = new ArrayList<>();
            if (!lent.isEmpty()) {
                what.add("connections in use: " + pressure.holders().brief(lent));
            }
            if (others > 0) {
                what.add(others == 1 ? "1 connection is being made" : others + " connections are being made");
            }
            return what.isEmpty() ? "connections were in use until now" : String.join("; ", what);
        }
    }

    /** On the housekeeping thread: whoever has met the limit is in the middle of a connect. */
    private final class LimitRemedies implements ServerLimits.Remedies {
        @Override
        public void resize(int maxSize) {
            rack.soon(() -> rack.resize(maxSize));
        }

        @Override
        public void keepAlive(Duration period) {
            rack.soon(() -> rack.keepAlive(period));
        }
    }

    /**
     * Connections past permits, slots, gate and any pooler, for work that is not the application's.
     *
     * @param directUrl where to, or null for what the dialect knows to be the server behind the pool's own URL
     * @param limit after which all their I/O ends, or null for none but the connect timeout
     */
    public DirectConnections direct(@Nullable DatabaseUrl directUrl, @Nullable Duration limit) throws SQLException {
        checkOpen();
        Long deadline = limit == null ? null : System.nanoTime() + limit.toNanos();
        Object migration = new Object();
        Runnable ended = () -> migrations.ended(migration);
        migrations.begin(migration);
        try {
            return directUrl == null
                    ? DirectConnections.behind(config, dialect, tls, credentials, deadline, ended)
                    : DirectConnections.to(directUrl, config, dialect, credentials, deadline, ended);
        } catch (RuntimeException | Error e) {
            ended.run();
            throw e;
        }
    }

    // ------------------------------------------------------------------------------------------------ borrow

    /** Lends a connection that was alive a moment ago, before the borrow timeout is over. */
    public <L extends Lease> L borrow(LeaseFactory<L> factory) throws SQLException {
        return borrow(factory, borrowNanos);
    }

    /** The same for a borrower that has less time than the borrow timeout. */
    public <L extends Lease> L borrow(LeaseFactory<L> factory, Duration limit) throws SQLException {
        return borrow(factory, Math.min(borrowNanos, limit.toNanos()));
    }

    private <L extends Lease> L borrow(LeaseFactory<L> factory, long limitNanos) throws SQLException {
        Watching wanted = watching;
        if (wanted == null) {
            return lend(factory, limitNanos, false);
        }
        Tracing tracing = wanted.tracing();
        return tracing == null
                ? lend(factory, limitNanos, wanted.timed())
                : traced(tracing.borrow(), factory, limitNanos, wanted.timed());
    }

    private <L extends Lease> L traced(Tracing.Borrow trace, LeaseFactory<L> factory, long limitNanos, boolean timed)
            throws SQLException {
        L lease;
        try {
            lease = lend(factory, limitNanos, timed);
        } catch (SQLException e) {
            trace.failed(e);
            throw e;
        } catch (RuntimeException | Error e) {
            trace.broken(e);
            throw e;
        }
        Physical physical = lease.slot().physical();
        trace.served(physical == null ? 0 : physical.sessionId());
        return lease;
    }

    private <L extends Lease> L lend(LeaseFactory<L> factory, long limitNanos, boolean timed) throws SQLException {
        openUnits.beforeBorrow();
        long begin = System.nanoTime();
        try {
            L lease = lender.lend(factory, this, begin, begin + limitNanos, unavailableNanos);
            if (timed) {
                long now = System.nanoTime();
                lease.slot().tally().waits().add(now, now - begin);
            }
            if (listeners.anyForBorrows()) {
                Duration took = Duration.ofNanos(System.nanoTime() - begin);
                listeners.tellOfBorrow(listener -> listener.borrowed(took));
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

    /** Waits until a connection can be had, telling how it goes; what time does not cure ends the wait at once. */
    public void awaitReady(Duration timeout) throws SQLException {
        new Readiness(config.name(), listeners, dialect)
                .await(
                        timeout,
                        (begin, deadline, patience) -> lender.lend(Lease::new, this, begin, deadline, patience)
                                .giveBack());
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
        IllegalStateException complaint = null;
        try {
            complaint = hygiene.clean(slot);
        } finally {
            long now = System.nanoTime();
            Watching wanted = watching;
            if (wanted != null && wanted.timed()) {
                slot.tally().uses().add(now, now - lease.sinceNanos());
            }
            slot.takeBack(now);
            rack.putBack(lease.proxied());
            if (listeners.anyForBorrows()) {
                Duration used = Duration.ofNanos(now - lease.sinceNanos());
                listeners.tellOfBorrow(listener -> listener.returned(used));
            }
        }
        if (complaint != null) {
            throw complaint;
        }
    }

    @Override
    public void failed(Lease lease, SQLException failure, Phase phase) {
        Physical physical = lease.slot().physical();
        if (physical == null) {
            return;
        }
        Role wanted = config.readOnly() || lease.slot().readOnly() ? Role.READ_ONLY : Role.READ_WRITE;
        switch (config.failureClassifier().classify(failure, phase, wanted)) {
            case KEEP -> {
                // The statement was at fault.
            }
            case EVICT -> physical.markBroken(failure);
            case ROLE_CHANGED -> role.writeRefused(physical, BorrowErrors.reason(failure));
            case SUSPECT_ALL, AT_CAPACITY, DATABASE_DOWN, AUTHENTICATION, REFUSED -> {
                physical.markBroken(failure);
                generation.suspect(physical, BorrowErrors.reason(failure));
            }
        }
    }

    @Override
    public boolean answers(Lease lease, int timeoutSeconds) {
        Physical physical = lease.slot().physical();
        if (physical == null || physical.broken() || physical.driverSaysClosed()) {
            return false;
        }
        long limit = timeoutSeconds == 0 ? borrowNanos : TimeUnit.SECONDS.toNanos(timeoutSeconds);
        End wrong = check.failureOfPing(physical, System.nanoTime() + limit);
        if (wrong != null) {
            physical.markBroken(wrong);
        }
        return wrong == null;
    }

    // ------------------------------------------------------------------------------------------------ the whole

    /** How database and pool are, as of a moment ago. */
    public HealthReport health(ConnectionPool pool) {
        return health.report(pool);
    }

    public PoolStats stats() {
        int active = rack.lent();
        return new PoolStats(
                active,
                Math.max(0, rack.connected() - active),
                rack.queue().pending(),
                rack.size(),
                config.minIdle(),
                rack.tally().leases(),
                lender.timeouts(),
                connector.connects(),
                care.replaced(),
                check.pings(),
                hygiene.leftovers(),
                leaks.leaks(),
                state.now(),
                serverCertificateExpiry.get(),
                credentials.expiresAt());
    }

    public void addListener(PoolListener listener) {
        listeners.add(listener);
    }

    /** Times borrows and uses from now on, and tells the listener of all the rest. */
    public void measureFor(PoolListener listener) {
        listeners.addForTheRest(listener);
        synchronized (listeners) {
            Watching before = watching;
            watching = new Watching(true, before == null ? null : before.tracing());
        }
    }

    /** Has each borrow and unit that begins from now on followed, by this one alone; null ends that. */
    public void trace(@Nullable Tracing tracing) {
        synchronized (listeners) {
            Watching before = watching;
            boolean timed = before != null && before.timed();
            watching = timed || tracing != null ? new Watching(timed, tracing) : null;
        }
    }

    /** For one call of a unit of work. */
    public UnitTrace traceUnit(String unit) {
        Watching wanted = watching;
        Tracing tracing = wanted == null ? null : wanted.tracing();
        return UnitTrace.both(
                tracing == null ? UnitTrace.NONE : tracing.unit(unit), FlightRecorder.unit(config.name(), unit));
    }

    public PoolFigures figures() {
        return figures;
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

    /** Off the network until {@link #resume}, once borrowers are through. */
    public void suspend(Duration limit) throws SQLException {
        checkOpen();
        suspension.suspend(limit);
    }

    /** Lends again. */
    public void resume() {
        suspension.resume();
    }

    public boolean isClosed() {
        return closing.get();
    }

    /** Stops lending, waits for borrowers, then aborts what they still hold. */
    public void close(Duration grace) {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        OpenPools.closed(config);
        outages.close();
        credentials.close();
        health.close();
        rack.handBack();
        // Also if it was suspended: a unit that looks for its COMMIT may go on after the pool has closed.
        open.resume();
        rack.queue().wakeAll();
        awaitBorrowers(System.nanoTime() + grace.toNanos());
        for (Slot slot : rack.slots()) {
            Physical physical = slot.physical();
            if (physical != null && (!gate.isOpen() || !generation.trusts(physical))) {
                // Perhaps nobody is there to say goodbye to, and it would have to be waited for.
                physical.abort(CloseReason.POOL_CLOSED);
            }
        }
        rack.close();
        units.close();
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
