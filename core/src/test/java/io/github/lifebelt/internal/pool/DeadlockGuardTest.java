package io.github.lifebelt.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.internal.jdbc.Holder;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Borrowers with slots and permits, as in a pool, and no connections in them. */
@Tag("smoke")
class DeadlockGuardTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ConcurrentLinkedQueue<Holder> free = new ConcurrentLinkedQueue<>();
    private final Set<Holder> all = ConcurrentHashMap.newKeySet();
    /** What threads do, by their own account: falls before one waits, and rises when it goes on. */
    private final AtomicInteger atWork = new AtomicInteger();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private static final class InVain extends SQLException {
        private static final long serialVersionUID = 1L;
        private final transient Set<Thread> holders;

        InVain(Set<Thread> holders) {
            super("in vain");
            this.holders = holders;
        }
    }

    private PermitQueue queue(int permits) {
        for (int i = 0; i < permits; i++) {
            Holder holder = new Holder();
            all.add(holder);
            free.add(holder);
        }
        return new PermitQueue(permits);
    }

    private DeadlockGuard guard() {
        return new DeadlockGuard(all::stream, InVain::new);
    }

    private Holder borrow(PermitQueue queue, DeadlockGuard guard, boolean bound) throws Exception {
        if (!queue.tryAcquire()) {
            long now = System.nanoTime();
            assertThat(queue.acquire(now, () -> now + LONG.toNanos(), guard)).isTrue();
        }
        Holder holder = free.remove();
        holder.take(bound);
        return holder;
    }

    private void giveBack(PermitQueue queue, Holder holder) {
        holder.clear();
        free.add(holder);
        queue.release();
    }

    @Test
    void whoHoldsAllPermitsDoesNotWaitForOneMore() throws Exception {
        PermitQueue queue = queue(2);
        DeadlockGuard guard = guard();
        Holder one = borrow(queue, guard, true);
        Holder two = borrow(queue, guard, true);
        assertThatThrownBy(() -> borrow(queue, guard, true))
                .isInstanceOfSatisfying(
                        InVain.class, e -> assertThat(e.holders).containsExactly(Thread.currentThread()));
        assertThat(queue.pending()).isZero();
        assertThat(queue.available()).isZero();
        giveBack(queue, one);
        giveBack(queue, two);
        assertThat(queue.available()).isEqualTo(2);
    }

    /** However late it looks: it was not exhaustion that it has met. */
    @Test
    void aCircleIsFoundAlsoWhenTheTimeIsUp() throws Exception {
        PermitQueue queue = queue(1);
        Holder held = borrow(queue, guard(), true);
        long now = System.nanoTime();
        assertThatThrownBy(() -> queue.acquire(now, () -> now, guard())).isInstanceOf(InVain.class);
        assertThat(queue.pending()).isZero();
        giveBack(queue, held);
        assertThat(queue.available()).isOne();
    }

    @Test
    void aCircleThatHasToLastIsFoundAtTheDeadlineIfItHasLasted() throws Exception {
        PermitQueue queue = queue(1);
        Holder held = borrow(queue, guard(), false);
        long now = System.nanoTime();
        assertThat(queue.acquire(now, () -> now, guard())).as("not seen before").isFalse();
        Iterator<Long> until = List.of(now + LONG.toNanos(), now).iterator();
        assertThatThrownBy(() -> queue.acquire(now, until::next, guard())).isInstanceOf(InVain.class);
        giveBack(queue, held);
        assertThat(queue.available()).isOne();
    }

    @Test
    void aPermitWithoutASlotIsOnItsWay() throws Exception {
        PermitQueue queue = queue(2);
        DeadlockGuard guard = guard();
        assertThat(queue.tryAcquire()).isTrue();
        Future<Boolean> waiter = threads.submit(() -> {
            Holder one = borrow(queue, guard, true);
            Holder two = borrow(queue, guard, true);
            giveBack(queue, one);
            giveBack(queue, two);
            return true;
        });
        await().until(() -> queue.pending() == 1);
        queue.wakeAll();
        await().during(Duration.ofMillis(300)).until(() -> !waiter.isDone());
        queue.release();
        assertThat(waiter.get(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aHolderThatIsAtWorkIsWaitedFor() throws Exception {
        PermitQueue queue = queue(1);
        DeadlockGuard guard = guard();
        Holder held = borrow(queue, guard, true);
        Future<Boolean> waiter = threads.submit(() -> {
            giveBack(queue, borrow(queue, guard, true));
            return true;
        });
        await().until(() -> queue.pending() == 1);
        queue.wakeAll();
        await().during(Duration.ofMillis(300)).until(() -> !waiter.isDone());
        giveBack(queue, held);
        assertThat(waiter.get(5, TimeUnit.SECONDS)).isTrue();
    }

    /** Any number of slots, some of the units want one and some want two; none may wait for ever, none fail for nothing. */
    @RepeatedTest(4)
    void underEverythingAtOnceOnlyCirclesFailAndNobodyWaitsForEver() throws Exception {
        int permits = 3;
        PermitQueue queue = queue(permits);
        DeadlockGuard guard = guard();
        AtomicInteger refused = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        List<Future<?>> borrowers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            borrowers.add(threads.submit(() -> {
                for (int round = 0; round < 400; round++) {
                    if (unit(queue, guard)) {
                        served.incrementAndGet();
                    } else {
                        refused.incrementAndGet();
                    }
                }
                return null;
            }));
        }
        for (Future<?> borrower : borrowers) {
            borrower.get(60, TimeUnit.SECONDS);
        }
        assertThat(served.get()).isPositive();
        assertThat(refused.get()).isPositive();
        assertThat(queue.available()).isEqualTo(permits);
        assertThat(queue.pending()).isZero();
        assertThat(free).hasSize(permits);
    }

    /** False if it was told that it would wait in vain: then nobody who holds anything may have been at work. */
    private boolean unit(PermitQueue queue, DeadlockGuard guard) throws Exception {
        int wanted = 1 + ThreadLocalRandom.current().nextInt(3);
        Deque<Holder> held = new ArrayDeque<>();
        try {
            for (int i = 0; i < wanted; i++) {
                held.push(borrow(queue, guard, true, !held.isEmpty()));
                LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(50_000));
            }
            return true;
        } catch (InVain e) {
            assertThat(e.holders).contains(Thread.currentThread());
            return false;
        } finally {
            if (!held.isEmpty()) {
                // First: what is given back may close a circle of others at once.
                atWork.decrementAndGet();
                for (Holder holder : held) {
                    giveBack(queue, holder);
                }
            }
        }
    }

    /** Counts who holds something and does not wait. Whoever is refused looks at that before it goes on. */
    private Holder borrow(PermitQueue queue, DeadlockGuard guard, boolean bound, boolean holdsSome) throws Exception {
        if (!holdsSome) {
            Holder first = borrow(queue, guard, bound);
            atWork.incrementAndGet();
            return first;
        }
        atWork.decrementAndGet();
        try {
            return borrow(queue, guard, bound);
        } catch (InVain e) {
            // The rest of the circle cannot have gone on: the one that could let them is here.
            assertThat(atWork.get()).isZero();
            throw e;
        } finally {
            atWork.incrementAndGet();
        }
    }

    /** Each pair of threads that takes its slots first, and then waits, has one refused: not both, and not none. */
    @RepeatedTest(20)
    void ofThoseThatCloseACircleTogetherOneGivesWay() throws Exception {
        int n = 4;
        PermitQueue queue = queue(n);
        DeadlockGuard guard = guard();
        CyclicBarrier allHoldOne = new CyclicBarrier(n);
        AtomicInteger refused = new AtomicInteger();
        List<Future<?>> borrowers = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            boolean bound = i % 2 == 0;
            borrowers.add(threads.submit(() -> {
                Holder first = borrow(queue, guard, bound);
                try {
                    allHoldOne.await(10, TimeUnit.SECONDS);
                    giveBack(queue, borrow(queue, guard, bound));
                } catch (InVain e) {
                    assertThat(e.holders).hasSize(n);
                    refused.incrementAndGet();
                } finally {
                    giveBack(queue, first);
                }
                return null;
            }));
        }
        for (Future<?> borrower : borrowers) {
            borrower.get(10, TimeUnit.SECONDS);
        }
        assertThat(refused.get()).isOne();
        assertThat(queue.available()).isEqualTo(n);
    }

    @Test
    void fewerPermitsThanAreOutStillMakeACircle() throws Exception {
        PermitQueue queue = queue(2);
        DeadlockGuard guard = guard();
        Holder one = borrow(queue, guard, true);
        Holder two = borrow(queue, guard, true);
        queue.resize(-1);
        assertThatThrownBy(() -> borrow(queue, guard, true)).isInstanceOf(InVain.class);
        giveBack(queue, one);
        assertThatThrownBy(() -> borrow(queue, guard, true)).isInstanceOf(InVain.class);
        giveBack(queue, two);
        assertThat(queue.available()).isOne();
    }

    @Test
    void morePermitsEndTheWait() throws Exception {
        PermitQueue queue = queue(1);
        AtomicInteger asked = new AtomicInteger();
        DeadlockGuard guard = new DeadlockGuard(
                () -> {
                    // It asks twice at each look: at the second look the circle has lasted, and is none any more.
                    if (asked.incrementAndGet() == 3) {
                        Holder more = new Holder();
                        all.add(more);
                        free.add(more);
                        queue.resize(+1);
                    }
                    return all.stream();
                },
                InVain::new);
        // Not bound: the circle has to last.
        Holder one = borrow(queue, guard, false);
        Holder two = borrow(queue, guard, false);
        assertThat(asked).hasValueGreaterThanOrEqualTo(3);
        giveBack(queue, one);
        giveBack(queue, two);
    }
}
