package io.github.lifebelt.tx;

import org.jspecify.annotations.Nullable;

/** The unit was rolled back: nothing of it was stored. */
public final class TransactionRolledBackException extends DatabaseException {

    private static final long serialVersionUID = 1L;

    /** Why. Its name is the error's code. */
    public enum Reason {
        /** A statement failed and the unit let the failure pass. */
        STATEMENT_ERROR,
        /** A statement failed, the unit swallowed the failure, and the server refuses to commit what is left. */
        SWALLOWED_ERROR,
        /** The connection ended before COMMIT was sent. */
        CONNECTION_LOST,
        /** The server answered COMMIT with an error, for example of a deferred constraint. */
        COMMIT_REFUSED,
        /** The unit's thread was interrupted while the unit ran. The flag is still set. */
        INTERRUPTED
    }

    /** Why. */
    private final Reason reason;

    TransactionRolledBackException(Reason reason, String message, @Nullable Throwable cause) {
        super(reason.name(), Effect.NONE, message, cause);
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
