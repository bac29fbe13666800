package io.github.lifebelt.internal.jdbc;

import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.TransactionState;
import io.github.lifebelt.spi.Dialect.Undone;
import io.github.lifebelt.spi.Dialect.WorkProblem;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The lease of a unit of work: usable only while the unit is open and only on its thread, and without the calls that
 * would end the transaction behind the unit's back. Remembers the failure that broke the transaction, and reports it to
 * every call that follows.
 */
public final class ScopedLease extends Lease {

    private final Dialect dialect;
    private final String unit;
    private final @Nullable Lease host;

    private final Thread thread = Thread.currentThread();
    private volatile @Nullable Thread guest;
    private volatile @Nullable String ended;
    private volatile boolean expired;
    private final LeasedTransaction transaction;
    private Undone undone = Undone.STATEMENT;
    private @Nullable SQLException last;
    private @Nullable SQLException poison;
    private boolean refuses;
    private boolean readOnly;
    private boolean wasOpen;
    private boolean stateIsOld;
    private boolean endedByStatement;

    public ScopedLease(LeaseOwner owner, Connection proxied, Slot slot, long sinceNanos, Dialect dialect, String unit) {
        this(owner, proxied, slot, sinceNanos, dialect, unit, null);
    }

    private ScopedLease(
            LeaseOwner owner,
            Connection proxied,
            Slot slot,
            long sinceNanos,
            Dialect dialect,
            String unit,
            @Nullable Lease host) {
        super(owner, proxied, slot, sinceNanos);
        this.dialect = dialect;
        this.unit = unit;
        this.host = host;
        transaction = new LeasedTransaction(this, dialect, host != null);
    }

    /**
     * A lease of what another one holds, for a unit that joins the transaction there. Its end gives nothing back.
     *
     * @return null if the other one is not of this owner
     */
    public static @Nullable ScopedLease within(Lease outer, LeaseOwner owner, Dialect dialect, String unit) {
        return outer.owner != owner || outer.isGivenBack()
                ? null
                : new ScopedLease(
                        new Guest(outer), outer.proxied(), outer.slot(), outer.sinceNanos(), dialect, unit, outer);
    }

    void readOnly(boolean on) {
        readOnly = on;
    }

    /** The unit's transaction, for the unit. */
    public LeasedTransaction transaction() {
        return transaction;
    }

    // ------------------------------------------------------------------------------------------------ guarding

    @Override
    void enter() throws SQLException {
        String how = ended;
        if (how != null) {
            throw ended(how);
        }
        Thread current = Thread.currentThread();
        if (current != thread && current != guest) {
            throw new IllegalStateException(
                    "[WRONG_THREAD] unit '" + unit + "' belongs to thread '" + thread.getName()
                            + "' and was used on '" + current.getName()
                            + "'; a transaction has one thread: begin a unit on the other one, or call Transaction.allowThread");
        }
        if (refuses || expired) {
            throw refusal();
        }
    }

    /** In the words of the first failure, so that whoever translates SQLStates finds the same as there. */
    private SQLException refusal() {
        SQLException first = poison;
        if (first == null) {
            return new SQLException("[UNIT_POISONED] unit '" + unit + "' has run past its time-out", "57014");
        }
        return new SQLException(
                "[UNIT_POISONED] unit '" + unit + "' cannot go on after: " + first.getMessage(),
                first.getSQLState(),
                first.getErrorCode(),
                first);
    }

    /** Before a statement is made or used: has one of them ended the transaction? */
    @Override
    void enterStatement() throws SQLException {
        enter();
        noteState();
        if (endedByStatement) {
            throw endedByStatement();
        }
    }

    private void noteState() {
        TransactionState now = state();
        if (now == TransactionState.OPEN || now == TransactionState.FAILED) {
            wasOpen = true;
            stateIsOld = false;
        } else if (isIdle() && wasOpen) {
            endedByStatement = true;
        }
    }

    /**
     * Whether no transaction is open, by the server's own word: MySQL gives none in a failure, and where that comes within
     * a result, Connector/J forgets the one before, too.
     */
    boolean isIdle() {
        return state() == TransactionState.IDLE && !stateIsOld;
    }

    /** Whether a statement of the unit has ended the transaction that the unit is to end. */
    public boolean isEndedByStatement() {
        if (!isLost() && undone != Undone.TRANSACTION) {
            noteState();
        }
        return endedByStatement;
    }

    public IllegalStateException endedByStatement() {
        return new IllegalStateException("[TRANSACTION_ENDED_BY_STATEMENT] a statement of unit '" + unit
                + "' has ended its transaction: COMMIT, ROLLBACK, or DDL where that commits (MySQL). What the unit wrote"
                + " before may be stored, and what came after was rolled back; leave the end to the unit, and run such"
                + " statements on a connection of the pool instead");
    }

    @Override
    boolean takesCalls() {
        return super.takesCalls() && ended == null && !refuses && !expired;
    }

    /** Lets one other thread use the connection, while the unit's own one leaves it alone. */
    public void allow(Thread other) {
        guest = other;
    }

    @Override
    SQLException failed(SQLException e, Phase phase) {
        if (!isRefusalOfOurOwn(e)) {
            super.failed(e, phase);
        }
        last = e;
        stateIsOld = true;
        Undone more = dialect.undone(e);
        undone = more.compareTo(undone) > 0 ? more : undone;
        if (!isUsable()) {
            poison = poison == null ? e : poison;
            refuses = undone != Undone.STATEMENT || isLost();
        }
        return e;
    }

    /** A write in a transaction that is only to read says nothing about the server, and fails in each further run. */
    private boolean isRefusalOfOurOwn(SQLException e) {
        return readOnly && dialect.workProblem(e) == WorkProblem.READ_ONLY_SERVER;
    }

