package io.github.lifebelt.tx;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A unit of work did not end as it was meant to. Says what became of the data, which an {@link SQLException} does not.
 *
 * <p>Unchecked, and sealed: a {@code switch} over its subtypes is complete.
 */
public abstract sealed class DatabaseException extends RuntimeException
        permits ConnectionUnavailableException, TransactionRolledBackException, CommitOutcomeUnknownException {

    private static final long serialVersionUID = 1L;

    /** What became of the unit's writes. */
    public enum Effect {
        /** Nothing was stored. The unit may be run again as far as the database is concerned. */
        NONE,
        /** It is not known whether everything or nothing was stored. */
        UNKNOWN
    }

    /** The stable code. */
    private final String code;

    /** What became of the writes. */
    private final Effect effect;

    DatabaseException(String code, Effect effect, String message, @Nullable Throwable cause) {
        super("[" + code + "] " + message, cause);
        this.code = code;
        this.effect = effect;
    }

    /**
     * The stable code under which {@code ERRORS.md} explains the error.
     *
     * @return for example {@code SWALLOWED_ERROR}
     */
    public String code() {
        return code;
    }

    /**
     * What became of the unit's writes.
     *
     * @return never null
     */
    public Effect effect() {
        return effect;
    }

    /**
     * The SQLState of the failure behind this one.
     *
     * @return for example {@code 57P01}, or null if there is none
     */
    public @Nullable String sqlState() {
        return getCause() instanceof SQLException sql ? sql.getSQLState() : null;
    }

    /**
     * The vendor's code of the failure behind this one.
     *
     * @return for example 1213, or 0 if there is none
     */
    public int vendorCode() {
        return getCause() instanceof SQLException sql ? sql.getErrorCode() : 0;
    }
}
