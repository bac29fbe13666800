package io.github.lifebelt.internal.jdbc;

import io.github.lifebelt.spi.CommitResolver;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.Dialect.TransactionStart;
import io.github.lifebelt.spi.Dialect.TransactionState;
import io.github.lifebelt.spi.Dialect.Undone;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The lease of a unit of work: usable only while the unit is open and only on its thread, and without the calls that
 * would end the transaction behind the unit's back. Remembers the failure that broke the transaction, and reports it to
 * every call that follows.
 */
public final class ScopedLease extends Lease {

    private static final long CLEAN_UP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Dialect dialect;
    private final String unit;
    private final Thread thread = Thread.currentThread();
    private volatile @Nullable Thread guest;
    private volatile @Nullable String ended;
    private volatile boolean expired;
    private int statementSeconds;
    private Undone undone = Undone.STATEMENT;
    private @Nullable SQLException last;
    private @Nullable SQLException poison;
    private boolean refuses;
    private boolean wasOpen;
    private boolean endedByStatement;

    public ScopedLease(LeaseOwner owner, Connection proxied, Slot slot, long sinceNanos, Dialect dialect, String unit) {
        super(owner, proxied, slot, sinceNanos);
        this.dialect = dialect;
        this.unit = unit;
    }

    // ------------------------------------------------------------------------------------------------ guarding

    @Override
    void enter() throws SQLException {
        String how = ended;
        if (how != null) {
            throw new IllegalStateException(
                    "[UNIT_ENDED] unit '" + unit + "' has ended (" + how + "); its connection cannot be used any more");
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
        } else if (now == TransactionState.IDLE && wasOpen) {
            endedByStatement = true;
        }
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
        return super.takesCalls() && ended == null && !refuses;
    }

    /** Lets one other thread use the connection, while the unit's own one leaves it alone. */
    public void allow(Thread other) {
        guest = other;
    }

