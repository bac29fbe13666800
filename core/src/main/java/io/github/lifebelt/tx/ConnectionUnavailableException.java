package io.github.lifebelt.tx;

import io.github.lifebelt.DatabaseUnavailableException;
import java.sql.SQLException;

/**
 * The unit got no connection. Nothing was sent; the cause says whether the pool is exhausted, the database cannot be
 * reached, or it refuses.
 */
public final class ConnectionUnavailableException extends DatabaseException {

    private static final long serialVersionUID = 1L;

    ConnectionUnavailableException(String unit, SQLException cause) {
        super(
                "CONNECTION_UNAVAILABLE",
                Effect.NONE,
                // A pool that is exhausted has been waited for already, and a login that is refused stays so.
                cause instanceof DatabaseUnavailableException,
                "unit '" + unit + "' got no connection: " + cause.getMessage(),
                cause);
    }
}
