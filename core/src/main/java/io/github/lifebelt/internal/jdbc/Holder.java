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
        THREAD.setRelease(this, null);
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
