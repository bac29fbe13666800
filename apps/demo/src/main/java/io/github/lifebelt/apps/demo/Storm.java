package io.github.lifebelt.apps.demo;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Ends all of the pool's sessions again and again, and restarts the server once, half-way. */
final class Storm {
    private static final Duration PERIOD = Duration.ofMillis(200);

    private final Target target;
    private final Duration lasts;
    private final CountDownLatch over;
    private final AtomicLong kills = new AtomicLong();
    private final AtomicLong restarts = new AtomicLong();

    Storm(Target target, Duration lasts, CountDownLatch over) {
        this.target = target;
        this.lasts = lasts;
        this.over = over;
    }

    /** Rages until all is over. */
    void rage() throws InterruptedException {
        long start = System.nanoTime();
        long halfWay = start + lasts.toNanos() / 2;
        long next = start + PERIOD.toNanos();
        boolean restart = target.canRestart();
        while (!over.await(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            if (restart && System.nanoTime() - halfWay >= 0) {
                restart = false;
                target.restart();
                restarts.incrementAndGet();
            } else {
                kills.addAndGet(target.killSessions());
            }
            // Rounds that a restart took up are not made up for.
            next = Math.max(next + PERIOD.toNanos(), System.nanoTime());
        }
    }

    /** How many sessions were ended. */
    long kills() {
        return kills.get();
    }

    long restarts() {
        return restarts.get();
    }
}
