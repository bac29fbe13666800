package io.github.lifebelt.internal.jdbc;

import java.sql.SQLException;

/** A connection was made and lives, and what the pool is set to do with each new one has failed on it. */
public final class SetUpException extends SQLException {

    private static final long serialVersionUID = 1L;

    SetUpException(SQLException cause) {
        super(cause.getMessage(), cause.getSQLState(), cause.getErrorCode(), cause);
    }
}
