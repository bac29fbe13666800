package io.github.lifebelt.internal.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The {@link DatabaseMetaData} of a lease. */
final class LeaseDatabaseMetaData extends ForwardingDatabaseMetaData {
    private final DatabaseMetaData delegate;

    LeaseDatabaseMetaData(Lease lease, DatabaseMetaData delegate) {
        super(lease);
        this.delegate = delegate;
    }

    @Override
    DatabaseMetaData delegate() {
        return delegate;
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