    @Override
    SQLException failed(SQLException e, Phase phase) {
        super.failed(e, phase);
        last = e;
        Undone more = dialect.undone(e);
        undone = more.compareTo(undone) > 0 ? more : undone;
        if (!isUsable()) {
            poison = poison == null ? e : poison;
            refuses = undone != Undone.STATEMENT || isLost();
        }
        return e;
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

    /** Whether the connection under the unit has ended. */
    public boolean isLost() {
        Physical physical = slot().physical();
        return physical == null || physical.broken() || physical.driverSaysClosed();
    }

    /** The failure after which the transaction could not be committed any more, or null. */
    public @Nullable SQLException poison() {
        return poison;
    }

    private TransactionState state() {
        Physical physical = slot().physical();
        return physical == null ? TransactionState.UNKNOWN : dialect.transactionState(physical.jdbc());
    }

    /** Whether nothing was sent that would have begun a transaction, or the driver cannot tell. */
    public boolean isIdle() {
        return state() == TransactionState.IDLE;
    }

    // ------------------------------------------------------------------------------------------------ begin and end

    /** The server's name for the session, or 0. */
    public long sessionId() {
        Physical physical = slot().physical();
        return physical == null ? 0 : dialect.sessionId(physical.jdbc());
    }

    /** Begins the unit's transaction. Returns a mark if one was asked for. */
    public @Nullable Mark beginUnit(TransactionStart start) throws SQLException {
        try {
            Physical physical = physical();
            if (facts().readOnly() && !start.readOnly()) {
                // A session on a standby outlives its promotion; what was known of the server does not.
                physical.facts(dialect.serverFacts(physical.jdbc()));
            }
            proxied().setAutoCommit(false);
            Duration limit = start.statementTimeout();
            if (limit != null && dialect.driverWatchesStatements()) {
                // Whole seconds are what JDBC has, and 0 is none.
                statementSeconds =
                        (int) Math.min(Integer.MAX_VALUE, limit.plusMillis(999).toSeconds());
            }
            return dialect.begin(physical.jdbc(), start, facts());
        } catch (SQLException e) {
            throw failed(e, Phase.WORK);
        }
    }

    /** Asks the server what it calls the transaction; null if there is nothing to lose. */
    public @Nullable Mark mark(CommitResolver resolver) throws SQLException {
        try {
            return resolver.mark(physical().jdbc(), facts());
        } catch (SQLException e) {
            throw failed(e, Phase.WORK);
        }
    }

    /** A mark for a token: with the session that is to be ended if it keeps the outcome open. */
    public Mark mark(UUID token, String table) {
        return new Mark(null, token, table, facts().bouncer() ? 0 : sessionId(), facts().incarnation());
    }

    /** Where tokens are written, asked on this connection. */
    public <T> T ask(Question<T> question) throws SQLException {
        try {
            return question.ask(physical().jdbc());
        } catch (SQLException e) {
            throw failed(e, Phase.WORK);
        }
    }

    /** Something to be asked on the driver's connection. */
    @FunctionalInterface
    public interface Question<T> {
        T ask(Connection jdbc) throws SQLException;
    }

    /** Sends COMMIT, after the token if there is one. */
    public void commitUnit(CommitResolver resolver, @Nullable Mark mark) throws SQLException {
        try {
            if (mark != null && mark.token() != null) {
                resolver.writeToken(physical().jdbc(), mark);
            }
            // Where the token has taken COMMIT along this sends nothing, and tells HikariCP that nothing is open.
            proxied().commit();
        } catch (SQLException e) {
            throw failed(e, Phase.COMMIT);
        }
    }

    /** Whether the server has answered a COMMIT that failed, so that nothing of it is stored. */
    public boolean isCommitRefused(CommitResolver resolver, SQLException failure) {
        Physical physical = slot().physical();
        return physical != null && !isLost() && resolver.isRefused(physical.jdbc(), failure);
    }

    /** Rolls back, soon or not at all: then the connection is given up, and the server does it. */
    public void rollBackUnit() throws SQLException {
        cleanUp(jdbc -> proxied().rollback());
    }

    /** Puts right what {@link #beginUnit} has set for longer than the transaction. */
    public void endOf(TransactionStart start) throws SQLException {
        cleanUp(jdbc -> dialect.endOf(jdbc, start));
    }

    private void cleanUp(Physical.Io io) throws SQLException {
        Physical physical = slot().physical();
        if (physical == null || isLost()) {
            return;
        }
        try {
            physical.within(System.nanoTime() + CLEAN_UP_NANOS, io);
        } catch (SQLException e) {
            physical.markBroken();
            throw e;
        }
    }

    /** The outcome of the commit is not known on this connection: whatever it still has to say is not for the next. */
    public void giveUpConnection() {
        Physical physical = slot().physical();
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
            physical.retire("its unit has run past its time-out");
        }
        return physical;
    }

    public boolean isExpired() {
        return expired;
    }

    private Physical physical() throws SQLException {
        Physical physical = slot().physical();
        if (physical == null) {
            throw new SQLException("the connection of unit '" + unit + "' was lost", "08003");
        }
        return physical;
    }

    private ServerFacts facts() {
        Physical physical = slot().physical();
        return Objects.requireNonNull(
                physical == null ? null : physical.facts(), "a connection is asked what it is when it is made");
    }

    // ------------------------------------------------------------------------------------------------ what units may
    // do

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
        if (statementSeconds > 0) {
            statement.setQueryTimeout(statementSeconds);
        }
        return statement;
    }

    @Override
    public boolean getAutoCommit() throws SQLException {
        enter();
        return false;
    }

    /** What was half undone is whole again, and what the server has refused since is forgotten. */
    @Override
    public void rollback(Savepoint savepoint) throws SQLException {
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
        return new IllegalStateException(
                how != null
                        ? "[UNIT_ENDED] unit '" + unit + "' has ended (" + how
                                + "); its connection cannot be used any more"
                        : "[UNIT_OWNS_TRANSACTION] " + call + " was called on the connection of unit '" + unit + "': "
                                + instead);
    }

    @Override
    public String toString() {
        return "unit '" + unit + "' on " + slot();
    }
}
