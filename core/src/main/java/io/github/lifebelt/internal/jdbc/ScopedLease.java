package io.github.lifebelt.internal.jdbc;

import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.TransactionState;
import io.github.lifebelt.spi.Dialect.Undone;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The lease of a unit of work: usable only while the unit is open and only on its thread, and without the calls that
 * would end the transaction behind the unit's back. Remembers the failure that broke the transaction.
 */
public final class ScopedLease extends Lease {

    private static final long ROLLBACK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Dialect dialect;
    private final String unit;
    private final Thread thread = Thread.currentThread();
    private Undone undone = Undone.STATEMENT;
    private @Nullable SQLException poison;
    private volatile @Nullable String ended;

    public ScopedLease(LeaseOwner owner, Connection proxied, Slot slot, long sinceNanos, Dialect dialect, String unit) {
        super(owner, proxied, slot, sinceNanos);
        this.dialect = dialect;
        this.unit = unit;
    }

    @Override
    void enter() {
        String how = ended;
        if (how != null) {
            throw new IllegalStateException(
                    "[UNIT_ENDED] unit '" + unit + "' has ended (" + how + "); its connection cannot be used any more");
        }
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("[WRONG_THREAD] unit '" + unit + "' belongs to thread '" + thread.getName()
                    + "' and was used on '" + Thread.currentThread().getName()
                    + "'; a transaction has one thread: begin a unit on the other one");
        }
    }

    @Override
    SQLException failed(SQLException e, Phase phase) {
        super.failed(e, phase);
        Undone more = dialect.undone(e);
        undone = more.compareTo(undone) > 0 ? more : undone;
        if (poison == null && !isUsable()) {
            poison = e;
        }
        return e;
    }

    /** Whether the transaction could still be committed, as far as the driver knows. */
    public boolean isUsable() {
        return !isLost() && undone == Undone.STATEMENT && state() != TransactionState.FAILED;
    }

    /** Whether the connection under the unit has ended. */
    public boolean isLost() {
        Physical physical = slot().physical();
        return physical == null || physical.broken() || physical.driverSaysClosed();
    }

    /** The failure after which the transaction could not be committed any more, or null. */
    public @Nullable SQLException poison() {
        return poison;
    }

    /** Whether the server has answered and holds no transaction: after a failed commit, that it was rolled back. */
    public boolean serverAnsweredIdle() {
        return !isLost() && state() == TransactionState.IDLE;
    }

    private TransactionState state() {
        Physical physical = slot().physical();
        return physical == null ? TransactionState.UNKNOWN : dialect.transactionState(physical.jdbc());
    }

    public void beginUnit() throws SQLException {
        proxied().setAutoCommit(false);
    }

    public void commitUnit() throws SQLException {
        try {
            proxied().commit();
        } catch (SQLException e) {
            throw failed(e, Phase.COMMIT);
        }
    }

    /** Rolls back, soon or not at all: then the connection is given up, and the server does it. */
    public void rollBackUnit() throws SQLException {
        Physical physical = slot().physical();
        if (physical == null || isLost()) {
            return;
        }
        try {
            physical.within(
                    System.nanoTime() + ROLLBACK_NANOS, jdbc -> proxied().rollback());
        } catch (SQLException e) {
            physical.markBroken();
            throw e;
        }
    }

    /** The outcome of the commit is not known on this connection: whatever it still has to say is not for the next. */
    public void giveUpConnection() {
        Physical physical = slot().physical();
        if (physical != null) {
            physical.markBroken();
        }
    }

    /** Gives the connection back. From now on every use says that the unit has ended. */
    public void endUnit(String how) {
        if (ended == null) {
            ended = how;
            giveBack();
        }
    }

    @Override
    public void rollback(Savepoint savepoint) throws SQLException {
        super.rollback(savepoint);
        if (undone == Undone.PERHAPS_MORE) {
            undone = Undone.STATEMENT;
        }
        if (isUsable()) {
            poison = null;
        }
    }

    @Override
    public void close() {
        throw refused("close()", "the unit gives its connection back when it ends");
    }

    @Override
    public void commit() {
        throw refused("commit()", "return normally from the unit, or call Transaction.commit()");
    }

    @Override
    public void rollback() {
        throw refused("rollback()", "throw from the unit, or close the Transaction without committing it");
    }

    @Override
    public void setAutoCommit(boolean on) {
        throw refused("setAutoCommit()", "a unit is one transaction; use the pool's own connections for autocommit");
    }

    private IllegalStateException refused(String call, String instead) {
        enter();
        return new IllegalStateException(
                "[UNIT_OWNS_TRANSACTION] " + call + " was called on the connection of unit '" + unit + "': " + instead);
    }
}
