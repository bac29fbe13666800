package io.github.lifebelt.internal.pool;

import io.github.lifebelt.internal.jdbc.PoolThread;
import io.github.lifebelt.internal.jdbc.Slot;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Gives HikariCP an empty slot at once. */
final class SlotSource implements DataSource {
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
