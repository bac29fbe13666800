package io.github.lifebelt.tx;

import io.github.lifebelt.internal.jdbc.ScopedLease;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * An open unit of work. Belongs to the thread that began it.
 *
 * <p>In {@link UnitOfWork#call} and {@link UnitOfWork#run} returning commits. From {@link UnitOfWork#begin} the caller
 * commits, and closing without that rolls back.
 */
public final class Transaction implements AutoCloseable {

    private final ScopedLease lease;
    private final String name;
    private final boolean endedByCaller;
    private final boolean interruptedBefore;
    private boolean open = true;

    Transaction(ScopedLease lease, String name, boolean endedByCaller, boolean interruptedBefore) {
        this.lease = lease;
        this.name = name;
        this.endedByCaller = endedByCaller;
        this.interruptedBefore = interruptedBefore;
    }

    /**
     * The connection of the unit. It refuses {@code commit}, {@code rollback}, {@code setAutoCommit} and {@code close},
     * and every use after the unit or on another thread, with an {@link IllegalStateException} that says what to do
     * instead. Savepoints work; {@code unwrap} reaches the driver.
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
        return name;
    }

    /**
     * Commits a unit that was begun by {@link UnitOfWork#begin()}.
     *
     * @throws TransactionRolledBackException if it could not be committed; nothing is stored
     * @throws CommitOutcomeUnknownException if the connection broke during COMMIT
     * @throws IllegalStateException in a unit that commits by returning, or one that has ended
     */
    public void commit() {
        if (!endedByCaller) {
            throw new IllegalStateException("[UNIT_OWNS_TRANSACTION] unit '" + name + "' commits when it returns");
        }
        if (!open) {
            throw new IllegalStateException("[UNIT_ENDED] unit '" + name + "' has ended");
        }
        commitUnit();
    }

    /** Rolls back what was not committed, and gives the connection back. Never throws; a second call does nothing. */
    @Override
    public void close() {
        if (!endedByCaller) {
            throw new IllegalStateException("[UNIT_OWNS_TRANSACTION] unit '" + name + "' ends when it returns");
        }
        rollBackFor(null);
    }

    void commitUnit() {
        RuntimeException obstacle = obstacle();
        if (obstacle != null) {
            rollBackFor(obstacle);
            throw obstacle;
        }
        try {
            lease.commitUnit();
        } catch (SQLException e) {
            throw commitFailed(e);
        } catch (Throwable t) {
            lease.giveUpConnection();
            end("outcome unknown");
            throw t;
        }
        end("committed");
    }

    /** Why the unit must not be committed although its work returned, or null. */
    private @Nullable RuntimeException obstacle() {
        SQLException poison = lease.poison();
        if (lease.isLost()) {
            return rolledBack(Reason.CONNECTION_LOST, "lost its connection before COMMIT", poison);
        }
        if (!lease.isUsable()) {
            return rolledBack(
                    Reason.SWALLOWED_ERROR,
                    "returned although a statement had failed, after which the server stores nothing of it",
                    poison);
        }
        if (!interruptedBefore && Thread.currentThread().isInterrupted()) {
            return rolledBack(Reason.INTERRUPTED, "was interrupted while it ran", null);
        }
        return null;
    }

    /**
     * After COMMIT was sent the SQLState decides nothing. The only sound sign is a server that has answered and holds
     * no transaction: then its answer was the error, and it has rolled back.
     */
    private DatabaseException commitFailed(SQLException failure) {
        if (lease.serverAnsweredIdle()) {
            end("rolled back");
            return rolledBack(Reason.COMMIT_REFUSED, "was refused at COMMIT", failure);
        }
        lease.giveUpConnection();
        end("outcome unknown");
        return new CommitOutcomeUnknownException(name, failure);
    }

    /** Rolls back for a failure of the database that the work let pass. */
    DatabaseException failedBy(SQLException failure) {
        Reason reason = lease.isLost() ? Reason.CONNECTION_LOST : Reason.STATEMENT_ERROR;
        DatabaseException translated = rolledBack(
                reason,
                reason == Reason.CONNECTION_LOST ? "lost its connection before COMMIT" : "failed in a statement",
                failure);
        rollBackFor(translated);
        return translated;
    }

    private TransactionRolledBackException rolledBack(Reason reason, String what, @Nullable SQLException cause) {
        return new TransactionRolledBackException(
                reason,
                "unit '" + name + "' " + what + (cause == null ? "" : ": " + cause.getMessage())
                        + "; nothing of it was stored",
                cause);
    }

    /** Rolls back and ends. What fails in doing so is added to the failure that is on its way, never replaces it. */
    void rollBackFor(@Nullable Throwable underWay) {
        if (!open) {
            return;
        }
        try {
            lease.rollBackUnit();
        } catch (SQLException | RuntimeException e) {
            lease.giveUpConnection();
            if (underWay != null && underWay != e) {
                underWay.addSuppressed(e);
            }
        } finally {
            end("rolled back");
        }
    }

    private void end(String how) {
        open = false;
        lease.endUnit(how);
    }

    @Override
    public String toString() {
        return "Transaction[" + name + (open ? ", open]" : ", ended]");
    }
}
