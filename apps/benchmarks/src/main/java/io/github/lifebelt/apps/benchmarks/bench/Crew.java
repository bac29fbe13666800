package io.github.lifebelt.apps.benchmarks.bench;

import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * So many threads of a kind.
 *
 * @param threads how many
 * @param virtual whether they are virtual ones
 */
record Crew(int threads, boolean virtual) {

    static final String NEEDS = "needs JDK 21";

    static Crew of(int threads) {
        return new Crew(threads, false);
    }

    static Crew ofVirtual(int threads) {
        return new Crew(threads, true);
    }

    String describe() {
        return threads + (virtual ? " virtual" : "") + (threads == 1 ? " thread" : " threads");
    }

    /** Empty if this JVM has no such threads. They do not keep the JVM: one that hangs is left behind. */
    Optional<ExecutorService> muster() {
        if (virtual) {
            return virtualThreads();
        }
        AtomicInteger made = new AtomicInteger();
        return Optional.of(Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "crew-" + made.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        }));
    }

    // By name, because this is compiled for older ones than have it.
    private static Optional<ExecutorService> virtualThreads() {
        try {
            return Optional.of((ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            // Before 19 there is none, and in 19 and 20 it refuses to be called without a switch.
            return Optional.empty();
        }
    }
}
