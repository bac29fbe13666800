package io.github.lifebelt.internal.pool;

import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.Slot;
import io.github.lifebelt.internal.jdbc.SlotConnect;
import io.github.lifebelt.internal.pool.Gate.Closure;
import io.github.lifebelt.internal.pool.Gate.Ticket;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether connecting works, sees to it that somebody looks while it does not, and what borrowers are told
 * meanwhile.
 */
final class Outages {

    /** What the pool does when connecting stops or begins to work. */
    interface Effects {
        /** Borrowers that wait for a permit are to look again. */
        void wakeBorrowers();

        /** The background is to connect what had been in use. */
        void warm();
    }

    private static final Logger LOG = LoggerFactory.getLogger(Outages.class);
    // A look into a silence that has just ended is not to last long. A server that is slow gets more time each time.
    private static final long FIRST_LOGIN_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final String pool;
    private final String target;
    private final Gate gate;
    private final Connector connector;
    private final ConnectVerdicts verdicts;
    private final Generation generation;
    private final RoleWatch role;
    private final StateReport state;
    private final Listeners listeners;
    private final BorrowErrors errors;
    private final Effects effects;
    private final AtomicInteger waiters = new AtomicInteger();
    private final int maxWaiters;
    private final long connectNanos;
    private final TcpCheck tcp;
    private final Prober prober;
    private volatile boolean paused;
    /** Used by the prober's thread alone. */
    private long loginNanos = FIRST_LOGIN_NANOS;

    Outages(
            PoolConfig config,
            Dialect dialect,
            Gate gate,
            Connector connector,
            ConnectVerdicts verdicts,
            Generation generation,
            RoleWatch role,
            StateReport state,
            Listeners listeners,
            BorrowErrors errors,
            Effects effects) {
        this.pool = config.name();
        this.target = config.url().target();
        this.gate = gate;
        this.connector = connector;
        this.verdicts = verdicts;
        this.generation = generation;
        this.role = role;
        this.state = state;
        this.listeners = listeners;
        this.errors = errors;
        this.effects = effects;
        this.connectNanos = config.connectTimeout().toNanos();
        this.maxWaiters = config.unavailableWaiters();
        this.tcp = new TcpCheck(config, dialect);
        this.prober = new Prober(pool, this);
    }

    Gate gate() {
        return gate;
    }

    /** Whether live connections can serve borrowers although nothing can be connected. */
    boolean serves() {
        return state.serves();
    }

    /** Null if some of the pool's connections may work, or all are lent. */
    @Nullable
    Silence silence(Iterable<Slot> slots, int most) {
        return Silence.in(slots, generation, most);
    }

    /** Since when no connection has been seen to work, or null if one has since the last that was lost. */
    @Nullable
    Instant inDoubtSince() {
        return generation.inDoubtSince();
    }

    // ------------------------------------------------------------------------------------------------ what is met

    /** Asks for leave to connect. To be closed, so that leave which came to nothing is there for the next. */
    Attempt attempt() {
        return new Attempt(gate.admit());
    }

    /** A borrower's or the background's attempt to connect. */
    final class Attempt implements AutoCloseable {
        private final Ticket ticket;
        private boolean told;

        private Attempt(Ticket ticket) {
            this.ticket = ticket;
        }

        boolean isAllowed() {
            return ticket != Ticket.NONE;
        }

        /** Whether it is one of the few that are let in while the database recovers. */
        boolean isTrial() {
            return ticket == Ticket.TRIAL;
        }

        void succeeded() {
            told = true;
            Outages.this.succeeded(ticket);
        }

        void failed(SQLException cause) {
            told = true;
            Outages.this.failed(ticket, cause);
        }

        @Override
        public void close() {
            if (!told) {
                gate.abandoned(ticket);
            }
        }
    }

    /** Connecting has failed for the server's or the network's sake. */
    private void failed(Ticket ticket, SQLException cause) {
        Verdict verdict = verdicts.of(cause);
        boolean first = gate.close(ticket, verdict, verdicts.problem(cause), cause);
        if (first) {
            LOG.warn(
                    "{}: cannot connect to {}: {}{}",
                    pool,
                    target,
                    BorrowErrors.reason(cause),
                    errors.explained(cause, verdicts.problem(cause)));
            if (verdict == Verdict.DATABASE_DOWN) {
                // What took the server away may have taken the connections that stand, silently.
                generation.suspectAll("connecting has failed: " + BorrowErrors.reason(cause));
            }
            listeners.tell(listener -> listener.databaseDown(cause));
            effects.wakeBorrowers();
            startProber();
        }
        state.refresh(BorrowErrors.reason(cause));
    }

    /** Connecting has succeeded. Costs two volatile reads while all is well. */
    private void succeeded(Ticket ticket) {
        if (!gate.isOpen()) {
            opened(gate.succeeded(ticket));
        }
        state.refresh("connected");
    }