    /** What a failure of this connection is about. */
    public WorkProblem problem(SQLException failure) {
        return isRefusalOfOurOwn(failure) ? WorkProblem.STATEMENT : dialect.workProblem(failure);
    }

    /** The failure of this connection that another one hangs on, or is; null if there is none. */
    public @Nullable SQLException thrownWithin(Throwable failure) {
        Throwable t = failure;
        for (int depth = 0; t != null && depth < 32; t = t.getCause(), depth++) {
            if (t instanceof SQLException sql && (sql == last || sql == poison)) {
                return sql;
            }
        }
        return null;
    }

    /** Whether the transaction could still be committed, as far as the driver knows. */
    public boolean isUsable() {
        return !isLost() && undone == Undone.STATEMENT && state() != TransactionState.FAILED;
    }

    /** What the unit stands on. Nothing once its host has given it back: it may be somebody else's by now. */
    private @Nullable Physical connection() {
        return host != null && host.isGivenBack() ? null : slot().physical();
    }

    /** Whether the connection under the unit has ended. */
    public boolean isLost() {
        Physical physical = connection();
        return physical == null || physical.broken() || physical.driverSaysClosed();
    }

    /** The failure after which the transaction could not be committed any more, or null. */
    public @Nullable SQLException poison() {
        return poison;
    }

    TransactionState state() {
        Physical physical = connection();
        return physical == null ? TransactionState.UNKNOWN : dialect.transactionState(physical.jdbc());
    }

    // ------------------------------------------------------------------------------------------------ end

    /** The outcome of the commit is not known on this connection: whatever it still has to say is not for the next. */
    public void giveUpConnection() {
        Physical physical = connection();
        if (physical != null) {
            physical.markBroken();
        }
    }

    /** Gives the connection back. From now on every use says that the unit has ended. */
    public void endUnit(String how) {
        synchronized (this) {
            if (ended != null) {
                return;
            }
            ended = how;
        }
        giveBack();
    }

    /**
     * The unit's time is up, says another thread. Returns the connection that is to be ended, or null if the unit is over. It
     * is not lent again in any case: a cancel that comes late would hit the next borrower.
     */
    public synchronized @Nullable Physical expire() {
        if (ended != null) {
            return null;
        }
        expired = true;
        Physical physical = slot().physical();
        if (physical != null) {
            physical.retire(CloseReason.UNIT_TIMEOUT, "its unit has run past its time-out");
        }
        return physical;
    }

    public boolean isExpired() {
        return expired;
    }

    // ------------------------------------------------------------------------------------------------ statements

    @Override
    Statement wrap(Statement delegate) throws SQLException {
        return super.wrap(limited(delegate));
    }

    @Override
    PreparedStatement wrap(PreparedStatement delegate) throws SQLException {
        return super.wrap(limited(delegate));
    }

    @Override
    CallableStatement wrap(CallableStatement delegate) throws SQLException {
        return super.wrap(limited(delegate));
    }

    private <S extends Statement> S limited(S statement) throws SQLException {
        int seconds = transaction.statementSeconds();
        if (seconds > 0) {
            statement.setQueryTimeout(seconds);
        }
        return statement;
    }

    @Override
    public boolean getAutoCommit() throws SQLException {
        enter();
        return false;
    }

    @Override
    public Savepoint setSavepoint() throws SQLException {
        enterStatement();
        return super.setSavepoint();
    }

    @Override
    public Savepoint setSavepoint(String name) throws SQLException {
        enterStatement();
        return super.setSavepoint(name);
    }

    /** One that is gone with its transaction would only be said not to be there. */
    @Override
    public void releaseSavepoint(Savepoint savepoint) throws SQLException {
        enterStatement();
        super.releaseSavepoint(savepoint);
    }

    /** What was half undone is whole again, and what the server has refused since is forgotten. */
    @Override
    public void rollback(Savepoint savepoint) throws SQLException {
        if (isEndedByStatement()) {
            throw endedByStatement();
        }
        boolean mends = undone == Undone.PERHAPS_MORE && !isLost();
        refuses = refuses && !mends;
        try {
            super.rollback(savepoint);
        } finally {
            refuses = undone != Undone.STATEMENT || isLost();
        }
        if (mends) {
            undone = Undone.STATEMENT;
        }
        if (isUsable()) {
            // It may still be on its way to the caller, and so may those that followed from it.
            last = poison == null ? last : poison;
            poison = null;
            refuses = false;
        }
    }

    @Override
    public void close() {
        throw refused("close()", "the unit gives its connection back when it ends");
    }

    @Override
    public void commit() {
        throw refused("commit()", "return normally from the unit, or call Transaction.commit()");
    }

    @Override
    public void rollback() {
        throw refused(
                "rollback()",
                "throw from the unit, call Transaction.setRollbackOnly, or close the Transaction without committing it");
    }

    @Override
    public void setAutoCommit(boolean on) {
        throw refused("setAutoCommit()", "a unit is one transaction; use the pool's own connections for autocommit");
    }

    private IllegalStateException refused(String call, String instead) {
        String how = ended;
        return how != null
                ? ended(how)
                : new IllegalStateException("[UNIT_OWNS_TRANSACTION] " + call
                        + " was called on the connection of unit '" + unit + "': " + instead);
    }

    private IllegalStateException ended(String how) {
        return new IllegalStateException(
                "[UNIT_ENDED] unit '" + unit + "' has ended (" + how + "); its connection cannot be used any more");
    }

    @Override
    public String toString() {
        return "unit '" + unit + "' on " + slot();
    }
}
