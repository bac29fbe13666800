package io.github.lifebelt.tx;

import java.sql.SQLException;

/**
 * COMMIT was sent and the connection broke before the answer came: the unit was stored whole, or not at all. Do not run
 * it again without looking.
 */
public final class CommitOutcomeUnknownException extends DatabaseException {

    private static final long serialVersionUID = 1L;

    CommitOutcomeUnknownException(String unit, SQLException cause) {
        super(
                "COMMIT_OUTCOME_UNKNOWN",
                Effect.UNKNOWN,
                "unit '" + unit + "' sent COMMIT and the connection broke before the answer (" + cause.getMessage()
                        + "): it was stored whole or not at all; look before you run it again",
                cause);
    }
}
