package io.github.lifebelt.internal.pool;

import io.github.lifebelt.internal.jdbc.PoolThread;
import io.github.lifebelt.internal.pool.Gate.Closure;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for a database that cannot be had until it can. One thread, and only while there is something to look for: n
 * borrowers that each try for themselves make n times the connects and are no sooner served.
 */
final class Prober {

    /**
     * How often to look: at first, and after five seconds twice as rarely each time.
     *
     * <p>Half a period of jitter once the rush is over, so that a fleet that lost its server at one moment does not
     * return at one.
     */
    private enum Cadence {
        /** Nobody is there: a look costs next to nothing, and every moment counts. */
        GONE(50, 1_000),
        /** At its limit: each look makes it start a process or a thread. */
        FULL(250, 1_000),
        /** It refuses us until somebody changes something. */
        REFUSES(1_000, 10_000),
        /** Each look is a login that may count against the account. */
        REJECTS_LOGIN(5_000, 60_000),
        /** It works, and takes no writes. */
        READ_ONLY(500, 10_000),
        /** Borrowers are being admitted. */
        RECOVERS(100, 100);

        private static final long RUSH_NANOS = TimeUnit.SECONDS.toNanos(5);

        private final long firstNanos;
        private final long lastNanos;

        Cadence(long firstMillis, long lastMillis) {
            firstNanos = TimeUnit.MILLISECONDS.toNanos(firstMillis);
            lastNanos = TimeUnit.MILLISECONDS.toNanos(lastMillis);
        }

        static Cadence of(Gate gate) {
            Closure closure = gate.closure();
            if (closure == null) {
                return gate.isOpen() ? READ_ONLY : RECOVERS;
            }
            return switch (closure.verdict()) {
                case AT_CAPACITY -> FULL;
                case AUTHENTICATION -> REJECTS_LOGIN;
                case REFUSED -> REFUSES;
                default -> GONE;
            };
        }

        /** The pause after one that followed the given pause; 0 is the first. */
        long next(long pauseNanos, long sinceNanos) {
            if (pauseNanos == 0 || sinceNanos < RUSH_NANOS) {
                return firstNanos;
            }
            return Math.min(lastNanos, pauseNanos * 2);
        }

        long jittered(long pauseNanos) {
            return pauseNanos == firstNanos
                    ? pauseNanos
                    : pauseNanos - ThreadLocalRandom.current().nextLong(pauseNanos / 2);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    // How soon new credentials are noticed while old ones are rejected.
    private static final long LOOK_AT_CREDENTIALS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String threadName;
    private final Outages outages;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    Prober(String pool, Outages outages) {
        this.threadName = pool + ":prober";
        this.outages = outages;
    }

    /** Starts probing. If it is going on, it takes notice of what has changed. */
    void start() {
        if (!closed && running.compareAndSet(false, true)) {
            Thread started = new PoolThread(this::run, threadName);
            thread = started;
            started.start();
        } else {
            LockSupport.unpark(thread);
        }
    }

    boolean isRunning() {
        return running.get();
    }

    /** Takes notice of what has changed. */
    void lookAround() {
        LockSupport.unpark(thread);
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        try {
            probeWhileWanted();
        } finally {
            running.set(false);
            if (outages.wantsProbing()) {
                // Something has happened between our last look and now.
                start();
            }
        }
    }

    private void probeWhileWanted() {
        Cadence cadence = null;
        long begin = 0;
        long pause = 0;
        while (!closed && outages.wantsProbing()) {
            // What closed the gate has just been seen: the first look comes after the first pause, but for a server
            // that is gone, which is worth a millisecond.
            Cadence now = Cadence.of(outages.gate());
            if (now != cadence) {
                begin = System.nanoTime();
                pause = 0;
                cadence = now;
                if (now != Cadence.GONE) {
                    pause = pauseFor(now, pause, begin, 0);
                    continue;
                }
            }
            long lookBegin = System.nanoTime();
            look();
            if (Cadence.of(outages.gate()) == cadence) {
                pause = pauseFor(cadence, pause, begin, System.nanoTime() - lookBegin);
            }
        }
    }

    /**
     * Waits, and gives the period that was due before jitter. It counts from the beginning of the last look: one that
     * took long, for a server that is there and not ready, is not to make the next one late.
     */
    private long pauseFor(Cadence cadence, long before, long begin, long lookNanos) {
        long pause = cadence.next(before, System.nanoTime() - begin);
        long jittered = Math.max(SHORTEST_PAUSE_NANOS, cadence.jittered(pause) - lookNanos);
        outages.gate().nextProbeAt(Instant.now().plus(Duration.ofNanos(jittered)));
        long until = System.nanoTime() + jittered;
        for (long left = jittered;
                left > 0 && !closed && outages.wantsProbing() && Cadence.of(outages.gate()) == cadence;
                left = until - System.nanoTime()) {
            if (cadence == Cadence.REJECTS_LOGIN) {
                LockSupport.parkNanos(this, Math.min(left, LOOK_AT_CREDENTIALS_NANOS));
                if (!outages.wantsRareLogins()) {
                    break;
                }
            } else {
                LockSupport.parkNanos(this, left);
            }
        }
        return pause;
    }

    private void look() {
        try {
            outages.probe();
        } catch (RuntimeException e) {
            LOG.warn("probing has failed for a reason that is not the database's", e);
        }
    }
}
