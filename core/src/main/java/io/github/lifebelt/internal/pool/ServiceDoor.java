package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.SlotConnect;
import io.github.lifebelt.internal.tx.SideDoor;
import io.github.lifebelt.spi.Dialect;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Opens connections past permits, slots and gate, in the schema and with the set-up of those in slots, but in autocommit and
 * with the server's own isolation. Open also while the pool is being closed: a unit whose COMMIT is in doubt holds nothing of
 * it, and still has to find out.
 */
final class ServiceDoor implements SideDoor {
    private final PoolConfig config;
    private final Dialect dialect;
    private final Connector connector;
    private final SlotCare care;

    ServiceDoor(PoolConfig config, Dialect dialect, Connector connector, SlotCare care) {
        this.config = config;
        this.dialect = dialect;
        this.connector = connector;
        this.care = care;
    }

    @Override
    public Physical open(long deadlineNanos) throws SQLException {
        Physical made = connector.open(new SlotConnect(), deadlineNanos);
        try {
            made.within(deadlineNanos, jdbc -> {
                enterSchema(config, dialect, jdbc);
                care.setUp(made);
            });
            return made;
        } catch (SQLException | RuntimeException | Error e) {
            made.abort(CloseReason.SET_UP);
            throw e;
        }
    }

    /** Where the pool's own connections are. */
    static void enterSchema(PoolConfig config, Dialect dialect, Connection jdbc) throws SQLException {
        String schema = config.schema();
        if (schema != null && dialect.schemaIsCatalog()) {
            jdbc.setCatalog(schema);
        } else if (schema != null) {
            jdbc.setSchema(schema);
        }
    }
}
