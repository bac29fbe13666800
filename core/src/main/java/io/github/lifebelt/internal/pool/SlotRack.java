package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.internal.jdbc.Holder;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.Slot;
import io.github.lifebelt.internal.jdbc.SlotOwner;
import io.github.lifebelt.internal.jdbc.SlotRegistry;
import io.github.lifebelt.internal.jdbc.Tally;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The slots of a pool and the permits for them: as many of the one as of the other. */
final class SlotRack implements SlotRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(SlotRack.class);

    private final String pool;
    private final SlotOwner owner;
    private final Gate gate;
    private final PermitQueue queue;
    private final HikariSlots hikari;
    private final BooleanSupplier closing;
    private final Runnable onSlotToWarm;
    private final Set<Slot> slots = ConcurrentHashMap.newKeySet();
    /** Connections that closed slots had had in use, and that are to come back in other slots. */
    private final AtomicInteger toWarm = new AtomicInteger();
    /** Permits that are out and not with a borrower. */
    private final AtomicInteger background = new AtomicInteger();
    /** Slots more than the pool may have since it was made smaller. */
    private final AtomicInteger surplus = new AtomicInteger();

    /** Of slots that are gone. Under its lock one goes from the one place to the other, so that no figure ever falls. */
    private final Tally gone = new Tally();

    private volatile int size;
    private volatile boolean withheld;

    SlotRack(
            PoolConfig config,
            boolean schemaIsCatalog,
            SlotOwner owner,
            Gate gate,
            BooleanSupplier closing,
            Runnable onSlotToWarm) {
        this.pool = config.name();
        this.owner = owner;
        this.gate = gate;
        this.closing = closing;
        this.onSlotToWarm = onSlotToWarm;
        size = config.maxSize();
        queue = new PermitQueue(size);
        hikari = new HikariSlots(config, schemaIsCatalog, this::newSlot);
    }

    PermitQueue queue() {
        return queue;
    }

    Iterable<Slot> slots() {
        return slots;
    }

    Stream<Holder> holders() {
        return slots.stream().map(Slot::holder);
    }

    int size() {
        return size;
    }

    /**
     * A slot for a permit that the caller holds. There is one, or will be in a moment; so an interrupt, which has its
     * say while a borrower waits for a permit, does not end this: clean-up code on interrupted threads has to borrow.
     */
    Connection take(long nowNanos, long deadlineNanos) throws SQLException {
        try {
            return hikari.take(deadlineNanos - nowNanos);
        } catch (SQLException e) {
            if (e.getCause() instanceof InterruptedException) {
                return takeUninterruptibly(deadlineNanos);
            }
            throw e;
        }
    }

    private Connection takeUninterruptibly(long deadlineNanos) throws SQLException {
        boolean interrupted = false;
        try {
            for (; ; ) {
                interrupted |= Thread.interrupted();
                try {
                    return hikari.take(deadlineNanos - System.nanoTime());
                } catch (SQLException e) {
                    if (!(e.getCause() instanceof InterruptedException)) {
                        throw e;
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A slot and a permit for the background, or null if one of them is not free at this moment. */
    @Nullable
    Connection takeIfFree() {
        if (!queue.tryAcquire()) {
            return null;
        }
        // Before HikariCP, which may take a moment: nobody has borrowed.
        background.incrementAndGet();
        Connection free = freeSlot();
        if (free == null) {
            putBackTaken(null);
        }
        return free;
    }

    /** Puts back what was taken for the background. */
    void putBackTaken(@Nullable Connection proxied) {
        try {
            putBack(proxied);
        } finally {
            background.decrementAndGet();
        }
    }

    /** Permits that borrowers have. */
    int lent() {
        return Math.max(0, queue.inUse() - background.get());
    }

    /**
     * A free slot that has a connection, without a permit: in exchange for the one that the caller holds a permit for,
     * which is put back. Null if there is none, and then the caller keeps what it has.
     */
    @Nullable
    Connection exchangeForConnected(Connection proxied) throws SQLException {
        if (connected() == 0) {
            return null;
        }
        // All free ones are held for a moment: HikariCP would give us the same one again and again.
        Deque<Connection> empty = new ArrayDeque<>();
        try {
            for (Connection next = freeSlot(); next != null; next = freeSlot()) {
                if (next.unwrap(Slot.class).physical() != null) {
                    empty.add(proxied);
                    return next;
                }
                empty.add(next);
            }
            return null;
        } finally {
            empty.forEach(this::putSlotBack);
        }
    }

    private @Nullable Connection freeSlot() {
        try {
            return hikari.take(0);
        } catch (SQLException e) {
            return null;
        }
    }

    /** Puts slot and permit back; only the permit if there was no slot. */
    void putBack(@Nullable Connection proxied) {
        boolean mayServe = proxied != null && !gate.isOpen() && isConnected(proxied);
        try {
            if (proxied != null) {
                putSlotBack(proxied);
            }
        } finally {
            queue.release();
        }
        if (mayServe) {
            gate.connectionReturned();
        }
    }

    /** The permit comes back and the slot does not: its borrower may still be at it. */
    void takeAway(Connection proxied) {
        try {
            hikari.evict(proxied);
        } finally {
            queue.release();
        }
    }

    private boolean isConnected(Connection proxied) {
        try {
            return proxied.unwrap(Slot.class).physical() != null;
        } catch (SQLException e) {
            return false;
        }
    }

    private void putSlotBack(Connection proxied) {
        try {
            if (surplus.get() > 0 && surplus.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
                evictSurplus(proxied);
            } else {
                proxied.close();
            }
        } catch (SQLException | RuntimeException e) {
            // HikariCP's proxies throw a NullPointerException when their pool was closed meanwhile.
            LOG.debug("{}: a slot was not put back cleanly", pool, e);
        }
    }

    private void evictSurplus(Connection proxied) throws SQLException {
        Physical physical = proxied.unwrap(Slot.class).physical();
        if (physical != null) {
            physical.retire(CloseReason.SURPLUS, "the pool was made smaller");
        }
        hikari.evict(proxied);
    }

    private Slot newSlot() {
        Slot slot = new Slot(owner, this);
        slots.add(slot);
        if (toWarm.get() > 0) {
            onSlotToWarm.run();
        }
        return slot;
    }

    @Override
    public void filled() {
        claimWarmth();
    }

    @Override
    public CloseReason reasonToClose() {
        return closing.getAsBoolean() ? CloseReason.POOL_CLOSED : CloseReason.RECYCLED;
    }

    @Override
    public void closed(Slot slot, boolean hadBeenLent) {
        synchronized (gone) {
            slots.remove(slot);
            gone.addAll(slot.tally(), System.nanoTime());
        }
        if (hadBeenLent && !closing.getAsBoolean()) {
            toWarm.incrementAndGet();
            // Another slot may stand empty already; else the one that follows asks again.
            onSlotToWarm.run();
        }
    }

    private void claimWarmth() {
        toWarm.getAndUpdate(count -> Math.max(0, count - 1));
    }

    /** Whether an empty slot is to be connected in the background: it had been in use, or one that is gone had. */
    boolean wantsWarmth(Slot slot) {
        return slot.wantsWarmth() || toWarm.get() > 0;
    }

    /** Physical connections that are open, as far as is known without asking them. */
    int connected() {
        int count = 0;
        for (Slot slot : slots) {
            if (slot.physical() != null) {
                count++;
            }
        }
        return count;
    }

    boolean anyToWarm() {
        for (Slot slot : slots) {
            if (slot.physical() == null && wantsWarmth(slot)) {
                return true;
            }
        }
        return false;
    }

    /** What all slots have counted, also those that are gone. */
    Tally tally() {
        long now = System.nanoTime();
        Tally sum = new Tally();
        synchronized (gone) {
            sum.addAll(gone, now);
            for (Slot slot : slots) {
                sum.addAll(slot.tally(), now);
            }
        }
        return sum;
    }

    void recycleAll() {
        hikari.evictAll();
    }

    /** Makes room for more, or closes what is too many: free slots now, the others when they come back. */
    synchronized void resize(int newSize) {
        int by = newSize - size;
        size = newSize;
        toWarm.set(0);
        hikari.resize(newSize);
        if (!withheld) {
            queue.resize(by);
        }
        if (by > 0) {
            surplus.updateAndGet(count -> Math.max(0, count - by));
            return;
        }
        // One that is closed is among them until it has said goodbye.
        int tooMany = (int) slots.stream().filter(slot -> !slot.isClosed()).count() - newSize;
        for (int i = 0; i < tooMany; i++) {
            try {
                evictSurplus(hikari.take(0));
            } catch (SQLException e) {
                surplus.addAndGet(tooMany - i);
                return;
            }
        }
    }

    /** Nobody gets a permit from now on. Those that are out come back as a debt that is paid off. */
    synchronized void withhold() {
        if (!withheld) {
            withheld = true;
            queue.resize(-size);
        }
    }

    /** As many permits as before, or as many as the pool was resized to since. */
    synchronized void handBack() {
        if (withheld) {
            withheld = false;
            queue.resize(size);
            queue.wakeAll();
        }
    }

    boolean isWithheld() {
        return withheld;
    }

    /**
     * Empties all slots, while nobody has a permit. What was in use before is not wanted back by itself.
     *
     * @return false if some are with HikariCP's housekeeping, and have to be tried again
     */
    boolean vacate() {
        toWarm.set(0);
        Deque<Connection> taken = new ArrayDeque<>();
        try {
            while (connected() > 0) {
                Connection next = freeSlot();
                if (next == null) {
                    return false;
                }
                taken.add(next);
                next.unwrap(Slot.class).vacate(CloseReason.RECYCLED);
            }
            return true;
        } catch (SQLException e) {
            LOG.debug("{}: a slot could not be emptied yet", pool, e);
            return false;
        } finally {
            taken.forEach(this::putSlotBack);
        }
    }

    /** Runs something again and again on the pool's housekeeping thread. */
    void every(Duration period, Runnable task) {
        hikari.every(period, task);
    }

    /** Runs something once on the pool's housekeeping thread, some time later. */
    void after(Duration delay, Runnable task) {
        hikari.after(delay, task);
    }

    /** Runs something once on the pool's housekeeping thread. */
    void soon(Runnable task) {
        hikari.soon(task);
    }

    /** From now on idle connections are pinged this often: takes new slots, so all are replaced. */
    void keepAlive(Duration period) {
        hikari.keepAlive(period);
        hikari.evictAll();
    }

    void close() {
        hikari.close();
    }
}
