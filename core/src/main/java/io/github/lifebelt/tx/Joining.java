package io.github.lifebelt.tx;

import io.github.lifebelt.internal.jdbc.Lease;
import io.github.lifebelt.internal.jdbc.ScopedLease;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import io.github.lifebelt.tx.UnitOfWork.OuterTransaction;
import io.github.lifebelt.tx.UnitSettings.Timeouts;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What a unit does that is begun inside a transaction which something else runs on its thread. */
final class Joining {

    private Joining() {}

    /**
     * A lease of the connection on which that transaction runs.
     *
     * @throws IllegalStateException if the unit was not told to join, or wants what it cannot have there
     */
    static ScopedLease lease(PoolEngine engine, UnitSettings settings, OuterTransaction outer) {
        String unit = settings.name();
        if (!settings.around().joins()) {
            throw new IllegalStateException("[UNIT_INSIDE_TRANSACTION] unit '" + unit
                    + "' was begun inside the transaction '" + outer.name() + "' on the pool '"
                    + engine.config().name() + "': they would be two transactions, the one would not see what the other"
                    + " has written, and each could be stored without the other. Use UnitOfWork.joining() to make it a"
                    + " part of that transaction, or begin it outside");
        }
        String contrary = contrary(settings);
        if (contrary != null) {
            throw new IllegalStateException("[UNIT_CANNOT_JOIN] unit '" + unit + "' cannot join the transaction '"
                    + outer.name() + "' with " + contrary
                    + " of its own: that belongs to the whole. Set it there, or leave it out of the unit");
        }
        try {
            Connection held = outer.connection();
            ScopedLease lease = held.isWrapperFor(Lease.class)
                    ? ScopedLease.within(held.unwrap(Lease.class), engine, engine.dialect(), unit)
                    : null;
            if (lease != null) {
                return lease;
            }
        } catch (SQLException e) {
            throw new ConnectionUnavailableException(unit, e);
        }
        throw new IllegalStateException("[UNIT_CANNOT_JOIN] unit '" + unit + "' cannot join the transaction '"
                + outer.name() + "', which does not run on a connection of the pool '"
                + engine.config().name() + "'");
    }

    private static @Nullable String contrary(UnitSettings settings) {
        Timeouts timeouts = settings.timeouts();
        if (settings.isolation() != null) {
            return "an isolation";
        }
        if (timeouts.unit() != null || timeouts.statement() != null || timeouts.lock() != null) {
            return "time-outs";
        }
        if (settings.readOnly()) {
            return "readOnly()";
        }
        return settings.doubt().outcome() == CommitOutcome.TOKEN ? "the commit outcome TOKEN" : null;
    }
}
