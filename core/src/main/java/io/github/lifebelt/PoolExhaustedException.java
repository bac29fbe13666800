package io.github.lifebelt;

import java.sql.SQLTransientConnectionException;

/**
 * Every connection of the pool stayed in use for as long as the borrower was willing to wait, or will do so for ever
 * because all who hold one wait for another. The database is not to
 * blame: the message has the pool's figures. The SQLState is null on purpose, so that nobody takes a full pool for a
 * dead server.
 */
public final class PoolExhaustedException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    /** The code under which {@code ERRORS.md} explains this error. */
    public static final String CODE = "POOL_EXHAUSTED";

    /** The code of a wait that was refused because nobody could ever have ended it. */
    public static final String DEADLOCK_CODE = "POOL_DEADLOCK";

    /** The code of a wait that ended while the pool was suspended. */
    public static final String SUSPENDED_CODE = "POOL_SUSPENDED";

    /**
     * Made by the pool.
     *
     * @param message the figures and what to do
     */
    public PoolExhaustedException(String message) {
        this(CODE, message);
    }

    private PoolExhaustedException(String code, String message) {
        super("[" + code + "] " + message);
    }

    /**
     * Made by the pool for a borrower whose time has run out between {@link ConnectionPool#suspend} and {@link
     * ConnectionPool#resume}.
     *
     * @param message how long it waited
     * @return with {@link #SUSPENDED_CODE}
     */
    public static PoolExhaustedException suspended(String message) {
        return new PoolExhaustedException(SUSPENDED_CODE, message);
    }

    /**
     * Made by the pool for a borrower that would have waited in vain: it and others hold every connection, and each of
     * them waits for one more.
     *
     * @param message who holds and waits
     * @return with {@link #DEADLOCK_CODE}
     */
    public static PoolExhaustedException deadlock(String message) {
        return new PoolExhaustedException(DEADLOCK_CODE, message);
    }
}
