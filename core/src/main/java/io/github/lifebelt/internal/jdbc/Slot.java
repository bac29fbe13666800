package io.github.lifebelt.internal.jdbc;

import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.spi.ProbeSocket.Liveness;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What HikariCP takes for a connection: a place for one, with a record of the wanted session. Born empty and at once;
 * the borrower connects it, in parallel with others and under its own deadline, and an outage replaces what is inside,
 * never the slot.
 *
 * <p>Owned by whoever HikariCP has lent or reserved it to. Only {@link #abort}, {@link #isClosed} and
 * {@link #physical()} may be called by others.
 */
public final class Slot extends ForwardingConnection {

    // Resetting a session is I/O on a connection that nobody waits for any more: it must not block for long.
    private static final long RESET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SlotOwner owner;
    private final SlotRegistry registry;
    private final SessionState wanted = new SessionState();
    private final Holder holder = new Holder();
    private final Tally tally = new Tally();
    private SessionState configured = new SessionState();

    private volatile @Nullable Physical physical;
    private volatile @Nullable SlotConnect connecting;
    private volatile boolean closed;
    private volatile boolean warm;
    private boolean lent;
    private boolean renewed;

    public Slot(SlotOwner owner, SlotRegistry registry) {
        this.owner = owner;
        this.registry = registry;
    }

    /** The connection inside, or null while the slot is empty. */
    public @Nullable Physical physical() {
        return physical;
    }

    /** What is counted of it. */
    public Tally tally() {
        return tally;
    }

    /** Whether the background should connect it when it is empty: because it was in use when it lost its connection. */
    public boolean wantsWarmth() {
        return warm && !closed;
    }

    public boolean autoCommit() {
        return wanted.autoCommit();
    }

    /** Who has it. */
    public Holder holder() {
        return holder;
    }

    /** How long the server has been asked for something by now: a connection, or a sign of life of this one; 0 if it is not. */
    public long askedNanos(long now) {
        SlotConnect attempt = connecting;
        if (attempt != null) {
            return Math.max(1, now - attempt.sinceNanos());
        }
        Physical p = physical;
        return p == null ? 0 : p.askedNanos(now);
    }

    /** Fills the empty slot. On failure it stays empty and nothing is left open. */
    public void connect(long deadlineNanos) throws SQLException {
        SlotConnect attempt = new SlotConnect();
        connecting = attempt;
        try {
            if (closed) {
                attempt.abort();
            }
            // Nobody has it yet: what is wanted now is what HikariCP has set, and comes back to.
            configured = wanted.copy();
            Physical made = owner.connect(attempt, deadlineNanos);
            setUp(made, deadlineNanos);
            physical = made;
            if (!warm) {
                registry.filled();
            }
            warm = false;
            if (closed) {
                // close() has looked before we put it there.
                abortPhysical();
            }
        } finally {
            connecting = null;
        }
    }

    private void setUp(Physical made, long deadlineNanos) throws SQLException {
        try {
            made.within(deadlineNanos, jdbc -> {
                wanted.applyTo(jdbc);
                owner.setUp(made);
            });
        } catch (SQLException e) {
            boolean alive = !made.missedDeadline() && made.probe() != Liveness.DEAD && !made.driverSaysClosed();
            made.abort(CloseReason.SET_UP);
            throw alive ? new SetUpException(e) : e;
        } catch (RuntimeException | Error e) {
            made.abort(CloseReason.SET_UP);
            throw e;
        }
    }

    /** Whether its session is wanted read-only: then a refused write is no news about the server. */
    public boolean readOnly() {
        return wanted.readOnly();
    }

    /** Empties the slot; without I/O unless the connection still works. */
    public void drop(Physical dead, End why) {
        if (physical == dead) {
            physical = null;
            warm |= dead.wasLent();
            if (dead.over() == null) {
                dead.markBroken(why);
            }
            dead.end(why.reason());
            owner.lost(dead, why.words());
        }
    }

    /** Ends the connection inside, with a goodbye if it works, and leaves the slot as if it had never had one. */
    public void vacate(CloseReason reason) {
        Physical p = physical;
        physical = null;
        warm = false;
        if (p != null && p.broken()) {
            p.abort(reason);
        } else if (p != null) {
            p.closePolitely(reason);
        }
    }

    /**
     * From now on failures are the borrower's to see.
     *
     * @param where it was borrowed, if that is to be remembered
     */
    public void lend(Physical live, Lease lease, @Nullable Throwable where) {
        live.lend();
        lent = true;
        renewed = false;
        tally.lent();
        holder.take(lease, where);
    }

    /**
     * Makes the whole session what the pool wants, and leaves nothing to reset for HikariCP. To be called before
     * {@link #takeBack}, without a transaction; if it fails, the connection is not to be used any more.
     *
     * @param look at the session as its borrower left it, without what went through JDBC: that is put right by then
     * @param reset makes it what it was after the login
     */
    public void renew(Physical live, long deadlineNanos, Physical.Io look, Physical.Io reset) throws SQLException {
        live.within(deadlineNanos, jdbc -> {
            wanted.renew(jdbc, configured, look, reset);
            owner.setUp(live);
        });
        renewed = true;
    }

    /** From now on HikariCP resets the session, silently and bounded; and we do what it leaves as it is. */
    public void takeBack(long now) {
        lent = false;
        holder.clear();
        if (wanted.leftDefaultSchema() || wanted.leftDefaultCatalog()) {
            leaveSchema();
        }
        Physical p = physical;
        if (p != null) {
            p.used(now);
        }
    }

    /** HikariCP goes back to a schema or catalog that was configured, and stays in a borrower's if none was. */
    private void leaveSchema() {
        try {
            if (wanted.leftDefaultCatalog()) {
                leaveCatalog(wanted.defaultCatalog());
            }
            if (wanted.leftDefaultSchema()) {
                // What JDBC calls no schema is the session's default to the drivers.
                pass(jdbc -> jdbc.setSchema(null));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("what nobody holds fails silently", e);
        }
        wanted.backToDefaults();
    }

    private void leaveCatalog(@Nullable String formerly) throws SQLException {
        Physical p = physical;
        if (formerly != null && !formerly.isEmpty()) {
            pass(jdbc -> jdbc.setCatalog(formerly));
        } else if (p != null) {
            drop(p, End.of(CloseReason.RESET, "a borrower has entered a catalog, and there is none to go back to"));
        }
    }

    @Override
    Connection delegate() throws SQLException {
        Physical p = physical;
        if (p == null) {
            throw new SQLException("this connection was lost and not replaced", "08003");
        }
        return p.jdbc();
    }

    private interface Setter {
        void set(Connection jdbc) throws SQLException;
    }

    /** Passes a setting on. The borrower's failures are its own; those of a reset cost the connection. */
    private void pass(Setter setter) throws SQLException {
        Physical p = physical;
        if (renewed) {
            return; // It is so; and once more would undo what the application's own set-up has made of it since.
        }
        if (lent) {
            setter.set(delegate());
        } else if (p != null) {
            try {
                p.within(System.nanoTime() + RESET_NANOS, setter::set);
            } catch (SQLException e) {
                drop(p, End.of(CloseReason.RESET, "its session could not be reset: " + e.getMessage(), e));
            }
        }
    }

    @Override
    public void setAutoCommit(boolean on) throws SQLException {
        pass(jdbc -> jdbc.setAutoCommit(on));
        wanted.autoCommit(on);
    }

    @Override
    public boolean getAutoCommit() {
        return wanted.autoCommit();
    }

    @Override
    public void setReadOnly(boolean on) throws SQLException {
        pass(jdbc -> jdbc.setReadOnly(on));
        wanted.readOnly(on);
    }

    @Override
    public boolean isReadOnly() {
        return wanted.readOnly();
    }

    @Override
    public void setTransactionIsolation(int level) throws SQLException {
        if (level == SessionState.SERVER_DEFAULT) {
            int serverDefault = wanted.serverIsolation();
            if (serverDefault != SessionState.SERVER_DEFAULT) {
                pass(jdbc -> jdbc.setTransactionIsolation(serverDefault));
            }
        } else {
            if (lent && wanted.serverIsolation() == SessionState.SERVER_DEFAULT) {
                wanted.serverIsolation(delegate().getTransactionIsolation());
            }
            pass(jdbc -> jdbc.setTransactionIsolation(level));
        }
        wanted.isolation(level);
    }

    @Override
    public int getTransactionIsolation() throws SQLException {
        return lent ? delegate().getTransactionIsolation() : wanted.isolation();
    }

    @Override
    public void setCatalog(@Nullable String name) throws SQLException {
        if (lent && wanted.catalog() == null) {
            wanted.leaveDefaultCatalog(delegate().getCatalog());
        }
        pass(jdbc -> jdbc.setCatalog(name));
        wanted.catalog(name);
    }

    @Override
    public @Nullable String getCatalog() throws SQLException {
        return lent ? delegate().getCatalog() : wanted.catalog();
    }

    @Override
    public void setSchema(@Nullable String name) throws SQLException {
        if (lent && wanted.schema() == null) {
            wanted.leaveDefaultSchema();
        }
        pass(jdbc -> jdbc.setSchema(name));
        wanted.schema(name);
    }

    @Override
    public @Nullable String getSchema() throws SQLException {
        return lent ? delegate().getSchema() : wanted.schema();
    }

    @Override
    public void setNetworkTimeout(Executor executor, int millis) throws SQLException {
        // A direct executor: Connector/J would set it some time later on another thread.
        pass(jdbc -> jdbc.setNetworkTimeout(Runnable::run, millis));
        wanted.networkTimeoutMillis(millis);
    }

    @Override
    public int getNetworkTimeout() {
        return wanted.networkTimeoutMillis();
    }

    /**
     * HikariCP asks before it hands the slot over; that check is ours and comes later, so the answer is yes. Its
     * keepalive asks on a thread of the pool; that is the occasion for a ping, and the answer is still yes, because a
     * slot outlives its connection.
     */
    @Override
    public boolean isValid(int timeoutSeconds) {
        Physical p = physical;
        if (p != null && Thread.currentThread() instanceof PoolThread) {
            owner.keepAlive(this, p);
        }
        return true;
    }

    @Override
    public void rollback() throws SQLException {
        if (lent || physical != null) {
            pass(Connection::rollback);
        }
    }

    @Override
    public void clearWarnings() throws SQLException {
        Physical p = physical;
        // At a return HikariCP's last call.
        renewed = false;
        if (lent) {
            delegate().clearWarnings();
        } else if (p != null && !p.driverSaysClosed()) {
            p.jdbc().clearWarnings();
        }
    }

    @Override
    public void beginRequest() {
        // HikariCP would call it on an empty slot, before the borrower has connected it.
    }

    @Override
    public void endRequest() {
        // As beginRequest.
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        SlotConnect attempt = connecting;
        if (attempt != null) {
            attempt.abort();
        }
        Physical p = physical;
        boolean hadBeenLent = warm || (p != null && p.wasLent());
        if (p != null) {
            physical = null;
            if (p.broken()) {
                p.abort(CloseReason.FAILED);
            } else if (p.probe() == Liveness.DEAD) {
                p.abort(CloseReason.LOST);
            } else {
                p.closePolitely(registry.reasonToClose());
            }
        }
        registry.closed(this, hadBeenLent);
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void abort(Executor executor) {
        boolean first = !closed;
        closed = true;
        SlotConnect attempt = connecting;
        if (attempt != null) {
            attempt.abort();
        }
        abortPhysical();
        if (first) {
            registry.closed(this, false);
        }
    }

    private void abortPhysical() {
        Physical p = physical;
        if (p != null) {
            CloseReason reason = registry.reasonToClose();
            p.markBroken(End.of(reason, "its slot was closed"));
            p.abort(reason);
        }
    }

    @Override
    public String toString() {
        Physical p = physical;
        return "Slot[" + (p == null ? "empty" : p.toString()) + "]";
    }
}
