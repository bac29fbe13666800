package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.internal.jdbc.End;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.Slot;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.TransactionState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that no transaction outlives its borrower, and no change of the session where the pool is set to that. What
 * comes back with a transaction open is rolled back, never committed: HikariCP's reset of autocommit would commit it.
 */
final class Hygiene {
    private static final Logger LOG = LoggerFactory.getLogger(Hygiene.class);
    private static final long ROLLBACK_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long RENEWAL_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String pool;
    private final PoolConfig.Hygiene level;
    private final Dialect dialect;
    private final Listeners listeners;
    private final OpenUnits units;
    private final LongAdder leftovers = new LongAdder();
    private final LoudOnce misused = new LoudOnce(LOG);

    Hygiene(PoolConfig config, Dialect dialect, Listeners listeners, OpenUnits units) {
        this.pool = config.name();
        this.level = config.hygiene();
        this.dialect = dialect;
        this.listeners = listeners;
        this.units = units;
    }

    long leftovers() {
        return leftovers.sum();
    }

    /**
     * Leaves the slot with a connection as the pool's level has it, or with none. No I/O if all is well and the level is
     * that of transactions.
     *
     * @return what the borrower is to be told when all is done, in a strict pool
     */
    @Nullable
    IllegalStateException clean(Slot slot) {
        Physical physical = slot.physical();
        if (physical == null) {
            return null;
        }
        if (physical.broken() || physical.driverSaysClosed()) {
            slot.drop(physical, End.of(CloseReason.FAILED, "it failed in use"));
            return null;
        }
        boolean misuse = false;
        if (dialect.transactionState(physical.jdbc()) != TransactionState.IDLE) {
            // With autocommit off the driver opens a transaction for every read; that is how JDBC is. With autocommit
            // on somebody went behind its back.
            misuse = slot.autoCommit();
            rollBack(slot, physical, misuse);
        }
        return level == PoolConfig.Hygiene.TRANSACTION ? null : renew(slot, physical, misuse);
    }

    private void rollBack(Slot slot, Physical physical, boolean misuse) {
        leftovers.increment();
        listeners.tell(listener -> listener.leftoverRolledBack(misuse));
        if (misuse) {
            misused.warn(
                    "where it was given back",
                    "{}: thread '{}' gave a connection back with a transaction open that it had begun by a statement or"
                            + " through unwrap; it was rolled back. End it before close(), or use a UnitOfWork",
                    pool,
                    Thread.currentThread().getName());
        }
        try {
            physical.within(System.nanoTime() + ROLLBACK_NANOS, dialect::rollback);
        } catch (SQLException e) {
            slot.drop(
                    physical,
                    End.of(
                            CloseReason.RESET,
                            "what its borrower left open could not be rolled back: " + e.getMessage(),
                            e));
        }
    }

    private @Nullable IllegalStateException renew(Slot slot, Physical physical, boolean misuse) {
        Set<String> left = new TreeSet<>();
        boolean strict = level == PoolConfig.Hygiene.STRICT;
        if (slot.physical() == physical) {
            try {
                slot.renew(
                        physical,
                        System.nanoTime() + RENEWAL_NANOS,
                        jdbc -> {
                            if (strict) {
                                left.addAll(leftIn(physical, jdbc));
                            }
                        },
                        dialect::resetSession);
            } catch (SQLException e) {
                slot.drop(physical, End.of(CloseReason.RESET, "its session could not be reset: " + e.getMessage(), e));
            } catch (RuntimeException e) {
                slot.drop(physical, End.of(CloseReason.RESET, "its session could not be reset: " + e.getMessage()));
            } catch (Error e) {
                slot.drop(physical, End.of(CloseReason.RESET, "its session could not be reset: " + e));
                throw e;
            }
        }
        return strict ? complaint(misuse, left) : null;
    }

    private Set<String> leftIn(Physical physical, Connection jdbc) throws SQLException {
        Set<String> left = new TreeSet<>(dialect.sessionState(jdbc));
        left.removeAll(physical.session());
        return left;
    }

    private @Nullable IllegalStateException complaint(boolean misuse, Set<String> left) {
        String who = pool + ": " + units.describe(Thread.currentThread()) + " gave a connection back with ";
        IllegalStateException session = left.isEmpty()
                ? null
                : new IllegalStateException("[SESSION_LEFTOVER] " + who + String.join("; ", left)
                        + ". It was reset. Undo it before close(), set it for the transaction alone, or give the pool"
                        + " hygiene=session");
        if (!misuse) {
            return session;
        }
        IllegalStateException transaction = new IllegalStateException("[TRANSACTION_LEFTOVER] " + who
                + "a transaction open that it had begun by a statement or through unwrap. It was rolled back. End it"
                + " before close(), or use a UnitOfWork");
        if (session != null) {
            transaction.addSuppressed(session);
        }
        return transaction;
    }
}
