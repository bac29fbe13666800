package io.github.lifebelt.apps.service;

import io.github.lifebelt.apps.service.Bank.Transfer;
import io.github.lifebelt.tx.DatabaseException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Callers that transfer all the time, so that there is something to see. */
final class Load implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Load.class);

    private static final int LEAST_PAUSE_MILLIS = 5;
    private static final int MOST_PAUSE_MILLIS = 30;
    private static final int PAUSE_AFTER_FAILURE_MILLIS = 250;
    private static final int MOST_AMOUNT = 10;
    private static final long WIND_DOWN_MILLIS = 3_000;

    private final Bank bank;
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    Load(Bank bank, int threads) {
        this.bank = bank;
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 1; i <= threads; i++) {
            SplittableRandom own = random.split();
            this.threads.add(new Thread(() -> work(own), "load-" + i));
        }
        this.threads.forEach(Thread::start);
    }

    private void work(SplittableRandom random) {
        try {
            int pause;
            do {
                pause = transfer(random)
                        ? random.nextInt(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS)
                        : PAUSE_AFTER_FAILURE_MILLIS;
            } while (!over.await(pause, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean transfer(SplittableRandom random) {
        int from = random.nextInt(1, Bank.ACCOUNTS + 1);
        int to = (from + random.nextInt(Bank.ACCOUNTS - 1)) % Bank.ACCOUNTS + 1;
        try {
            bank.transfer(new Transfer(from, to, random.nextInt(1, MOST_AMOUNT + 1)));
            return true;
        } catch (Bank.Declined e) {
            return true;
        } catch (DatabaseException e) {
            LOG.warn("a transfer failed, effect {}: {}", e.effect(), e.getMessage());
            return false;
        }
    }

    /** Lets each finish its transfer; whoever hangs is left to the pool's end. */
    @Override
    public void close() {
        over.countDown();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WIND_DOWN_MILLIS);
        for (Thread thread : threads) {
            try {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
