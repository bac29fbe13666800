package io.github.lifebelt.tx;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.internal.config.Limits;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.tx.UnitSettings.Access;
import io.github.lifebelt.tx.UnitSettings.Again;
import io.github.lifebelt.tx.UnitSettings.Around;
import io.github.lifebelt.tx.UnitSettings.Doubt;
import io.github.lifebelt.tx.UnitSettings.Timeouts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work that is stored whole or not at all: it commits when it returns, and rolls back and gives its
 * connection back on every other exit.
 *
 * <pre>{@code
 * long id = UnitOfWork.on(pool).named("place-order")
 *         .retry(RetryPolicy.conflictsAndLostConnections())
 *         .call(tx -> orders.insert(tx.connection(), order));
 * }</pre>
 *
 * <p>Immutable and thread-safe: each method that sets something returns a copy, so one can be kept and shared. Each run is
 * one transaction on one connection and one thread. A run must not be begun inside another on the same pool: the two would
 * be two transactions, and together they can exhaust the pool; {@link Transaction#nested} is for that.
 *
 * <p>What a run throws: the caller's own exceptions pass as they are, the same objects, with what went wrong while
 * cleaning up among their suppressed ones. {@link SQLException}s come as the cause of a {@link DatabaseException}, which
 * says what became of the data.
 *
 * <p>If the connection breaks while COMMIT is under way, nobody has been told whether it took effect. With
 * {@link CommitOutcome#TRANSACTION_ID} or {@link CommitOutcome#TOKEN} the unit finds that out on a connection of its own
 * before it returns or throws, and runs again only what was not stored.
 */
public final class UnitOfWork {

    private static final Duration LONGEST = Duration.ofDays(1);

    /**
     * Work with a result.
     *
     * @param <T> the result
     * @param <X> what the work throws besides {@link SQLException}
     */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object, X extends Exception> {
        /**
         * Does the work.
         *
         * @param tx the transaction; valid until this returns
         * @return the result
         * @throws X rolls back and passes as it is
         * @throws SQLException rolls back and comes as the cause of a {@link TransactionRolledBackException}
         */
        T apply(Transaction tx) throws X, SQLException;
    }

    /**
     * Work without a result.
     *
     * @param <X> what the work throws besides {@link SQLException}
     */
    @FunctionalInterface
    public interface Task<X extends Exception> {
        /**
         * Does the work.
         *
         * @param tx the transaction; valid until this returns
         * @throws X rolls back and passes as it is
         * @throws SQLException rolls back and comes as the cause of a {@link TransactionRolledBackException}
         */
        void accept(Transaction tx) throws X, SQLException;
    }

    /**
     * A transaction on the pool that something else runs on the calling thread, such as a framework. Used by that thread
     * alone.
     *
     * @see #within(Supplier)
     */
    public interface OuterTransaction {
        /**
         * What it is called.
         *
         * @return for messages, for example the name of the method that it was begun for
         */
        String name();

        /**
         * The connection on which it runs.
         *
         * @return one that the unit's pool has lent, or a wrapper of it
         * @throws SQLException if it cannot be had
         */
        Connection connection() throws SQLException;

        /**
         * Does something once it has been committed; never if it is rolled back.
         *
         * @param action what to do; what it throws is for whoever has committed
         */
        void afterCommit(Transaction.Action action);

        /**
         * Has it rolled back, whatever else is done in it: a part of it could not be undone by itself.
         *
         * @param because for whoever tries to commit it
         */
        void rollBackOnly(RuntimeException because);
    }

    /** How much of other transactions a unit may see, as SQL calls it. */
    public enum Isolation {
        /** PostgreSQL takes it for {@link #READ_COMMITTED}. */
        READ_UNCOMMITTED(Connection.TRANSACTION_READ_UNCOMMITTED),
        /** PostgreSQL's default. */
        READ_COMMITTED(Connection.TRANSACTION_READ_COMMITTED),
        /** MySQL's default. */
        REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ),
        /** Expect conflicts, and use {@link RetryPolicy#conflicts()}. */
        SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE);

        private final int level;

        Isolation(int level) {
            this.level = level;
        }

        int level() {
            return level;
        }
    }

    /** How a unit finds out whether a COMMIT took effect that was not answered. */
    public enum CommitOutcome {
        /**
         * Not at all: such a unit ends in a {@link CommitOutcomeUnknownException}. The default on MySQL and MariaDB, whose
         * servers do not tell what became of a transaction.
         */
        OFF,
        /**
         * By the server's own name for the transaction. The default on PostgreSQL, and only there; needs no table. Costs one
         * round trip before COMMIT, none more in a unit that is declared {@link UnitOfWork#readWrite()} and has time-outs.
         * Says {@link DatabaseException.Effect#UNKNOWN} rather than something wrong if the server was restarted, crashed or
         * replaced by another meanwhile, since it may then have given the same name to another transaction.
         *
         * <p>A unit that wrote nothing has nothing to lose and gets no name. What it did without writing rows ({@code NOTIFY},
         * {@code nextval}) is not looked for.
         */
        TRANSACTION_ID,
        /**
         * By a row that the unit writes to a table of its own. Certain in every case, also after a crash and a fail-over, as
         * long as any server of the surviving history can be reached. On PostgreSQL it travels with COMMIT and costs no round
         * trip, on MySQL one. A unit that only reads should say {@link UnitOfWork#readOnly()}: else it writes that row too,
         * and waits for the log to be flushed as every writer does.
         *
         * <p>The table is created once, by an administrator or a migration: see {@link UnitOfWork#tokenTableStatement()}.
         */
        TOKEN
    }

    private final PoolEngine engine;
    private final UnitSettings settings;

    private UnitOfWork(PoolEngine engine, UnitSettings settings) {
        this.engine = engine;
        this.settings = settings;
    }

    /**
     * Units on a pool.
     *
     * @param pool where each run borrows its connection
     * @return with the name {@code unit}, without retry and time-outs, with the session's isolation
     */
    public static UnitOfWork on(ConnectionPool pool) {
        PoolEngine engine = engine(pool);
        CommitOutcome outcome =
                engine.units().resolver().supportsTransactionIds() ? CommitOutcome.TRANSACTION_ID : CommitOutcome.OFF;
        return new UnitOfWork(engine, UnitSettings.defaults(outcome));
    }

    static PoolEngine engine(ConnectionPool pool) {
        try {
            return pool.unwrap(PoolEngine.class);
        } catch (SQLException e) {
            throw new IllegalStateException("a pool without an engine", e);
        }
    }

    private UnitOfWork with(UnitSettings changed) {
        return new UnitOfWork(engine, changed);
    }

    /**
     * The same under another name.
     *
     * @param unitName shown in errors, logs, metrics and the MDC
     * @return a copy
     */
    public UnitOfWork named(String unitName) {
        return with(settings.with(Objects.requireNonNull(unitName, "unitName")));
    }

    /**
     * The same without writes: the server refuses them, and a COMMIT that breaks is no reason to worry, because there is
     * nothing to be stored.
     *
     * @return a copy
     */
    public UnitOfWork readOnly() {
        return with(settings.with(Access.READ_ONLY));
    }

    /**
     * The same, declared to write. With {@link CommitOutcome#TRANSACTION_ID} its transaction is named when it begins, in the
     * same round trip as its time-outs, rather than in one of its own before COMMIT. Do not declare it for what mostly reads:
     * each such transaction uses up one of the server's transaction ids.
     *
     * @return a copy
     */
    public UnitOfWork readWrite() {
        return with(settings.with(Access.READ_WRITE));
    }

    /**
     * The same with an isolation of its own, for its transactions only.
     *
     * @param isolation instead of the session's
     * @return a copy
     */
    public UnitOfWork isolation(Isolation isolation) {
        return with(settings.with(Objects.requireNonNull(isolation, "isolation")));
    }

    /**
     * The same with a limit on the whole: waiting for a connection, all runs and the pauses between them. Past it the
     * statement that runs is cancelled and the unit rolled back; if that takes longer than a second, the connection is
     * closed below it. Only finding out about a COMMIT goes on after it (see {@link #resolveTimeout}).
     *
     * <p>Without it a unit is not run again later than the pool's borrow timeout after it began, and its statements may take
     * as long as they take.
     *
     * @param limit 1 ms to 1 day
     * @return a copy
     */
    public UnitOfWork timeout(Duration limit) {
        Timeouts now = settings.timeouts();
        return with(settings.with(new Timeouts(checked("timeout", limit), now.statement(), now.lock())));
    }

    /**
     * The same with a limit on each statement, which the server holds on PostgreSQL and MariaDB. On MySQL the server does it
     * for queries and the driver for the others, in whole seconds.
     *
     * @param limit 1 ms to 1 day
     * @return a copy
     */
    public UnitOfWork statementTimeout(Duration limit) {
        Timeouts now = settings.timeouts();
        return with(settings.with(new Timeouts(now.unit(), checked("statement-timeout", limit), now.lock())));
    }

    /**
     * The same with a limit on each wait for a lock; in whole seconds, rounded up, on MySQL and MariaDB.
     *
     * @param limit 1 ms to 1 day
     * @return a copy
     */
    public UnitOfWork lockTimeout(Duration limit) {
        Timeouts now = settings.timeouts();
        return with(settings.with(new Timeouts(now.unit(), now.statement(), checked("lock-timeout", limit))));
    }

    private static Duration checked(String what, Duration limit) {
        return Limits.between("unit " + what, limit, Duration.ofMillis(1), LONGEST);
    }

    /**
     * The same with another way to find out about a COMMIT that was not answered.
     *
     * @param outcome the way
     * @return a copy
     * @throws ConfigurationException if this database has no such way
     */
    public UnitOfWork commitOutcome(CommitOutcome outcome) {
        if (outcome == CommitOutcome.TRANSACTION_ID
                && !engine.units().resolver().supportsTransactionIds()) {
            throw new ConfigurationException(
                    "COMMIT_OUTCOME_UNSUPPORTED",
                    "commit outcome TRANSACTION_ID is not possible on "
                            + engine.config().url().dialect()
                            + ", whose servers do not tell what became of a transaction;"
                            + " allowed: OFF, TOKEN");
        }
        return with(settings.with(new Doubt(outcome, settings.doubt().timeout())));
    }

    /**
     * The same with another limit on finding out about a COMMIT that was not answered. While the database cannot be reached
     * that has to wait.
     *
     * @param limit 1 ms to 1 day; 30 s by default, longer than most fail-overs
     * @return a copy
     */
    public UnitOfWork resolveTimeout(Duration limit) {
        return with(settings.with(new Doubt(settings.doubt().outcome(), checked("resolve-timeout", limit))));
    }

    /**
     * The same, run again after some failures. Has no effect on {@link #begin()}, whose work cannot be run again.
     *
     * @param policy which failures; passing it is the consent that the work may run more than once
     * @return a copy
     */
    public UnitOfWork retry(RetryPolicy policy) {
        return with(settings.with(new Again(
                Objects.requireNonNull(policy, "policy"), settings.again().evenIfUnknown())));
    }

    /**
     * The same, run again also if it may have been stored already: for work that may be done twice without harm. Needs a
     * {@link #retry} policy for lost connections, which is another consent.
     *
     * @return a copy
     */
    public UnitOfWork retryUnknownOutcome() {
        return with(settings.with(new Again(settings.again().policy(), true)));
    }

    /**
     * The same, aware of transactions that a framework runs: a unit that is begun inside one is refused, unless it is {@link
     * #joining()}. Without this a unit is always a transaction of its own.
     *
     * @param current gives the framework's transaction on this pool that is open on the calling thread, or null; asked
     *     before each run
     * @return a copy
     */
    public UnitOfWork within(Supplier<? extends @Nullable OuterTransaction> current) {
        return with(settings.with(new Around(
                Objects.requireNonNull(current, "current"), settings.around().joins())));
    }

    /**
     * The same, which joins a framework's transaction (see {@link #within(Supplier)}) if it is begun inside one, and is a
     * transaction of its own if it is not.
     *
     * <p>Joined, it runs on the framework's connection from a savepoint: if it fails, its own part is undone and its
     * exception passes; what it wrote is stored if and when the framework commits, and then its {@code afterCommit} actions
     * run and listeners hear of it. It is run once, whatever its retry policy says, and nobody looks for a lost COMMIT, since
     * both are for whoever has the whole. It cannot have what belongs to the whole: isolation, time-outs, {@code readOnly()}
     * and {@link CommitOutcome#TOKEN} are refused then.
     *
     * @return a copy
     */
    public UnitOfWork joining() {
        return with(settings.with(new Around(settings.around().current(), true)));
    }

    /**
     * The statement that creates the table for {@link CommitOutcome#TOKEN}, for an administrator or a migration. The pool's
     * user needs SELECT, INSERT and DELETE on it. Rows older than a day are removed by the pools that use it.
     *
     * @return one statement in this database's SQL, without a semicolon at its end
     */
    public String tokenTableStatement() {
        return engine.units().resolver().tokenTableStatement();
    }

    /**
     * Runs work and commits it.
     *
     * @param work what to do
     * @param <T> the result
     * @param <X> what the work throws besides {@link SQLException}
     * @return what the work returned; everything it wrote is stored
     * @throws X what the work threw; nothing is stored
     * @throws ConnectionUnavailableException if there was no connection; nothing was sent
     * @throws IllegalStateException if a framework's transaction is open on this thread that the unit does not, or cannot,
     *     join; nothing was sent
     * @throws TransactionRolledBackException if it could not be committed; nothing is stored
     * @throws CommitOutcomeUnknownException if the connection broke during COMMIT, and what became of it could not be found
     *     out
     * @throws DatabaseException.AfterCommitException if it is stored, and an action after that has failed
     */
    public <T extends @Nullable Object, X extends Exception> T call(Work<T, X> work) throws X {
        return new UnitRun(engine, settings).call(work);
    }

    /**
     * Runs work without a result and commits it.
     *
     * @param task what to do
     * @param <X> what the work throws besides {@link SQLException}
     * @throws X what the work threw; nothing is stored
     * @see #call(Work)
     */
    public <X extends Exception> void run(Task<X> task) throws X {
        Work<Boolean, X> work = tx -> {
            task.accept(tx);
            return true;
        };
        call(work);
    }

    /**
     * Begins a unit for a try-with-resources block, which commits by {@link Transaction#commit()} and rolls back
     * without it.
     *
     * @return an open transaction
     * @throws ConnectionUnavailableException if there was no connection
     * @throws TransactionRolledBackException if it could not be begun
     */
    public Transaction begin() {
        return new UnitRun(engine, settings).begin();
    }

    @Override
    public String toString() {
        return "UnitOfWork[" + settings.name() + "]";
    }
}
