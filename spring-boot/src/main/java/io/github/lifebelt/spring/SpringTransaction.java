package io.github.lifebelt.spring;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.spring.CommitMark.Begin;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.OuterTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
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
    private static final String UNNAMED = "unnamed";

    private final ConnectionHolder holder;
    private final String name;
    private final boolean current;

    /** @param current whether it is the innermost of Spring's on this thread, so that it can be told what to do at its end */
    private SpringTransaction(ConnectionHolder holder, String name, boolean current) {
        this.holder = holder;
        this.name = name;
        this.current = current;
    }

    /**
     * Units of work on a pool that know of Spring's transactions on it: they refuse to run inside one, unless they are
     * {@link UnitOfWork#joining()}. For pools that are made by hand; the auto-configured bean is one already.
     *
     * <p>In the callbacks after a commit a unit is a transaction of its own again. That the commit was is seen of transaction
     * managers that are beans of an auto-configured application; of others it is not, and the units belong after the whole.
     *
     * <p>If there are several transaction managers, a unit can join the transaction that was begun last; inside another
     * manager's it is refused, joining or not, until that one has ended.
     *
     * @param pool the pool that the transaction manager has as well, as it is or in a wrapper
     * @return units with the name {@code unit}
     */
    public static UnitOfWork units(ConnectionPool pool) {
        return UnitOfWork.on(pool).within(() -> current(pool));
    }

    private static @Nullable SpringTransaction current(ConnectionPool pool) {
        ConnectionHolder holder =
                transactions(source -> isPool(source, pool)).findFirst().orElse(null);
        if (holder == null) {
            return null;
        }
        boolean callsBack = TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.isSynchronizationActive();
        List<CommitMark> marks = callsBack ? CommitMark.current() : List.of();
        List<CommitMark> own =
                marks.stream().filter(mark -> mark.holder() == holder).toList();
        if (!own.isEmpty()) {
            return own.stream().anyMatch(CommitMark::isCommitted)
                    ? null
                    : new SpringTransaction(holder, currentName(), true);
        }
        Begin around = Begin.suspended(holder);
        if (around != null) {
            return around.isCommitted() ? null : new SpringTransaction(holder, around.transaction(), false);
        }
        return callsBack ? unmarked(holder, marks) : null;
    }

    /** Of a manager that is no bean, whose transactions have no mark; or over, with the connection still bound. */
    private static @Nullable SpringTransaction unmarked(ConnectionHolder holder, List<CommitMark> marks) {
        Optional<Begin> other = marks.stream()
                .filter(Begin.class::isInstance)
                .map(Begin.class::cast)
                .findFirst();
        if (other.isPresent()) {
            return other.get().isFirst() ? null : new SpringTransaction(holder, UNNAMED, false);
        }
        // If there is another, the list may be that one's.
        boolean alone = transactions(any -> true).count() == 1;
        return new SpringTransaction(holder, alone ? currentName() : UNNAMED, alone);
    }

    private static Stream<ConnectionHolder> transactions(Predicate<DataSource> on) {
        return TransactionSynchronizationManager.getResourceMap().entrySet().stream()
                .filter(bound -> bound.getKey() instanceof DataSource source && on.test(source))
                .map(Map.Entry::getValue)
                .filter(ConnectionHolder.class::isInstance)
                .map(ConnectionHolder.class::cast)
                .filter(SpringTransaction::isInTransaction);
    }

    private static boolean isPool(DataSource source, ConnectionPool pool) {
        try {
            return Pools.unwrapped(source) == pool;
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
        return name;
    }

    private static String currentName() {
        String name = TransactionSynchronizationManager.getCurrentTransactionName();
        return name == null ? UNNAMED : name;
    }

    @Override
    public Connection connection() {
        if (!current) {
            throw new IllegalStateException("[UNIT_CANNOT_JOIN] a unit cannot join the transaction '" + name
                    + "' from inside '" + currentName()
                    + "', which another transaction manager has begun since: what is"
                    + " done after a commit would be done after the wrong one. Begin the unit before or after the inner"
                    + " transaction");
        }
        return holder.getConnection();
    }

    @Override
    public void afterCommit(Transaction.Action action) {
        TransactionSynchronizationManager.registerSynchronization(new After(holder, action));
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

        After(ConnectionHolder holder, Transaction.Action action) {
            super(holder);
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
            if (status == STATUS_COMMITTED && !isCommitted()) {
                LOG.error("A unit has joined a transaction in its after-commit callbacks: what it wrote is not stored."
                        + " Begin it after the transaction, or have the transaction manager as a bean");
            }
        }
    }
}
