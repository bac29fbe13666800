package io.github.lifebelt.tx;

import io.github.lifebelt.spi.Dialect.WorkProblem;
import org.jspecify.annotations.Nullable;

/** The unit was rolled back: nothing of it was stored. */
public final class TransactionRolledBackException extends DatabaseException {

    private static final long serialVersionUID = 1L;

    /** Why. Its name is the error's code. */
    public enum Reason {
        /** It collided with other transactions (serialisation failure). */
        CONFLICT,
        /** It was the victim of a deadlock. */
        DEADLOCK,
        /** It waited for a lock in vain. */
        LOCK_TIMEOUT,
        /** The connection ended before COMMIT was sent, or COMMIT was found to have had no effect. */
        CONNECTION_LOST,
        /** The server takes no writes although the unit is to write: after a fail-over, or because it is full. */
        READ_ONLY_SERVER,
        /** What was prepared on the server does not fit the tables any more. */
        STALE_STATEMENT,
        /** The unit, or a statement of it, ran past its time-out. */
        TIMEOUT,
        /** Somebody has cancelled a statement of it. */
        CANCELLED,
        /** What it stores breaks a rule of the database. */
        CONSTRAINT,
        /** A statement failed and the unit let the failure pass. */
        STATEMENT_ERROR,
        /** A statement failed, the unit swallowed the failure, and what is left must not be stored. */
        SWALLOWED_ERROR,
        /** The unit has asked for it by {@link Transaction#setRollbackOnly}. */
        ROLLBACK_ONLY,
        /** The server answered COMMIT with an error of no other kind. */
        COMMIT_REFUSED,
        /** The unit's thread was interrupted while the unit ran. The flag is still set. */
        INTERRUPTED;

        static Reason of(WorkProblem problem) {
            return switch (problem) {
                case CONFLICT -> CONFLICT;
                case DEADLOCK -> DEADLOCK;
                case LOCK_TIMEOUT -> LOCK_TIMEOUT;
                case CONNECTION_LOST -> CONNECTION_LOST;
                case READ_ONLY_SERVER -> READ_ONLY_SERVER;
                case STALE_STATEMENT -> STALE_STATEMENT;
                case TIMEOUT -> TIMEOUT;
                case CANCELLED -> CANCELLED;
                case CONSTRAINT -> CONSTRAINT;
                case STATEMENT -> STATEMENT_ERROR;
            };
        }

        /** Whether another run of the same work may well end otherwise. */
        boolean passes() {
            return switch (this) {
                case CONFLICT, DEADLOCK, LOCK_TIMEOUT, CONNECTION_LOST, READ_ONLY_SERVER, STALE_STATEMENT -> true;
                case TIMEOUT,
                        CANCELLED,
                        CONSTRAINT,
                        STATEMENT_ERROR,
                        SWALLOWED_ERROR,
                        ROLLBACK_ONLY,
                        COMMIT_REFUSED,
                        INTERRUPTED -> false;
            };
        }
    }

    /** Why. */
    private final Reason reason;

    TransactionRolledBackException(Reason reason, boolean retryable, String message, @Nullable Throwable cause) {
        super(reason.name(), Effect.NONE, retryable, message, cause);
        this.reason = reason;
    }

    /**
     * Why the unit was rolled back.
     *
     * @return never null
     */
    public Reason reason() {
        return reason;
    }
}
