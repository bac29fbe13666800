package io.github.lifebelt.spi;

import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups of host names that one can stop waiting for. A resolver has no time-out that a caller could set, and the
 * JDK's may take half a minute when a name server is gone, so it is asked on a thread of its own, which lives some seconds
 * to serve the next.
 *
 * <p>Whoever asks while the same resolver is being asked for the same host waits for that answer: a look-up that is stuck
 * holds one thread, however many want to connect. One that is stuck for long is given up and the resolver asked again, but
 * not without end. An answer of the JDK's, which keeps answers for half a minute by itself, is given out again for some
 * milliseconds, so that a pool which connects anew all at once does not wait for one thread after the other.
 */
final class LookUps {

    /** For how long somebody goes on waiting. */
    interface Patience {
        /** More than zero; throws when it is over. */
        long nanosLeft() throws IOException;
    }

    private record Question(HostResolver resolver, String host) {}

    /** A system that asks three name servers twice needs 30 s to say that none answers. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(45);

    private static final int MOST_STUCK = 3;
    private static final long IDLE_SECONDS = 2;
    // Far below what any name's owner reckons with, and longer than a burst of connects takes.
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final Map<Question, LookUp> GOING_ON = new ConcurrentHashMap<>();
    private static final ExecutorService THREADS = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), LookUps::newThread);

    private LookUps() {}

    // Nothing of whoever happens to be the first: neither its inheritable values nor, between look-ups, its class
    // loader.
    private static Thread newThread(Runnable work) {
        Thread thread = new Thread(null, work, "lifebelt-look-up", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        return thread;
    }

    /**
     * At least one address.
     *
     * @throws UnknownHostException if there is none
     * @throws IOException what the patience throws when it is over
     */
    static List<InetAddress> addresses(HostResolver resolver, String host, Patience patience) throws IOException {
        if (isIpAddress(host)) {
            return List.of(InetAddress.getByName(host));
        }
        LookUp lookUp = GOING_ON.compute(new Question(resolver, host), LookUp::sameOrNew);
        lookUp.startOnce();
        return lookUp.await(patience);
    }

    // No name has a colon, and none consists of digits and dots alone.
    static boolean isIpAddress(String host) {
        return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }

    private static UnknownHostException unknown(Question asked, @Nullable Exception cause) {
        String why = cause == null ? "" : " (" + cause + ")";
        UnknownHostException unknown = new UnknownHostException(
                asked.resolver == HostResolver.JDK
                        ? "no address is known for host '" + asked.host + "'" + why
                                + "; correct the name in the URL, or see why DNS does not answer here"
                        : "the pool's resolver has no address for host '" + asked.host + "'" + why
                                + "; correct the name in the URL, or what PoolBuilder.resolver was given");
        if (cause != null) {
            unknown.initCause(cause);
        }
        return unknown;
    }

    private static final class LookUp implements Runnable {
        private final Question question;
        private final long begun = System.nanoTime();
        private final int stuckBefore;
        private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
        private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();
        private boolean started;
        private List<InetAddress> found = List.of();
        private @Nullable Throwable failure;
        private volatile boolean done;
        // While it is done, not failed, and still found by others.
        private volatile long answered;

        private LookUp(Question question, int stuckBefore) {
            this.question = question;
            this.stuckBefore = stuckBefore;
        }

        static LookUp sameOrNew(Question question, @Nullable LookUp goingOn) {
            if (goingOn == null) {
                return new LookUp(question, 0);
            }
            if (goingOn.done) {
                return System.nanoTime() - goingOn.answered < FRESH_NANOS ? goingOn : new LookUp(question, 0);
            }
            boolean givenUp = System.nanoTime() - goingOn.begun > STUCK_NANOS && goingOn.stuckBefore < MOST_STUCK;
            return givenUp ? new LookUp(question, goingOn.stuckBefore + 1) : goingOn;
        }

        synchronized void startOnce() {
            if (!started) {
                try {
                    THREADS.execute(this);
                    started = true;
                } finally {
                    if (!started) {
                        // The system has no thread left.
                        GOING_ON.remove(question, this);
                    }
                }
            }
        }

        @Override
        @SuppressWarnings("CatchingUnchecked") // what it throws belongs to whoever waits
        public void run() {
            Thread.currentThread().setContextClassLoader(loader);
            try {
                found = List.copyOf(question.resolver.resolve(question.host));
            } catch (UnknownHostException | RuntimeException | Error e) {
                failure = e;
            } finally {
                Thread.currentThread().setContextClassLoader(null);
                if (!isKept()) {
                    GOING_ON.remove(question, this);
                }
                answered = System.nanoTime();
                done = true;
                waiting.forEach(LockSupport::unpark);
            }
            if (isKept()) {
                letGoOnceStale();
            }
        }

        /** Whoever brings a resolver is asked for each connect. */
        private boolean isKept() {
            return failure == null && question.resolver == HostResolver.JDK;
        }

        /** On this thread, which has nothing else to do: nobody else would take the answer out. */
        private void letGoOnceStale() {
            long left = answered + FRESH_NANOS - System.nanoTime();
            while (left > 0) {
                // A resolver may have left the flag, and nobody would wait with it.
                Thread.interrupted();
                LockSupport.parkNanos(this, left);
                left = answered + FRESH_NANOS - System.nanoTime();
            }
            GOING_ON.remove(question, this);
        }

        /** As a socket waits: an interrupt does not end it, and is restored. */
        List<InetAddress> await(Patience patience) throws IOException {
            boolean interrupted = false;
            Thread waiter = Thread.currentThread();
            waiting.add(waiter);
            try {
                while (!done) {
                    interrupted |= Thread.interrupted();
                    long left = patience.nanosLeft();
                    if (!done) {
                        LockSupport.parkNanos(this, left);
                    }
                }
            } finally {
                waiting.remove(waiter);
                if (interrupted) {
                    waiter.interrupt();
                }
            }
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null || found.isEmpty()) {
                throw unknown(question, (Exception) failure);
            }
            return found;
        }
    }
}
