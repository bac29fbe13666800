package io.github.lifebelt.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.JdbcTransactionObjectSupport;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Stands in a transaction's list of synchronizations, and tells which transaction that list is of, and whether it is
 * committed. Spring says that it is active, and leaves its connection bound, until the last of its after-commit callbacks has
 * returned; what is written on that connection then is not committed.
 */
class CommitMark implements TransactionSynchronization {
    private final @Nullable ConnectionHolder holder;
    private boolean committed;

    /** @param holder what has the transaction's connection; null for one that is not of JDBC or JPA */
    CommitMark(@Nullable ConnectionHolder holder) {
        this.holder = holder;
    }

    /** Those of the list that is the thread's now. */
    static List<CommitMark> current() {
        return TransactionSynchronizationManager.getSynchronizations().stream()
                .filter(CommitMark.class::isInstance)
                .map(CommitMark.class::cast)
                .toList();
    }

    @Nullable
    ConnectionHolder holder() {
        return holder;
    }

    @Override
    public void afterCommit() {
        committed = true;
    }

    boolean isCommitted() {
        return committed;
    }

    /** Marks all transactions of the managers that are beans, before any callback of the application's is called. */
    static final class Marker implements BeanPostProcessor, TransactionExecutionListener {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            if (bean instanceof ConfigurableTransactionManager manager) {
                manager.addListener(this);
            }
            return bean;
        }

        @Override
        public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
            if (failure == null
                    && transaction.isNewTransaction()
                    && TransactionSynchronizationManager.isSynchronizationActive()) {
                TransactionSynchronizationManager.registerSynchronization(new Begin(transaction));
            }
        }
    }

    /** The mark that a transaction has from its begin. */
    static final class Begin extends CommitMark {
        private final String transaction;
        private final boolean first;

        private Begin(TransactionExecution execution) {
            super(holder(execution));
            transaction = execution.getTransactionName();
            first = execution instanceof DefaultTransactionStatus status && status.getSuspendedResources() == null;
        }

        private static @Nullable ConnectionHolder holder(TransactionExecution execution) {
            return execution instanceof DefaultTransactionStatus status
                            && status.hasTransaction()
                            && status.getTransaction() instanceof JdbcTransactionObjectSupport jdbc
                            && jdbc.hasConnectionHolder()
                    ? jdbc.getConnectionHolder()
                    : null;
        }

        /** The mark of a transaction whose connection is bound to the thread while the list is another's; or null. */
        static @Nullable Begin suspended(ConnectionHolder holder) {
            return (Begin) TransactionSynchronizationManager.getResource(holder);
        }

        String transaction() {
            return transaction.isEmpty() ? "unnamed" : transaction;
        }

        /** Whether there was no list when it began: what has its connection bound from before that is over. */
        boolean isFirst() {
            return first;
        }

        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        /** A transaction of another manager takes the list off the thread, and leaves the connection where it is. */
        @Override
        public void suspend() {
            ConnectionHolder holder = holder();
            // Two managers may have one connection, as those of JPA and JDBC: the outer one's mark is enough.
            if (holder != null && suspended(holder) == null) {
                TransactionSynchronizationManager.bindResource(holder, this);
            }
        }

        @Override
        public void resume() {
            ConnectionHolder holder = holder();
            if (holder != null && suspended(holder) == this) {
                TransactionSynchronizationManager.unbindResource(holder);
            }
        }
    }
}
