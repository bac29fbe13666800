package io.github.lifebelt.internal.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The {@link DatabaseMetaData} of a lease. */
final class LeaseDatabaseMetaData extends ForwardingDatabaseMetaData {
    private final Lease lease;
    private final DatabaseMetaData delegate;

    LeaseDatabaseMetaData(Lease lease, DatabaseMetaData delegate) {
        this.lease = lease;
        this.delegate = delegate;
    }

    @Override
    DatabaseMetaData delegate() {
        return delegate;
    }

    @Override
    void enter() throws SQLException {
        lease.enter();
    }

    @Override
    SQLException failed(SQLException e) {
        return lease.failed(e);
    }

    @Override
    ResultSet wrap(ResultSet made) {
        return lease.lease(made, null);
    }

    @Override
    public Connection getConnection() throws SQLException {
        lease.enter();
        return lease;
    }

    @Override
    public String toString() {
        return delegate.toString();
    }
}
