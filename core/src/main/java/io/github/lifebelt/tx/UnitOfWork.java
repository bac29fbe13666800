package io.github.lifebelt.tx;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.internal.jdbc.ScopedLease;
import io.github.lifebelt.internal.pool.PoolEngine;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work that is stored whole or not at all: it commits when it returns, and rolls back and gives its
 * connection back on every other exit.
 *
 * <pre>{@code
 * long id = UnitOfWork.on(pool).named("place-order").call(tx -> orders.insert(tx.connection(), order));
 * }</pre>
 *
 * <p>Immutable and thread-safe; each run is one transaction on one connection and one thread. A run may not be begun
 * inside another on the same pool: the two would be two transactions, and together they can exhaust the pool.
 *
 * <p>What a run throws: the caller's own exceptions pass as they are, the same objects, with what went wrong while
 * cleaning up among their suppressed ones. {@link SQLException}s come as the cause of a {@link DatabaseException}, which
 * says what became of the data.
 */
public final class UnitOfWork {

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

    private final PoolEngine engine;
    private final String name;

    private UnitOfWork(PoolEngine engine, String name) {
        this.engine = engine;
        this.name = name;
    }

    /**
     * Units on a pool.
     *
     * @param pool where each run borrows its connection
     * @return with the name {@code unit}
     */
    public static UnitOfWork on(ConnectionPool pool) {
        try {
            return new UnitOfWork(pool.unwrap(PoolEngine.class), "unit");
        } catch (SQLException e) {
            throw new IllegalStateException("a pool without an engine", e);
        }
    }

    /**
     * The same under another name.
     *
     * @param unitName shown in errors and logs
     * @return a copy
     */
    public UnitOfWork named(String unitName) {
        return new UnitOfWork(engine, Objects.requireNonNull(unitName, "unitName"));
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
     * @throws TransactionRolledBackException if it could not be committed; nothing is stored
     * @throws CommitOutcomeUnknownException if the connection broke during COMMIT
     */
    public <T extends @Nullable Object, X extends Exception> T call(Work<T, X> work) throws X {
        Transaction tx = open(false);
        T result;
        try {
            result = work.apply(tx);
        } catch (SQLException e) {
            throw tx.failedBy(e);
        } catch (Throwable t) {
            tx.rollBackFor(t);
            throw t;
        }
        tx.commitUnit();
        return result;
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
     */
    public Transaction begin() {
        return open(true);
    }

    private Transaction open(boolean endedByCaller) {
        boolean interruptedBefore = Thread.currentThread().isInterrupted();
        ScopedLease lease;
        try {
            lease = engine.borrow((owner, proxied, slot, since) ->
                    new ScopedLease(owner, proxied, slot, since, engine.dialect(), name));
        } catch (SQLException e) {
            throw new ConnectionUnavailableException(name, e);
        }
        Transaction tx = new Transaction(lease, name, endedByCaller, interruptedBefore);
        try {
            lease.beginUnit();
        } catch (SQLException e) {
            throw tx.failedBy(e);
        }
        return tx;
    }
}
