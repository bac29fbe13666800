package io.github.lifebelt.tx;

import io.github.lifebelt.internal.jdbc.ScopedLease;
import io.github.lifebelt.spi.Dialect.WorkProblem;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Says why a transaction is rolled back: to its unit, which may run again, and to the caller. */
final class UnitFailures {

    /**
     * A failure.
     *
     * @param toThrow what the caller gets
     * @param cause what it was about in the database; null if it was not the database's
     */
    record Failure(RuntimeException toThrow, @Nullable Reason cause) {}

    private final String unit;
    private final ScopedLease lease;

    UnitFailures(String unit, ScopedLease lease) {
        this.unit = unit;
        this.lease = lease;
    }

    /** Why a transaction must not be committed although its work returned, or null. */
    @Nullable
    Failure obstacle(boolean outOfTime, @Nullable String rollbackOnly, boolean interrupted) {
        SQLException poison = lease.poison();
        if (lease.isExpired() || outOfTime) {
            return failure(Reason.TIMEOUT, "has run past its time-out", poison);
        }
        if (lease.isLost()) {
            return failure(Reason.CONNECTION_LOST, "lost its connection before COMMIT", poison);
        }
        if (lease.isEndedByStatement()) {
            return new Failure(lease.endedByStatement(), null);
        }
        if (!lease.isUsable()) {
            Reason cause = poison == null ? null : Reason.of(lease.problem(poison));
            String what = "returned although a statement had failed, after which what is left must not be stored";
            return new Failure(swallowed(cause, what, poison), cause);
        }
        if (rollbackOnly != null) {
            String what = "was to be rolled back (" + rollbackOnly + ")";
            return new Failure(rolledBack(Reason.ROLLBACK_ONLY, what, null), null);
        }
        if (interrupted) {
            return new Failure(rolledBack(Reason.INTERRUPTED, "was interrupted while it ran", null), null);
        }
        return null;
    }

    /** A nested part has swallowed a failure. */
    TransactionRolledBackException nestedSwallowed() {
        String what = "has a nested part that returned although a statement had failed; the part was undone";
        return swallowed(null, what, lease.poison());
    }

    /** A failure that the work let pass. */
    Failure passed(SQLException failure) {
        if (lease.isEndedByStatement()) {
            // What failed then, a savepoint that is gone for one, says nothing about what may be stored.
            IllegalStateException ended = lease.endedByStatement();
            ended.addSuppressed(failure);
            return new Failure(ended, null);
        }
        Reason reason = reasonOf(failure);
        String what = switch (reason) {
            case TIMEOUT -> "ran into a time-out";
            case CONNECTION_LOST -> "lost its connection before COMMIT";
            case STATEMENT_ERROR -> "failed in a statement";
            default -> "failed, because " + lease.problem(basis(failure)).words();
        };
        return failure(reason, what, failure);
    }

    /** What is behind an exception of the work's own: whoever wraps exceptions has not seen another failure. */
    @Nullable
    Reason behind(Throwable thrown) {
        SQLException within = lease.thrownWithin(thrown);
        return within == null ? null : reasonOf(within);
    }

    /** A unit that joined another transaction has failed and could not be undone by itself. */
    TransactionRolledBackException notUndone(@Nullable Throwable failure) {
        return new TransactionRolledBackException(
                Reason.ROLLBACK_ONLY,
                false,
                "unit '" + unit + "' has failed in the transaction that it joined, and its part could not be undone by"
                        + " itself; so the whole is rolled back, and nothing of it was stored",
                failure);
    }

    /** The server has answered COMMIT with an error: a deferred constraint, a conflict. */
    Failure refused(SQLException failure) {
        WorkProblem problem = lease.problem(failure);
        // The cancel of a unit past its time-out may reach the server as late as this.
        Reason reason = problem == WorkProblem.CANCELLED && lease.isExpired() ? Reason.TIMEOUT : Reason.of(problem);
        return failure(
                reason == Reason.STATEMENT_ERROR ? Reason.COMMIT_REFUSED : reason, "was refused at COMMIT", failure);
    }

    private Reason reasonOf(SQLException failure) {
        if (lease.isExpired()) {
            return Reason.TIMEOUT;
        }
        // What came from elsewhere, another database for one, is no word about this one.
        boolean ours = lease.thrownWithin(failure) != null;
        WorkProblem problem = ours ? lease.problem(basis(failure)) : WorkProblem.STATEMENT;
        return problem == WorkProblem.STATEMENT && lease.isLost() ? Reason.CONNECTION_LOST : Reason.of(problem);
    }

    /** The first failure says more than those that followed from it. */
    private SQLException basis(SQLException failure) {
        SQLException poison = lease.poison();
        return poison == null ? failure : poison;
    }

    private Failure failure(Reason reason, String what, @Nullable SQLException behind) {
        return new Failure(rolledBack(reason, what, behind), reason);
    }

    private TransactionRolledBackException rolledBack(Reason reason, String what, @Nullable SQLException behind) {
        return new TransactionRolledBackException(reason, reason.passes(), message(what, behind), behind);
    }

    private TransactionRolledBackException swallowed(
            @Nullable Reason cause, String what, @Nullable SQLException behind) {
        boolean passes = cause != null && cause.passes();
        return new TransactionRolledBackException(Reason.SWALLOWED_ERROR, passes, message(what, behind), behind);
    }

    private String message(String what, @Nullable SQLException behind) {
        return "unit '" + unit + "' " + what + (behind == null ? "" : ": " + behind.getMessage())
                + "; nothing of it was stored";
    }
}
