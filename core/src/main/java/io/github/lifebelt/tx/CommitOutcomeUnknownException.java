package io.github.lifebelt.tx;

import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * COMMIT was sent and the connection broke before the answer came: the unit was stored whole, or not at all, and nobody
 * could say which in time. Do not run it again without looking; {@link #marker()} is what to look with.
 */
public final class CommitOutcomeUnknownException extends DatabaseException {

    private static final long serialVersionUID = 1L;

    /** What to look with later. */
    private final @Nullable CommitMarker marker;

    CommitOutcomeUnknownException(String unit, @Nullable CommitMarker marker, SQLException cause) {
        super(
                "COMMIT_OUTCOME_UNKNOWN",
                Effect.UNKNOWN,
                false,
                "unit '" + unit + "' sent COMMIT and the connection broke before the answer (" + cause.getMessage()
                        + "): it was stored whole or not at all; look before you run it again. " + advice(marker),
                cause);
        this.marker = marker;
    }

    private static String advice(@Nullable CommitMarker marker) {
        if (marker == null) {
            return "Units with commit outcome " + CommitOutcome.TOKEN + " find it out by themselves";
        }
        return (marker.isToken()
                        ? "It could not be found out in time"
                        : "The server has been restarted or replaced since, or could not be asked in time; commit outcome "
                                + CommitOutcome.TOKEN + " survives that")
                + ". Try again with " + marker;
    }

    /**
     * What the transaction can be looked for with, now or later, also by another process.
     *
     * @return null if the unit had nothing to be recognised by (commit outcome {@link CommitOutcome#OFF})
     */
    public @Nullable CommitMarker marker() {
        return marker;
    }
}
