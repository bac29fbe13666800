package io.github.lifebelt.internal.jdbc;

import java.sql.SQLException;

/** What was made from a lease: usable while the lease is, and its failures are the lease's to judge. */
abstract class LeaseMember extends ForwardingBase {
    final Lease lease;

    LeaseMember(Lease lease) {
        this.lease = lease;
    }

    @Override
    void enter() throws SQLException {
        lease.enter();
    }

    @Override
    SQLException failed(SQLException e) {
        return lease.failed(e);
    }
}