    /** Fresh connections lead to a server that takes no writes. */
    void writerLost(String reason) {
        LOG.warn("{}: {}: {}", pool, target, reason);
        state.refresh(reason);
        startProber();
    }

    void writerFound() {
        LOG.info("{}: {} takes writes again", pool, target);
        state.refresh("a server that takes writes was found");
        effects.warm();
    }

    private void opened(boolean open) {
        if (open) {
            connector.withdrawOffer();
            effects.wakeBorrowers();
            effects.warm();
        }
    }

    // ------------------------------------------------------------------------------------------------ waiting

    /** One borrower more that nothing can serve now. */
    void beginWait(long waitedNanos, Closure closure) throws DatabaseUnavailableException {
        int others = waiters.getAndIncrement();
        if (others >= maxWaiters) {
            waiters.decrementAndGet();
            throw errors.unavailable(closure, waitedNanos, maxWaiters + " others wait already");
        }
    }

    void endWait() {
        waiters.decrementAndGet();
    }

    /** For a borrower whose patience is over: why. */
    SQLException givenUp(Closure closure, long waitedNanos) {
        return closure.isTerminal() ? errors.refused(closure) : errors.unavailable(closure, waitedNanos, null);
    }

    // ------------------------------------------------------------------------------------------------ probing

    /** Whether there is anything to look for. */
    boolean wantsProbing() {
        return !paused && (!gate.isOpen() || role.isReadOnly());
    }

    /** Whether login attempts are to be rare, because each of them may count against the account. */
    boolean wantsRareLogins() {
        Closure closure = gate.closure();
        return closure != null && closure.verdict() == Verdict.AUTHENTICATION && !connector.hasOtherCredentials();
    }

    /** One look at the database. */
    void probe() {
        Closure closure = gate.closure();
        if (closure != null) {
            if (closure.verdict() == Verdict.DATABASE_DOWN && !tcp.somebodyListens()) {
                gate.metAgain();
            } else {
                probeByLogin(closure);
            }
        } else if (!gate.isOpen()) {
            opened(gate.settle());
            state.refresh("connecting has worked for a while");
        } else if (role.isReadOnly()) {
            lookForWriter();
        }
    }

    private void probeByLogin(Closure closure) {
        try {
            connector.offer(connector.open(new SlotConnect(), System.nanoTime() + loginNanos));
            loginNanos = FIRST_LOGIN_NANOS;
            gate.halfOpen();
            if (gate.isOpen()) {
                // Somebody else's connect got through meanwhile and has opened it: nobody may ever come for this one.
                connector.withdrawOffer();
            }
            Duration outage = Duration.ofNanos(System.nanoTime() - closure.sinceNanos());
            LOG.info("{}: {} can be connected to again after {} ms", pool, target, outage.toMillis());
            state.refresh("a probe has connected");
            listeners.tell(listener -> listener.databaseUp(outage));
            gate.wakeAdmitted();
            effects.wakeBorrowers();
            effects.warm();
        } catch (SQLException e) {
            if (paused || gate.isOpen()) {
                return; // It says nothing of the database, or nothing that is newer than what has opened the gate.
            }
            ConnectProblem problem = verdicts.problem(e);
            if (problem == ConnectProblem.TIMED_OUT) {
                loginNanos = Math.min(loginNanos * 2, connectNanos);
            }
            gate.close(Ticket.NONE, verdicts.of(e), problem, e);
            if (paused) {
                // Since we looked above.
                gate.forget();
            }
            state.refresh(BorrowErrors.reason(e));
        }
    }

    private void lookForWriter() {
        try {
            // Its facts tell the watch; the connection itself has no place in the pool.
            Physical look = connector.open(new SlotConnect(), System.nanoTime() + FIRST_LOGIN_NANOS);
            look.closePolitely();
        } catch (SQLException e) {
            LOG.debug("{}: no writer found: {}", pool, e.getMessage());
        }
    }

    /**
     * Nobody looks for the database, whatever becomes of it. So what is known of it is forgotten, too: it would be old by the
     * time when somebody looks again, and until then nobody is to be told of an outage.
     */
    void pause() {
        paused = true;
        prober.lookAround();
        connector.withdrawOffer();
        gate.forget();
        role.forget();
        generation.forget();
        state.refresh("the pool is suspended, and looks anew after that");
        effects.wakeBorrowers();
    }

    boolean isProbing() {
        return prober.isRunning();
    }

    void goOn() {
        paused = false;
        if (wantsProbing()) {
            prober.start();
        }
    }

    private void startProber() {
        if (!paused) {
            prober.start();
        }
    }

    void close() {
        prober.close();
        connector.close();
        gate.wakeAll();
    }
}
