package io.github.lifebelt.internal.jdbc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The thread that holds a slot: who borrowed it, or who has used it last where a connection went from hand to hand.
 * Written on the borrower's way without a full fence, and read by others that want to know why they have to wait.
 */
public final class Holder {

    private static final VarHandle THREAD;

    static {
        try {
            THREAD = MethodHandles.lookup().findVarHandle(Holder.class, "thread", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private @Nullable Thread thread;
    private boolean bound;
    private @Nullable Lease lease;
    private @Nullable Throwable site;
    private @Nullable String statement;

    /**
     * The slot is the current thread's from now on.
     *
     * @param lent what the borrower has; a unit's can be used by no other thread
     * @param where it was borrowed, if that was to be remembered
     */
    void take(Lease lent, @Nullable Throwable where) {
        lease = lent;
        site = where;
        take(lent instanceof ScopedLease);
    }

    /**
     * The slot is the current thread's from now on.
     *
     * @param bound whether no other thread can use it
     */
    public void take(boolean bound) {
        this.bound = bound;
        THREAD.setRelease(this, Thread.currentThread());
    }

    /** The slot is nobody's from now on. */
    public void clear() {
        lease = null;
        site = null;
        statement = null;
        THREAD.setRelease(this, null);
    }

    /** The text of the last statement that its borrower has made or executed. */
    void statement(@Nullable String sql) {
        statement = sql;
    }

    /** What is lent, or null. Read, as the rest is, while the borrower may be giving it back. */
    public @Nullable Lease lease() {
        return lease;
    }

    /** Where it was borrowed; null if that was not to be remembered. */
    public @Nullable Throwable site() {
        return site;
    }

    /** The text of the borrower's last statement, with whatever is secret in it; null if there was none. */
    public @Nullable String statement() {
        return statement;
    }

    /** The current thread uses the slot, perhaps in the place of the one that borrowed it. */
    void use() {
        Thread before = thread;
        Thread now = Thread.currentThread();
        // Only in exchange for the one seen: whoever gives back meanwhile must not find its entry again.
        if (before != now && before != null) {
            THREAD.compareAndSet(this, before, now);
        }
    }

    /** Null while nobody holds the slot. */
    public @Nullable Thread thread() {
        return (Thread) THREAD.getAcquire(this);
    }

    /** Whether no other thread can use it; to be asked after {@link #thread()}. */
    public boolean isBound() {
        return bound;
    }
}
