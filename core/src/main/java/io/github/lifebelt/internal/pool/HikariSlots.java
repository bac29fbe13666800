package io.github.lifebelt.internal.pool;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import com.zaxxer.hikari.pool.HikariPool;
import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.internal.jdbc.PoolThread;
import io.github.lifebelt.internal.jdbc.Slot;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * HikariCP as a keeper of slots: its bag, its recycle, its keepalive, its leak detection and its reset of the session,
 * without its connecting. It never sees a connect fail, so none of its answers to that come into play: no back-off of up
 * to 5 s, no serial refill, no eviction by SQLState.
 */
final class HikariSlots {
    private final HikariDataSource hikari;
    private final HikariPool pool;

    HikariSlots(PoolConfig config, Supplier<Slot> newSlot) {
        HikariVersion.check();
        HikariConfig hc = new HikariConfig();
        hc.setPoolName(config.name());
        hc.setDataSource(new SlotSource(newSlot));
        hc.setThreadFactory(new Threads(config.name()));
        hc.setMaximumPoolSize(config.maxSize());
        // As many slots as permits, always: an empty one costs nothing.
        hc.setMinimumIdle(config.maxSize());
        hc.setInitializationFailTimeout(-1);
        hc.setMaxLifetime(config.recycleAfter().toMillis());
        hc.setKeepaliveTime(config.keepalive().toMillis());
        hc.setLeakDetectionThreshold(config.leakDetection().toMillis());
        hc.setAutoCommit(config.autoCommit());
        hc.setReadOnly(config.readOnly());
        if (config.isolation() != null) {
            hc.setTransactionIsolation(config.isolation().toString());
        }
        if (config.schema() != null) {
            hc.setSchema(config.schema());
        }
        // The lease has judged already, and a slot outlives its connection.
        hc.setExceptionOverride(new NeverEvict());
        hc.setRegisterMbeans(false);
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

    void close() {
        hikari.close();
    }

    private static final class NeverEvict implements SQLExceptionOverride {
        // The interface has a nested type of the annotation's name.
        @java.lang.Override
        public Override adjudicate(SQLException failure) {
            return Override.DO_NOT_EVICT;
        }
    }

    private static final class Threads implements ThreadFactory {
        private final String pool;
        private final AtomicInteger made = new AtomicInteger();

        Threads(String pool) {
            this.pool = pool;
        }

        @Override
        public Thread newThread(Runnable task) {
            return new PoolThread(task, pool + ":slots-" + made.incrementAndGet());
        }
    }

    /** Gives HikariCP an empty slot at once. */
    private static final class SlotSource implements DataSource {
        private final Supplier<Slot> newSlot;

        SlotSource(Supplier<Slot> newSlot) {
            this.newSlot = newSlot;
        }

        @Override
        public Connection getConnection() {
            if (Thread.currentThread() instanceof PoolThread thread) {
                // HikariCP sleeps 30 ms after each connection that it has added, which made the first burst on a pool of
                // 50 last 1.5 s. The sleep ends at once if the thread is interrupted; the executor it runs in clears
                // the flag before the next task.
                thread.interrupt();
            }
            return newSlot.get();
        }

        @Override
        public Connection getConnection(String user, String password) {
            return getConnection();
        }

        @Override
        public int getLoginTimeout() {
            // How long HikariCP waits for its adder at shutdown. Ours has nothing to wait for.
            return 1;
        }

        @Override
        public void setLoginTimeout(int seconds) {
            // The borrower's deadline is in the socket.
        }

        @Override
        public @Nullable PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(@Nullable PrintWriter out) {
            // Logging goes through SLF4J.
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getLogger("io.github.lifebelt");
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("nothing to unwrap");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
