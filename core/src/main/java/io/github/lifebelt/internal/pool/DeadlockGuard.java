package io.github.lifebelt.internal.pool;

import io.github.lifebelt.internal.jdbc.Holder;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the borrower that closes a circle: every permit is out, and each thread that has one waits for another. Nothing
 * but a time-out would end that, so this borrower fails at once, and gives back what it has; nobody else fails.
 *
 * <p>Looks only on the way of borrowers that are about to park. A unit's connection cannot leave its thread, and a circle
 * of such is certain. A plain one may have been handed to another thread that has not used it yet; so a circle with
 * such has to last.
 */
final class DeadlockGuard {

    /** What is known of those that wait. */
    interface Waiting {
        /** The threads that wait at this moment, and have not been handed a permit. */
        Set<Thread> threads();

        /** Permits that are out; or none, as long as one is free or the pool withholds all. */
        int permitsOut();

        /** Rises whenever one of them goes on, before it does anything else. */
        long departures();
    }

    private static final long LASTING_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Supplier<Stream<Holder>> holders;
    private final Function<Set<Thread>, SQLException> error;
    // Those who close a circle together look in turn: after the first has left it is none any more.
    private final ReentrantLock looking = new ReentrantLock();

    /**
     * @param holders of all slots
     * @param error what the borrower is told that gives way, from the threads that hold the permits
     */
    DeadlockGuard(Supplier<Stream<Holder>> holders, Function<Set<Thread>, SQLException> error) {
        this.holders = holders;
        this.error = error;
    }

    Watch watch(Waiting waiting) {
        return new Watch(waiting);
    }

    private record Circle(Set<Thread> threads, boolean certain) {}

    /** One borrower's wait. */
    final class Watch {
        private final Waiting waiting;
        private boolean suspects;
        private long suspectsSince;

        private Watch(Waiting waiting) {
            this.waiting = waiting;
        }

        /**
         * Called by a borrower that waits, each time before it parks. Never parks itself.
         *
         * @param leave stops waiting; false if a permit was handed over before that
         * @return for how long to park at most
         * @throws SQLException after it has left, if it would wait in vain
         */
        long look(BooleanSupplier leave) throws SQLException {
            if (holders.get().noneMatch(holder -> holder.thread() == Thread.currentThread())) {
                return Long.MAX_VALUE;
            }
            Circle circle;
            if (!looking.tryLock()) {
                // Not waited for: that would swallow the wake-up of whoever hands this borrower a permit meanwhile.
                return LOOK_AGAIN_NANOS;
            }
            try {
                circle = circle(waiting);
                long now = System.nanoTime();
                if (circle == null) {
                    suspects = false;
                    return Long.MAX_VALUE;
                }
                if (!suspects) {
                    suspects = true;
                    suspectsSince = now;
                }
                long left = suspectsSince + LASTING_NANOS - now;
                if (!circle.certain() && left > 0) {
                    return left;
                }
                if (!leave.getAsBoolean()) {
                    return 0;
                }
            } finally {
                looking.unlock();
            }
            throw error.apply(circle.threads());
        }
    }

    /**
     * The circle that the current thread is in, or null.
     *
     * <p>Exact, although nothing is stopped: whom we saw waiting, and who has not gone on when we are through, has waited
     * all the while; so what it was seen to hold, it holds. As many of these as permits are out leave no permit to
     * anybody who could still do something.
     */
    private @Nullable Circle circle(Waiting waiting) {
        for (; ; ) {
            long departures = waiting.departures();
            Set<Thread> parked = waiting.threads();
            Set<Thread> found = new LinkedHashSet<>();
            boolean certain = true;
            int held = 0;
            for (Iterator<Holder> all = holders.get().iterator(); all.hasNext(); ) {
                Holder holder = all.next();
                Thread thread = holder.thread();
                if (thread != null && parked.contains(thread)) {
                    held++;
                    certain &= holder.isBound();
                    found.add(thread);
                }
            }
            int out = waiting.permitsOut();
            boolean closed = out > 0 && held >= out && found.contains(Thread.currentThread());
            if (departures == waiting.departures()) {
                return closed ? new Circle(found, certain) : null;
            }
        }
    }
}
