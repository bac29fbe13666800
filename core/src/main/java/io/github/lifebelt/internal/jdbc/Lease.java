package io.github.lifebelt.internal.jdbc;

import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a borrower holds. It stands outside HikariCP's proxy, where it sees every failure of every JDBC object made from
 * it, and where {@link #close()} can roll back before HikariCP resets the session: that reset begins with autocommit,
 * and setting autocommit commits.
 *
 * <p>One per borrow, and the only thing a borrow allocates besides HikariCP's proxy; so it is kept small.
 */
public class Lease extends ForwardingConnection {

    private static final VarHandle CLOSED;

    static {
        try {
            CLOSED = MethodHandles.lookup().findVarHandle(Lease.class, "closed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final LeaseOwner owner;
    private final Connection proxied;
    private final Slot slot;
    private final long sinceNanos;

    @SuppressWarnings("FieldMayBeFinal") // set through CLOSED
    private volatile boolean closed;

    private volatile @Nullable String takenAway;

    public Lease(LeaseOwner owner, Connection proxied, Slot slot, long sinceNanos) {
        this.owner = owner;
        this.proxied = proxied;
        this.slot = slot;
        this.sinceNanos = sinceNanos;
    }

    /** HikariCP's proxy, for the pool to close. */
    public Connection proxied() {
        return proxied;
    }

    public Slot slot() {
        return slot;
    }

    /** When it was lent, on the clock of {@link System#nanoTime()}. */
    public long sinceNanos() {
        return sinceNanos;
    }

    @Override
    Connection delegate() throws SQLException {
        if (closed) {
            String why = takenAway;
            throw new SQLException(why == null ? "this connection was given back to its pool" : why, "08003");
        }
        slot.holder().use();
        return proxied;
    }

    @Override
    void statement(String sql) {
        slot.holder().statement(sql);
    }

    @Override
    SQLException failed(SQLException e) {
        return failed(e, Phase.WORK);
    }

    SQLException failed(SQLException e, Phase phase) {
        String why = takenAway;
        if (why != null) {
            e.addSuppressed(new SQLException(why, "08003"));
        } else if (!closed) {
            owner.failed(this, e, phase);
        }
        return e;
    }

    @Override
    public void commit() throws SQLException {
        enter();
        try {
            delegate().commit();
        } catch (SQLException e) {
            throw failed(e, Phase.COMMIT);
        }
    }

    @Override
    Statement wrap(Statement delegate) throws SQLException {
        return new LeaseStatement(this, delegate);
    }

    @Override
    PreparedStatement wrap(PreparedStatement delegate) throws SQLException {
        return new LeasePreparedStatement(this, delegate);
    }

    @Override
    CallableStatement wrap(CallableStatement delegate) throws SQLException {
        return new LeaseCallableStatement(this, delegate);
    }

    @Override
    DatabaseMetaData wrap(DatabaseMetaData delegate) {
        return new LeaseDatabaseMetaData(this, delegate);
    }

    ResultSet lease(ResultSet delegate, @Nullable Statement statement) {
        return new LeaseResultSet(this, delegate, statement);
    }

    final boolean isGivenBack() {
        return closed;
    }

    /** Called before a statement is used; may refuse. */
    void enterStatement() throws SQLException {
        enter();
    }

    /** Whether there is still something to be done with what was made from this. */
    boolean takesCalls() {
        return !closed;
    }

    @Override
    public void close() throws SQLException {
        giveBack();
    }

    /**
     * Gives the connection back, once.
     *
     * @throws IllegalStateException after that, in a pool that is strict with what borrowers leave behind
     */
    public final void giveBack() {
        if (CLOSED.compareAndSet(this, false, true)) {
            owner.giveBack(this);
        }
    }

    /**
     * Takes it from its borrower, who is told why by each call that follows. The caller has to end what it stands on, and
     * to see to it that nobody else gets the slot, in which a call of the borrower may just be.
     *
     * @return false if it was given back before
     */
    public final boolean takeAway(String why) {
        boolean taken = CLOSED.compareAndSet(this, false, true);
        if (taken) {
            takenAway = why;
        }
        return taken;
    }

    @Override
    public boolean isClosed() {
        if (closed) {
            return true;
        }
        Physical p = slot.physical();
        return p == null || p.driverSaysClosed();
    }

    @Override
    public boolean isValid(int timeoutSeconds) throws SQLException {
        if (timeoutSeconds < 0) {
            throw new SQLException("timeout is " + timeoutSeconds + "; allowed: 0 (the pool's limit) or more seconds");
        }
        return !closed && owner.answers(this, timeoutSeconds);
    }

    /** Allowed from any thread. The borrower still has to close. */
    @Override
    public void abort(Executor executor) {
        Physical p = slot.physical();
        if (p != null && !closed) {
            p.markBroken(End.of(CloseReason.ABORTED, "its borrower has aborted it"));
            p.abort(CloseReason.ABORTED);
        }
    }

    /** Reaches the driver's connection, and neither HikariCP's proxy nor the slot: those are not the borrower's. */
    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        enter();
        return type.isInstance(this) ? type.cast(this) : driverConnection().unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        enter();
        return type.isInstance(this) || driverConnection().isWrapperFor(type);
    }

    private Connection driverConnection() throws SQLException {
        delegate();
        return slot.delegate();
    }

    @Override
    public String toString() {
        return "Lease[" + (closed ? "given back" : slot) + "]";
    }
}
