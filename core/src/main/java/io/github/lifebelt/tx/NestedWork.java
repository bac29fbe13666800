package io.github.lifebelt.tx;

import io.github.lifebelt.internal.jdbc.ScopedLease;
import io.github.lifebelt.tx.UnitOfWork.Work;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;

/** A part of a unit that can be undone by itself. */
final class NestedWork {
    private final Transaction tx;
    private final ScopedLease lease;
    private final AfterCommit afterCommit;
    private final UnitFailures failures;

    NestedWork(Transaction tx, ScopedLease lease, AfterCommit afterCommit, UnitFailures failures) {
        this.tx = tx;
        this.lease = lease;
        this.afterCommit = afterCommit;
        this.failures = failures;
    }

    <T extends @Nullable Object, X extends Exception> T call(Work<T, X> work) throws X, SQLException {
        int mark = afterCommit.mark();
        Savepoint savepoint = lease.setSavepoint();
        T result;
        try {
            result = work.apply(tx);
        } catch (Throwable t) {
            undo(savepoint, mark, t);
            throw t;
        }
        if (!lease.isUsable()) {
            TransactionRolledBackException failure = failures.nestedSwallowed();
            undo(savepoint, mark, failure);
            throw failure;
        }
        lease.releaseSavepoint(savepoint);
        return result;
    }

    private void undo(Savepoint savepoint, int mark, Throwable underWay) {
        afterCommit.dropSince(mark);
        if (lease.isLost()) {
            return;
        }
        try {
            lease.rollback(savepoint);
        } catch (SQLException | RuntimeException e) {
            Transaction.suppress(underWay, e);
        }
    }
}
