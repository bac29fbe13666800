package io.github.lifebelt;

import java.sql.SQLTransientConnectionException;

/**
 * Every connection of the pool stayed in use for as long as the borrower was willing to wait, or will do so for ever
 * because all who hold one wait for another. The message has the pool's figures and who holds the connections. The
 * SQLState is null on purpose, so that nobody takes a full pool for a dead server: borrowers that waited only because the
 * database did not answer those before them get a {@link DatabaseUnavailableException}. A database that hangs in the
 * statements of all borrowers is not known from borrowers that are slow; where a connection was lost and none has been seen
 * to work since, the message says so.
 */
public final class PoolExhaustedException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    /** The code under which {@code ERRORS.md} explains this error. */
    public static final String CODE = "POOL_EXHAUSTED";

    /** The code of a wait that was refused because nobody could ever have ended it. */
    public static final String DEADLOCK_CODE = "POOL_DEADLOCK";

    /** The code of a wait that ended while the pool was suspended. */
    public static final String SUSPENDED_CODE = "POOL_SUSPENDED";

    /** Under which {@code ERRORS.md} explains it. */
    private final String code;

    /** The message as far as it says nothing of the holders. */
    private final String brief;

    /**
     * Made by the pool.
     *
     * @param message the figures and what to do
     * @param holders who holds the connections and what each has executed last, as the end of the message; may be empty
     */
    public PoolExhaustedException(String message, String holders) {
        this(CODE, message, holders);
    }

    private PoolExhaustedException(String code, String message, String holders) {
        super("[" + code + "] " + message + holders);
        this.code = code;
        brief = message;
    }

    /**
     * What kind of wait it was.
     *
     * @return {@link #CODE}, {@link #DEADLOCK_CODE} or {@link #SUSPENDED_CODE}, as the message begins
     */
    public String code() {
        return code;
    }

    /**
     * The same without who holds the connections, for traces and wherever else no SQL belongs: the message names the last
     * statement of each holder, though without values.
     *
     * @return with the same code, figures and stack
     */
    public PoolExhaustedException withoutHolders() {
        PoolExhaustedException same = new PoolExhaustedException(code, brief, "");
        same.setStackTrace(getStackTrace());
        return same;
    }

    /**
     * Made by the pool for a borrower whose time has run out between {@link ConnectionPool#suspend} and {@link
     * ConnectionPool#resume}.
     *
     * @param message how long it waited
     * @return with {@link #SUSPENDED_CODE}
     */
    public static PoolExhaustedException suspended(String message) {
        return new PoolExhaustedException(SUSPENDED_CODE, message, "");
    }

    /**
     * Made by the pool for a borrower that would have waited in vain: it and others hold every connection, and each of
     * them waits for one more.
     *
     * @param message who holds and waits
     * @return with {@link #DEADLOCK_CODE}
     */
    public static PoolExhaustedException deadlock(String message) {
        return new PoolExhaustedException(DEADLOCK_CODE, message, "");
    }
}
