package io.github.lifebelt;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The database cannot be reached, and no live connection was there to serve the borrower. Nothing of the caller's was
 * sent. Says since when and why; trying again later is safe. Where it is the credentials that cannot be had, the code in
 * its message is {@code CREDENTIALS_UNAVAILABLE}.
 */
public final class DatabaseUnavailableException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    /** The code under which {@code ERRORS.md} explains this error. */
    public static final String CODE = "DATABASE_UNAVAILABLE";

    /** When the outage was first seen. */
    private final Instant since;

    /** When the last failure was met. */
    private final Instant causeAt;

    /** When the database is looked for again. */
    private final @Nullable Instant nextProbe;

    /**
     * Made by the pool.
     *
     * @param message what was tried, since when it fails, and when it is tried next; it may have a code of its own
     * @param since when the database was first found unreachable
     * @param causeAt when the cause was met
     * @param nextProbe when the database is looked for again; null if that is going on
     * @param cause the most recent failure to connect; its SQLState and vendor code become this one's
     */
    public DatabaseUnavailableException(
            String message, Instant since, Instant causeAt, @Nullable Instant nextProbe, SQLException cause) {
        super(
                message.startsWith("[") ? message : "[" + CODE + "] " + message,
                cause.getSQLState(),
                cause.getErrorCode(),
                cause);
        this.since = since;
        this.causeAt = causeAt;
        this.nextProbe = nextProbe;
    }

    /**
     * When the database was first found unreachable in this outage.
     *
     * @return a moment of the wall clock
     */
    public Instant since() {
        return since;
    }

    /**
     * When the last failure was met, which is the cause.
     *
     * @return a moment of the wall clock
     */
    public Instant causeAt() {
        return causeAt;
    }

    /**
     * When the database is looked for again. Nobody else connects until then.
     *
     * @return a moment of the wall clock, or null if somebody was looking when this was thrown
     */
    public @Nullable Instant nextProbe() {
        return nextProbe;
    }
}
