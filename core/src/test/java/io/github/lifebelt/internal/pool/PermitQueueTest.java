package io.github.lifebelt.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
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

@Tag("smoke")
class PermitQueueTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void givesEachPermitOnce() {
        PermitQueue queue = new PermitQueue(2);
        assertThat(queue.tryAcquire()).isTrue();
        assertThat(queue.tryAcquire()).isTrue();
        assertThat(queue.tryAcquire()).isFalse();
        queue.release();
        assertThat(queue.tryAcquire()).isTrue();
    }

    @Test
    void aWaiterGivesUpAtItsDeadline() throws Exception {
        PermitQueue queue = new PermitQueue(0);
        Duration shortest = Duration.ofDays(1);
        for (int i = 0; i < 5; i++) {
            long begin = System.nanoTime();
            assertThat(acquire(queue, Duration.ofMillis(50))).isFalse();
            Duration waited = Duration.ofNanos(System.nanoTime() - begin);
            assertThat(waited).isGreaterThanOrEqualTo(Duration.ofMillis(50));
            shortest = waited.compareTo(shortest) < 0 ? waited : shortest;
        }
        // A busy machine makes some longer, and none shorter.
        assertThat(shortest).isLessThan(Duration.ofMillis(300));
        assertThat(queue.pending()).isZero();
    }

    @Test
    void aReturnWakesAWaiter() throws Exception {
        PermitQueue queue = new PermitQueue(1);
        assertThat(queue.tryAcquire()).isTrue();
        Future<Boolean> waiter = threads.submit(() -> acquire(queue, Duration.ofSeconds(10)));
        await().until(() -> queue.pending() == 1);
        queue.release();
        assertThat(waiter.get(5, TimeUnit.SECONDS)).isTrue();
        assertThat(queue.available()).isZero();
    }

    @Test
    void anOldWaiterIsHandedThePermitAheadOfNewcomers() throws Exception {
        PermitQueue queue = new PermitQueue(1);
        assertThat(queue.tryAcquire()).isTrue();
        Future<Boolean> waiter = threads.submit(() -> acquire(queue, Duration.ofSeconds(10)));
        await().pollInterval(Duration.ofMillis(1))
                .until(() -> queue.oldestWaitNanos() > TimeUnit.MILLISECONDS.toNanos(20));
        queue.release();
        // Handed over: the count never rose, so nobody could have taken it in between.
        assertThat(queue.tryAcquire()).isFalse();
        assertThat(waiter.get(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anInterruptEndsTheWaitAndHoldsNoPermit() throws Exception {
        PermitQueue queue = new PermitQueue(0);
        Future<Boolean> waiter = threads.submit(() -> acquire(queue, Duration.ofSeconds(10)));
        await().until(() -> queue.pending() == 1);
        waiter.cancel(true);
        await().until(() -> queue.pending() == 0);
        queue.release();
        assertThat(queue.tryAcquire()).isTrue();
    }

    @Test
    void patienceEndsTheWaitWhenWoken() {
        PermitQueue queue = new PermitQueue(0);
        AtomicInteger asked = new AtomicInteger();
        Future<Boolean> waiter = threads.submit(() -> queue.acquire(System.nanoTime(), () -> {
            if (asked.incrementAndGet() > 1) {
                throw new SQLException("enough");
            }
            return System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        }));
        await().until(() -> asked.get() == 1);
        await().until(() -> {
            queue.wakeAll();
            return waiter.isDone();
        });
        assertThatThrownBy(waiter::get).isInstanceOf(ExecutionException.class).hasRootCauseMessage("enough");
        assertThat(queue.pending()).isZero();
    }

    @Test
    void fewerPermitsAreADebtThatReturnsPayOff() {
        PermitQueue queue = new PermitQueue(3);
        for (int i = 0; i < 3; i++) {
            assertThat(queue.tryAcquire()).isTrue();
        }
        queue.resize(-2);
        queue.release();
        queue.release();
        assertThat(queue.tryAcquire()).isFalse();
        queue.release();
        assertThat(queue.tryAcquire()).isTrue();
        queue.resize(+1);
        assertThat(queue.tryAcquire()).isTrue();
    }

    /** Time-outs, interrupts, hand-overs and barging against each other: no permit is lost, none is doubled. */
    @RepeatedTest(5)
    void permitsAreConservedUnderEverythingAtOnce() throws Exception {
        int permits = 3;
        PermitQueue queue = new PermitQueue(permits);
        AtomicInteger out = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        List<Future<?>> borrowers = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            borrowers.add(threads.submit(() -> {
                ThreadLocalRandom random = ThreadLocalRandom.current();
                for (int round = 0; round < 300; round++) {
                    if (random.nextInt(20) == 0) {
                        Thread.currentThread().interrupt();
                    }
                    boolean acquired;
                    try {
                        acquired = acquire(queue, Duration.ofNanos(random.nextInt(10_000_000)));
                    } catch (InterruptedException e) {
                        continue;
                    }
                    Thread.interrupted();
                    if (acquired) {
                        most.accumulateAndGet(out.incrementAndGet(), Math::max);
                        LockSupport.parkNanos(random.nextInt(200_000));
                        out.decrementAndGet();
                        served.incrementAndGet();
                        queue.release();
                    }
                }
                return null;
            }));
        }
        for (Future<?> borrower : borrowers) {
            borrower.get(60, TimeUnit.SECONDS);
        }
        assertThat(most.get()).isLessThanOrEqualTo(permits);
        assertThat(served.get()).isPositive();
        assertThat(queue.pending()).isZero();
        assertThat(queue.available()).isEqualTo(permits);
    }

    private static boolean acquire(PermitQueue queue, Duration timeout) throws InterruptedException, SQLException {
        long now = System.nanoTime();
        return queue.acquire(now, () -> now + timeout.toNanos());
    }
}
