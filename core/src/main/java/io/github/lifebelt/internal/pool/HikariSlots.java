package io.github.lifebelt.internal.pool;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.internal.jdbc.PoolThread;
import io.github.lifebelt.internal.jdbc.Slot;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HikariCP as a keeper of slots: its bag, its recycle, its keepalive and its reset of the session, without its connecting. It never sees a connect fail, so none of its answers to that come into play: no back-off of up
 * to 5 s, no serial refill, no eviction by SQLState.
 */
final class HikariSlots {
    private static final Logger LOG = LoggerFactory.getLogger(HikariSlots.class);

    private final HikariDataSource hikari;
    private final ScheduledThreadPoolExecutor housekeeper;
    private final HikariPool pool;

    HikariSlots(PoolConfig config, boolean schemaIsCatalog, Supplier<Slot> newSlot) {
        HikariVersion.check();
        HikariConfig hc = new HikariConfig();
        hc.setPoolName(config.name());
        hc.setDataSource(new SlotSource(newSlot));
        hc.setThreadFactory(new Threads(config.name() + ":slots"));
        hc.setMaximumPoolSize(config.maxSize());
        // As many slots as permits, always: an empty one costs nothing.
        hc.setMinimumIdle(config.maxSize());
        hc.setInitializationFailTimeout(-1);
        hc.setMaxLifetime(config.recycleAfter().toMillis());
        hc.setKeepaliveTime(config.keepalive().toMillis());
        hc.setAutoCommit(config.autoCommit());
        hc.setReadOnly(config.readOnly());
        if (config.isolation() != null) {
            hc.setTransactionIsolation(config.isolation().toString());
        }
        if (config.schema() != null && schemaIsCatalog) {
            hc.setCatalog(config.schema());
        } else if (config.schema() != null) {
            hc.setSchema(config.schema());
        }
        hc.setExceptionOverride(new HikariNeverEvict());
        hc.setRegisterMbeans(false);
        // One thread for HikariCP's housekeeping and ours.
        housekeeper = new ScheduledThreadPoolExecutor(1, new Threads(config.name() + ":housekeeper"));
        housekeeper.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        housekeeper.setRemoveOnCancelPolicy(true);
        hc.setScheduledExecutor(housekeeper);
        hikari = new HikariDataSource(hc);
        // The one way to give HikariCP's wait the time that is left. Public and exported in all supported versions.
        pool = (HikariPool) hikari.getHikariPoolMXBean();
    }

    /** A slot, behind HikariCP's proxy. Who holds a permit gets one at once but for a moment of housekeeping. */
    Connection take(long leftNanos) throws SQLException {
        return pool.getConnection(Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNanos)));
    }

    /** Closes a taken slot for good. */
    void evict(Connection proxied) {
        hikari.evictConnection(proxied);
    }

    /** Replaces all slots, those in use when they come back. */
    void evictAll() {
        pool.softEvictConnections();
    }

    void resize(int maxSize) {
        // In this order HikariCP accepts both directions.
        hikari.setMaximumPoolSize(maxSize);
        hikari.setMinimumIdle(maxSize);
    }

    void keepAlive(Duration period) {
        hikari.setKeepaliveTime(period.toMillis());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it ends with the pool, and lets nothing through
    void every(Duration period, Runnable task) {
        housekeeper.scheduleWithFixedDelay(task, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // as above
    void after(Duration delay, Runnable task) {
        try {
            housekeeper.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.trace("the pool is closed, nothing is left to do", e);
        }
    }

    void soon(Runnable task) {
        try {
            housekeeper.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.trace("the pool is closed, nothing is left to do", e);
        }
    }

    void close() {
        hikari.close();
        housekeeper.shutdownNow();
    }

    private static final class Threads implements ThreadFactory {
        private final String prefix;
        private final AtomicInteger made = new AtomicInteger();

        Threads(String prefix) {
            this.prefix = prefix;
        }

        @Override
        public Thread newThread(Runnable task) {
            return new PoolThread(task, prefix + "-" + made.incrementAndGet());
        }
    }
}
