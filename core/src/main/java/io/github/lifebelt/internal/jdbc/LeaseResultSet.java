package io.github.lifebelt.internal.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A {@link ResultSet} of a lease. */
final class LeaseResultSet extends ForwardingResultSet {
    private final ResultSet delegate;
    private final @Nullable Statement statement;

    LeaseResultSet(Lease lease, ResultSet delegate, @Nullable Statement statement) {
        super(lease);
        this.delegate = delegate;
        this.statement = statement;
    }

    @Override
    ResultSet delegate() {
        return delegate;
    }

    /** The lease's own statement, not the one below it; null for the results of metadata. */
    @Override
    public @Nullable Statement getStatement() throws SQLException {
        lease.enter();
        return statement;
    }

    /** As for statements. */
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
