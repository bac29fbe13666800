package io.github.lifebelt.tx;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A unit of work did not end as it was meant to. Says what became of the data, which an {@link SQLException} does not.
 *
 * <p>Unchecked, and sealed: a {@code switch} over its subtypes is complete.
 */
public abstract sealed class DatabaseException extends RuntimeException
        permits ConnectionUnavailableException,
                TransactionRolledBackException,
                CommitOutcomeUnknownException,
                DatabaseException.AfterCommitException {

    private static final long serialVersionUID = 1L;

    /** What became of the unit's writes. */
    public enum Effect {
        /** Nothing was stored. The unit may be run again as far as the database is concerned. */
        NONE,
        /** Everything was stored. The unit must not be run again. */
        COMMITTED,
        /** It is not known whether everything or nothing was stored. */
        UNKNOWN
    }

    /**
     * One run of the unit's work.
     *
     * @param number 1 for the first
     * @param took with the wait for its connection, and with finding out what became of its COMMIT
     * @param failure what ended it
     */
    public record Attempt(int number, Duration took, Throwable failure) {}

    /** The stable code. */
    private final String code;

    /** What became of the writes. */
    private final Effect effect;

    /** Whether another run may end otherwise. */
    private final boolean retryable;

    /** The runs that ended with this failure and before it. Whoever reads a serialised one has the suppressed exceptions. */
    private transient @Nullable List<Attempt> attempts;

    DatabaseException(String code, Effect effect, boolean retryable, String message, @Nullable Throwable cause) {
        super("[" + code + "] " + message, cause);
        this.code = code;
        this.effect = effect;
        this.retryable = retryable;
    }

    /**
     * The stable code under which {@code ERRORS.md} explains the error.
     *
     * @return for example {@code SWALLOWED_ERROR}
     */
    public final String code() {
        return code;
    }

    /**
     * What became of the unit's writes.
     *
     * @return never null
     */
    public final Effect effect() {
        return effect;
    }

    /**
     * Whether it makes sense to run the unit again, now or a little later: nothing was stored, and what stood in the way
     * may be gone by then. A {@link RetryPolicy} does that by itself.
     *
     * @return false whenever something was stored, or may have been
     */
    public final boolean retryable() {
        return retryable;
    }

    /**
     * The runs of the unit, this one last. The failures of the earlier ones are suppressed exceptions of this one, too.
     *
     * @return at least one, unless the exception comes from a unit that was begun by {@link UnitOfWork#begin()}, or was
     *     serialised
     */
    public final List<Attempt> attempts() {
        return attempts == null ? List.of() : attempts;
    }

    final void attempts(List<Attempt> all) {
        attempts = List.copyOf(all);
    }

    /**
     * The SQLState of the failure behind this one.
     *
     * @return for example {@code 57P01}, or null if there is none
     */
    public final @Nullable String sqlState() {
        return getCause() instanceof SQLException sql ? sql.getSQLState() : null;
    }

    /**
     * The vendor's code of the failure behind this one.
     *
     * @return for example 1213, or 0 if there is none
     */
    public final int vendorCode() {
        return getCause() instanceof SQLException sql ? sql.getErrorCode() : 0;
    }

    /**
     * The unit was committed, and something that was to follow has failed: an action given to {@link Transaction#afterCommit},
     * or the check of the session in a pool for tests. The first failure is the cause, the others are suppressed exceptions.
     */
    public static final class AfterCommitException extends DatabaseException {

        private static final long serialVersionUID = 1L;

        AfterCommitException(String unit, List<Throwable> failures) {
            super(
                    "AFTER_COMMIT_FAILED",
                    Effect.COMMITTED,
                    false,
                    "unit '" + unit + "' is committed, but " + failures.size()
                            + (failures.size() == 1 ? " thing" : " things") + " that followed failed, first: "
                            + failures.get(0) + ". Do not run the unit again",
                    failures.get(0));
            failures.stream().skip(1).forEach(this::addSuppressed);
        }
    }
}
