package io.github.lifebelt.internal.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A {@link Statement} of a lease. Prepared and callable ones extend it; those classes are generated. */
class LeaseStatement extends ForwardingStatement {
    private final Statement delegate;

    LeaseStatement(Lease lease, Statement delegate) {
        super(lease);
        this.delegate = delegate;
    }

    @Override
    Statement delegate() {
        return delegate;
    }

    @Override
    void enter() throws SQLException {
        lease.enterStatement();
    }

    @Override
    void statement(String sql) {
        lease.statement(sql);
    }

    @Override
    ResultSet wrap(ResultSet made) {
        return lease.lease(made, this);
    }

    @Override
    public Connection getConnection() throws SQLException {
        lease.enter();
        return lease;
    }

    /** Allowed from any thread: it is how a watchdog ends a statement. */
    @Override
    public void cancel() throws SQLException {
        try {
            delegate.cancel();
        } catch (SQLException e) {
            throw lease.failed(e);
        }
    }

    /** Nothing to do where nothing more can be done: HikariCP closes it when the connection comes back, or has. */
    @Override
    public void close() throws SQLException {
        if (lease.takesCalls()) {
            super.close();
        }
    }

    @Override
    public boolean isClosed() throws SQLException {
        return lease.isGivenBack() || super.isClosed();
    }

    @Override
    public String toString() {
        return delegate.toString();
    }
}
