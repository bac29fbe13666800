package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.internal.jdbc.End;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.Slot;
import io.github.lifebelt.internal.jdbc.SlotConnect;
import io.github.lifebelt.internal.jdbc.SlotOwner;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.TransactionState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the pool does for its slots. */
final class SlotCare implements SlotOwner {
    private static final Logger LOG = LoggerFactory.getLogger(SlotCare.class);

    private final PoolConfig config;
    private final Dialect dialect;
    private final Connector connector;
    private final LivenessCheck check;
    private final Listeners listeners;
    private final Consumer<String> onLoss;
    private final Runnable warm;
    private final LongAdder replaced = new LongAdder();

    SlotCare(
            PoolConfig config,
            Dialect dialect,
            Connector connector,
            LivenessCheck check,
            Listeners listeners,
            Consumer<String> onLoss,
            Runnable warm) {
        this.config = config;
        this.dialect = dialect;
        this.connector = connector;
        this.check = check;
        this.listeners = listeners;
        this.onLoss = onLoss;
        this.warm = warm;
    }

    /** Connections that were found dead or broken. */
    long replaced() {
        return replaced.sum();
    }

    @Override
    public Physical connect(SlotConnect attempt, long deadlineNanos) throws SQLException {
        return connector.connect(attempt, deadlineNanos);
    }

    @Override
    public void setUp(Physical physical) throws SQLException {
        String initSql = config.initSql();
        if (initSql != null) {
            try (Statement statement = physical.jdbc().createStatement()) {
                statement.execute(initSql);
            }
        }
        PoolConfig.ConnectionHook hook = config.onConnect();
        if (hook != null) {
            hook.accept(physical.jdbc());
        }
        if (dialect.transactionState(physical.jdbc()) != TransactionState.IDLE) {
            // With autocommit off the statements above have opened a transaction, and they are meant to last.
            physical.jdbc().commit();
        }
        if (config.hygiene() == PoolConfig.Hygiene.STRICT) {
            remember(physical);
        }
    }

    /** As the session will be looked at when its borrower is done: in autocommit. */
    private void remember(Physical physical) throws SQLException {
        Connection jdbc = physical.jdbc();
        jdbc.setAutoCommit(true);
        // Set by a borrower and set back, it is a setting of the session; so it is one from the start.
        jdbc.setTransactionIsolation(jdbc.getTransactionIsolation());
        physical.session(dialect.sessionState(jdbc));
        jdbc.setAutoCommit(config.autoCommit());
    }

    @Override
    public void keepAlive(Slot slot, Physical physical) {
        End wrong = check.whatIsWrongNow(physical);
        if (wrong != null) {
            slot.drop(physical, wrong);
            warm.run();
        }
    }

    @Override
    public void lost(Physical physical, String reason) {
        replaced.increment();
        LOG.debug("{}: lost {}: {}", config.name(), physical, reason);
        listeners.tell(listener -> listener.connectionLost(reason));
        onLoss.accept(reason);
    }
}
