package io.github.lifebelt.spring;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.OuterTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A transaction that Spring runs on a pool and on the calling thread, whichever of its transaction managers has begun it:
 * those of JDBC and of JPA bind the connection to the thread, and that is what is looked at.
 */
public final class SpringTransaction implements OuterTransaction {
    private static final Logger LOG = LoggerFactory.getLogger(SpringTransaction.class);

    private final Connection connection;

    private SpringTransaction(Connection connection) {
        this.connection = connection;
    }

    /**
     * Units of work on a pool that know of Spring's transactions on it: they refuse to run inside one, unless they are
     * {@link UnitOfWork#joining()}. For pools that are made by hand; the auto-configured bean is one already.
     *
     * <p>In the callbacks after a commit a unit is a transaction of its own again. That the commit was is seen of transaction
     * managers that are beans of an auto-configured application; of others it is not, and the units belong after the whole.
     *
     * @param pool the pool that the transaction manager has as well, as it is or in a wrapper
     * @return units with the name {@code unit}
     */
    public static UnitOfWork units(ConnectionPool pool) {
        return UnitOfWork.on(pool).within(() -> current(pool));
    }

    private static @Nullable SpringTransaction current(ConnectionPool pool) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()
                || !TransactionSynchronizationManager.isSynchronizationActive()
                || CommitMark.isCommitted()) {
            return null;
        }
        for (Map.Entry<Object, Object> bound :
                TransactionSynchronizationManager.getResourceMap().entrySet()) {
            if (bound.getKey() instanceof DataSource source
                    && bound.getValue() instanceof ConnectionHolder holder
                    && isPool(source, pool)
                    && isInTransaction(holder)) {
                return new SpringTransaction(holder.getConnection());
            }
        }
        return null;
    }

    private static boolean isPool(DataSource source, ConnectionPool pool) {
        try {
            return source == pool
                    || (source.isWrapperFor(ConnectionPool.class) && source.unwrap(ConnectionPool.class) == pool);
        } catch (SQLException e) {
            return false;
        }
    }

    /** A connection may be bound to a thread whose transaction is of another database. */
    private static boolean isInTransaction(ConnectionHolder holder) {
        try {
            return !holder.getConnection().getAutoCommit();
        } catch (SQLException e) {
            // It has ended, and the transaction with it: to say so is for whoever uses it.
            return true;
        }
    }

    @Override
    public String name() {
        String name = TransactionSynchronizationManager.getCurrentTransactionName();
        return name == null ? "unnamed" : name;
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public void afterCommit(Transaction.Action action) {
        TransactionSynchronizationManager.registerSynchronization(new After(action));
    }

    @Override
    public void rollBackOnly(RuntimeException because) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void beforeCommit(boolean readOnly) {
                throw because;
            }
        });
    }

    private static final class After extends CommitMark {
        private final Transaction.Action action;

        After(Transaction.Action action) {
            this.action = Objects.requireNonNull(action, "action");
        }

        @Override
        public void afterCommit() {
            super.afterCommit();
            try {
                action.run();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        /** A manager that is no bean has no mark; and whoever joins after its commit is not called after the commit. */
        @Override
        public void afterCompletion(int status) {
            if (status == STATUS_COMMITTED && !committed()) {
                LOG.error("A unit has joined a transaction in its after-commit callbacks: what it wrote is not stored."
                        + " Begin it after the transaction, or have the transaction manager as a bean");
            }
        }
    }
}
