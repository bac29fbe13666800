package io.github.lifebelt.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Tells whether the transaction on this thread is committed. Spring says that it is active, and leaves its connection bound,
 * until the last of its after-commit callbacks has returned; what is written on that connection then is not committed.
 */
class CommitMark implements TransactionSynchronization {
    private boolean committed;

    static boolean isCommitted() {
        return TransactionSynchronizationManager.getSynchronizations().stream()
                .anyMatch(one -> one instanceof CommitMark mark && mark.committed);
    }

    @Override
    public void afterCommit() {
        committed = true;
    }

    boolean committed() {
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
                TransactionSynchronizationManager.registerSynchronization(new First());
            }
        }
    }

    private static final class First extends CommitMark {
        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }
    }
}
