package io.github.lifebelt.tx;

import io.github.lifebelt.internal.jdbc.ScopedLease;
import io.github.lifebelt.internal.pool.OpenUnits;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect.TransactionStart;
import io.github.lifebelt.tx.CommitProtocol.Committed;
import io.github.lifebelt.tx.CommitProtocol.Ending;
import io.github.lifebelt.tx.CommitProtocol.InDoubt;
import io.github.lifebelt.tx.CommitProtocol.RolledBack;
import io.github.lifebelt.tx.DatabaseException.AfterCommitException;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import io.github.lifebelt.tx.UnitFailures.Failure;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import io.github.lifebelt.tx.UnitOfWork.OuterTransaction;
import io.github.lifebelt.tx.UnitOfWork.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open unit of work. Belongs to the thread that began it.
 *
 * <p>In {@link UnitOfWork#call} and {@link UnitOfWork#run} returning commits. From {@link UnitOfWork#begin} the caller
 * commits, and closing without that rolls back.
 */
public final class Transaction implements AutoCloseable {

    /** Something to be done after the commit. */
    @FunctionalInterface
    public interface Action {
        /**
         * Does it.
         *
         * @throws Exception comes in an {@link AfterCommitException}
         */
        void run() throws Exception;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Transaction.class);

    private final PoolEngine engine;
    private final UnitSettings settings;
    private final ScopedLease lease;
    private final UnitRun run;
    private final int attempt;
    private final boolean endedByCaller;
    private final boolean interruptedBefore;
    private final @Nullable OuterTransaction outer;
    private final AfterCommit afterCommit = new AfterCommit();
    private final UnitFailures failures;
    private final CommitProtocol protocol;
    private final UnitMdc mdc;
    private final OpenUnits.Entry opened;
    private final @Nullable Future<?> watch;
    private final String id;
    private State state = State.NEW;
    private @Nullable TransactionStart start;
    private @Nullable Mark named;
    private @Nullable String rollbackOnly;
    private @Nullable Reason cause;

    Transaction(
            PoolEngine engine,
            UnitSettings settings,
            ScopedLease lease,
            UnitRun run,
            int attempt,
            boolean endedByCaller,
            boolean interruptedBefore,
            @Nullable OuterTransaction outer) {
        this.engine = engine;
        this.settings = settings;
        this.lease = lease;
        this.run = run;
        this.attempt = attempt;
        this.endedByCaller = endedByCaller;
        this.interruptedBefore = interruptedBefore;
        this.outer = outer;
        failures = new UnitFailures(settings.name(), lease);
        protocol = new CommitProtocol(engine, settings, lease, run.trace());
        id = run.nextId();
        mdc = new UnitMdc(settings.name(), id, attempt, lease.transaction().sessionId());
        opened = engine.openUnits().begin(settings.name());
        watch = run.hasDeadline() ? engine.units().watch(lease, run.deadlineNanos()) : null;
    }

    // ------------------------------------------------------------------------------------------------ for the work

    /**
     * The connection of the unit. It refuses {@code commit}, {@code rollback}, {@code setAutoCommit} and {@code close},
     * and every use after the unit or on another thread, with an {@link IllegalStateException} that says what to do
     * instead. After a failure that has ended the transaction on the server each call fails with that failure as its cause.
     * Savepoints work; {@code unwrap} reaches the driver.
     *
     * @return always the same one
     */
    public Connection connection() {
        return lease;
    }

    /**
     * The unit's name.
     *
     * @return as given to {@link UnitOfWork#named(String)}
     */
    public String name() {
        return settings.name();
    }

    /**
     * This transaction's name in this process, as it stands in the log (MDC key {@code lifebelt.transaction}).
     *
     * @return another one for each run of a unit
     */
    public String id() {
        return id;
    }

    /**
     * Which run of the unit this is.
     *
     * @return 1, or more after a {@link RetryPolicy} had it run again
     */
    public int attempt() {
        return attempt;
    }

    /**
     * What is left of the unit's time-out.
     *
     * @return zero if it has passed; null if the unit has none
     */
    public @Nullable Duration remaining() {
        return run.hasDeadline() ? run.remaining() : null;
    }

    /**
     * Has the unit rolled back at its end, whatever its work returns: it then throws a {@link TransactionRolledBackException}
     * with {@link Reason#ROLLBACK_ONLY}.
     *
     * @param why in a few words, for the exception; of several calls the first counts
     * @throws IllegalStateException if the unit has ended
     */
    public void setRollbackOnly(String why) {
        Objects.requireNonNull(why, "why");
        requireOpen();
        if (rollbackOnly == null) {
            rollbackOnly = why;
        }
    }

    /**
     * Has something done once, if and when the unit is committed, after its connection has been given back: so it may use the
     * pool. In the order of the calls; what one throws does not keep the others from being done, and comes in an
     * {@link AfterCommitException}. Not done if the process ends in between: what must not be lost belongs into the
     * database, in the same unit.
     *
     * @param action what to do; dropped if the {@link #nested} part in which it was asked for is rolled back, and with each
     *     run that is
     * @throws IllegalStateException if the unit has ended; so an action cannot ask for another one
     */
    public void afterCommit(Action action) {
        Objects.requireNonNull(action, "action");
        requireOpen();
        afterCommit.add(action);
    }

    /** What is asked for later would be silently left out. */
    private void requireOpen() {
        if (state != State.ACTIVE) {
            throw new IllegalStateException(
                    "[UNIT_ENDED] unit '" + settings.name() + "' has ended (" + state.words() + ")");
        }
    }

    /**
     * Lets one other thread use the connection, while this one leaves it alone: for work that is handed over and waited for.
     *
     * @param thread the other one; replaces one that was named before
     */
    public void allowThread(Thread thread) {
        lease.allow(Objects.requireNonNull(thread, "thread"));
    }

    /**
     * Does a part of the work that can be undone by itself: to a savepoint if it throws, and with it the actions it wanted
     * done {@link #afterCommit}. The unit goes on if the exception is caught.
     *
     * @param work the part
     * @param <T> the result
     * @param <X> what the work throws besides {@link SQLException}
     * @return what the work returned
     * @throws X what the work threw
     * @throws SQLException what a statement threw, or setting the savepoint
     * @throws TransactionRolledBackException if the work has swallowed a failure; the part is undone
     */
    public <T extends @Nullable Object, X extends Exception> T nested(Work<T, X> work) throws X, SQLException {
        return new NestedWork(this, lease, afterCommit, failures).call(work);
    }

    // ------------------------------------------------------------------------------------------------ begin's caller

    /**
     * Commits a unit that was begun by {@link UnitOfWork#begin()}.
     *
     * @throws TransactionRolledBackException if it could not be committed; nothing is stored
     * @throws CommitOutcomeUnknownException if the connection broke during COMMIT, and what became of it could not be found
     *     out
     * @throws AfterCommitException if it is stored, and an action after that has failed
     * @throws IllegalStateException in a unit that commits by returning, or one that has ended
     */
    public void commit() {
        if (!endedByCaller) {
            throw new IllegalStateException(
                    "[UNIT_OWNS_TRANSACTION] unit '" + settings.name() + "' commits when it returns");
        }
        requireOpen();
        try {
            commitUnit();
        } catch (RuntimeException | Error e) {
            run.ended(1, isCommitted(), e);
            throw e;
        } finally {
            run.trace().end();
        }
    }

    /** Rolls back what was not committed, and gives the connection back. Never throws; a second call does nothing. */
    @Override
    public void close() {
        if (!endedByCaller) {
            throw new IllegalStateException(
                    "[UNIT_OWNS_TRANSACTION] unit '" + settings.name() + "' ends when it returns");
        }
        if (state == State.ACTIVE) {
            rollBackFor(null);
            run.closed();
        }
    }

    // ------------------------------------------------------------------------------------------------ the unit's own

    void begin(TransactionStart wanted) throws SQLException {
        if (settings.doubt().outcome() == CommitOutcome.TOKEN && !settings.readOnly()) {
            // Before anything is done in vain, and before the work may change how names are found; and before the
            // begin, whose settings must not be used up by this question.
            lease.transaction().ask(engine.units()::tokenTable);
        }
        start = wanted;
        named = lease.transaction().begin(wanted);
        state = State.ACTIVE;
    }

    void join() throws SQLException {
        lease.transaction().join();
        state = State.ACTIVE;
    }

    boolean isCommitted() {
        return state == State.COMMITTED;
    }

    /** What the failure was about that has ended this run; null if it is not the database's. */
    @Nullable
    Reason cause() {
        return cause;
    }

    void commitUnit() {
        boolean interrupted = !interruptedBefore && Thread.currentThread().isInterrupted();
        Failure obstacle = failures.obstacle(run.isOver(), rollbackOnly, interrupted);
        if (obstacle != null) {
            throw rolledBack(obstacle);
        }
        if (outer != null) {
            leaveTo(outer);
            return;
        }
        Ending ending = sendCommit();
        if (ending instanceof Committed) {
            committed(end(State.COMMITTED, null));
        } else if (ending instanceof RolledBack refused) {
            throw refused(failures.refused(refused.failure()));
        } else if (ending instanceof InDoubt doubt) {
            committed(lookFor(doubt));
        }
    }

    private Ending sendCommit() {
        try {
            state = State.COMMIT_SENT;
            return protocol.commit(named);
        } catch (SQLException e) {
            state = State.ACTIVE;
            throw rolledBack(failures.passed(e));
        } catch (RuntimeException | Error e) {
            state = State.ACTIVE;
            rollBackFor(e);
            throw e;
        }
    }

    private void leaveTo(OuterTransaction whole) {
        try {
            lease.transaction().leave();
            whole.afterCommit(() -> committed(null));
        } catch (SQLException e) {
            throw rolledBack(failures.passed(e));
        } catch (RuntimeException | Error e) {
            rollBackFor(e);
            throw e;
        }
        end(State.JOINED, null);
    }

    /** Gives the connection back, and finds out what became of the COMMIT. */
    private @Nullable Throwable lookFor(InDoubt doubt) {
        engine.units().looksForCommit();
        try {
            lease.giveUpConnection();
            Throwable strict = end(State.IN_DOUBT, null);
            resolve(doubt);
            return strict;
        } finally {
            engine.units().lookedForCommit();
        }
    }

    private void resolve(InDoubt doubt) {
        try {
            protocol.resolve(doubt);
            state = State.COMMITTED;
        } catch (DatabaseException e) {
            state = e.effect() == DatabaseException.Effect.UNKNOWN ? State.UNKNOWN : State.ROLLED_BACK;
            cause = Reason.CONNECTION_LOST;
            throw e;
        }
    }

    private void committed(@Nullable Throwable strict) {
        run.committed(attempt);
        List<Throwable> failed = new ArrayList<>(0);
        if (strict != null) {
            failed.add(strict);
        }
        failed.addAll(afterCommit.run());
        if (!failed.isEmpty()) {
            throw new AfterCommitException(settings.name(), failed);
        }
    }

    private RuntimeException refused(Failure failure) {
        cause = failure.cause();
        suppress(failure.toThrow(), end(State.ROLLED_BACK, failure.toThrow()));
        return failure.toThrow();
    }

    /** Rolls back for a failure of the database that the work let pass. */
    RuntimeException failedBy(SQLException failure) {
        return rolledBack(failures.passed(failure));
    }

    /** Rolls back for an exception of the work's own; it may have one of the database's in it. */
    void abandonedBy(Throwable thrown) {
        cause = failures.behind(thrown);
        rollBackFor(thrown);
    }

    private RuntimeException rolledBack(Failure failure) {
        cause = failure.cause();
        rollBackFor(failure.toThrow());
        return failure.toThrow();
    }

    /** Rolls back and ends. What fails in doing so is added to the failure that is on its way, never replaces it. */
    private void rollBackFor(@Nullable Throwable underWay) {
        if (state.compareTo(State.ACTIVE) > 0) {
            return;
        }
        try {
            lease.transaction().rollBack();
        } catch (SQLException | RuntimeException e) {
            lease.giveUpConnection();
            suppress(underWay, e);
        } finally {
            if (outer != null && lease.isLost()) {
                outer.rollBackOnly(failures.notUndone(underWay));
            }
            suppress(underWay, end(State.ROLLED_BACK, underWay));
        }
    }

    /** Gives the connection back. Returns what speaks against the state it comes back in, which only tests ask for. */
    private @Nullable Throwable end(State how, @Nullable Throwable underWay) {
        state = how;
        if (watch != null) {
            watch.cancel(false);
        }
        try {
            if (start != null) {
                lease.transaction().endOf(start);
            }
        } catch (SQLException | RuntimeException e) {
            LOG.debug("unit '{}': its connection is given up, as its session could not be put right", name(), e);
            suppress(underWay, e);
        }
        try {
            lease.endUnit(how.words());
            return null;
        } catch (RuntimeException e) {
            return e;
        } finally {
            opened.end();
            mdc.close();
        }
    }

    static void suppress(@Nullable Throwable underWay, @Nullable Throwable more) {
        if (underWay != null && more != null && underWay != more) {
            underWay.addSuppressed(more);
        }
    }

    @Override
    public String toString() {
        return "Transaction[" + settings.name() + " " + id + ", " + state.words() + "]";
    }
}
