package io.github.lifebelt;

import java.sql.SQLTransientConnectionException;

/**
 * Every connection of the pool stayed in use for as long as the borrower was willing to wait. The database is not to
 * blame: the message has the pool's figures. The SQLState is null on purpose, so that nobody takes a full pool for a
 * dead server.
 */
public final class PoolExhaustedException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    /** The code under which {@code ERRORS.md} explains this error. */
    public static final String CODE = "POOL_EXHAUSTED";

    /**
     * Made by the pool.
     *
     * @param message the figures and what to do
     */
    public PoolExhaustedException(String message) {
        super("[" + CODE + "] " + message);
    }
}
