package io.github.lifebelt.internal.pool;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The units of work that are open on a pool, by thread. A thread that borrows once more while it has one open waits for
 * a connection while it holds one, which can exhaust the pool, and works in two transactions, which is seldom meant.
 *
 * <p>A map and not a {@link ThreadLocal}: others want to know whose unit they wait for, and a unit may be ended elsewhere
 * than where it was begun. Applications without units pay for the look at an empty map.
 */
public final class OpenUnits {
    private static final Logger LOG = LoggerFactory.getLogger(OpenUnits.class);

    private final String pool;
    private final boolean strict;
    private final LoudOnce nested = new LoudOnce(LOG);
    private final ConcurrentMap<Thread, Entry> innermost = new ConcurrentHashMap<>();

    OpenUnits(String pool, boolean strict) {
        this.pool = pool;
        this.strict = strict;
    }

    /** A unit that is open. */
    public final class Entry {
        private final String unit;
        private final Thread thread;
        private final @Nullable Entry outer;
        private final @Nullable Throwable opened;
        private volatile boolean ended;

        private Entry(String unit, Thread thread, @Nullable Entry outer) {
            this.unit = unit;
            this.thread = thread;
            this.outer = outer;
            opened = strict ? new Throwable("where unit '" + unit + "' was opened") : null;
        }

        /** The unit has ended. Allowed from any thread and in any order; a second call does nothing. */
        public void end() {
            ended = true;
            innermost.computeIfPresent(thread, (t, top) -> top.orOuterThatIsOpen());
        }

        private @Nullable Entry orOuterThatIsOpen() {
            Entry open = this;
            while (open != null && open.ended) {
                open = open.outer;
            }
            return open;
        }
    }

    /**
     * A unit is open on the current thread, after it has borrowed its connection.
     *
     * @param unit its name
     * @return to be ended with it
     */
    public Entry begin(String unit) {
        Thread thread = Thread.currentThread();
        return innermost.compute(thread, (t, outer) -> new Entry(unit, t, outer));
    }

    /** The name of the innermost unit of a thread, or null. */
    @Nullable
    String unitOf(Thread thread) {
        Entry entry = innermost.get(thread);
        return entry == null ? null : entry.unit;
    }

    /** Virtual threads have no name unless somebody gives them one. */
    static String name(Thread thread) {
        return thread.getName().isEmpty() ? "#" + thread.getId() : thread.getName();
    }

    /** A thread in words, with its unit if it has one open. */
    String describe(Thread thread) {
        String unit = unitOf(thread);
        return "thread '" + name(thread) + "'" + (unit == null ? "" : " in unit '" + unit + "'");
    }

    /**
     * The current thread wants a connection.
     *
     * @throws IllegalStateException if that is taken strictly and a unit is open on it
     */
    void beforeBorrow() {
        if (!innermost.isEmpty()) {
            Entry open = innermost.get(Thread.currentThread());
            if (open != null) {
                complain(open);
            }
        }
    }

    private void complain(Entry open) {
        if (strict) {
            throw new IllegalStateException(
                    "[NESTED_BORROW] " + pool + ": thread '" + open.thread.getName()
                            + "' borrows a second connection while unit '" + open.unit + "' is open on it. " + ADVICE,
                    open.opened);
        }
        nested.warn(
                "where it was borrowed",
                "[NESTED_BORROW] {}: thread '{}' borrows a second connection while unit '{}' is open on it. {}",
                pool,
                open.thread.getName(),
                open.unit,
                ADVICE);
    }

    private static final String ADVICE =
            "Threads that hold one connection and wait for another can exhaust the pool, and"
                    + " the two are two transactions: use tx.connection(), or tx.nested(..) for a part that may fail alone, or a"
                    + " second pool for what is to be stored in any case";
}
