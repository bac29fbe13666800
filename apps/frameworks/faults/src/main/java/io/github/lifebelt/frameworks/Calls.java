package io.github.lifebelt.frameworks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Calls at the same time, and what became of them. */
final class Calls {
    /** Far beyond every limit that is tested: a call that never ends is a failure, not a hanging build. */
    private static final Duration NEVER = Duration.ofSeconds(30);

    private Calls() {}

    /** @param failure null if it succeeded */
    record Call(Duration took, @Nullable Throwable failure) {
        boolean succeeded() {
            return failure == null;
        }
    }

    /** Something that an application does. */
    @FunctionalInterface
    interface Work {
        void run(int number) throws Exception;
    }

    static List<Call> together(int count, Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count, Calls::daemon);
        try {
            List<Callable<Call>> tasks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                tasks.add(() -> call(() -> work.run(number)));
            }
            List<Call> calls = new ArrayList<>();
            for (Future<Call> future : threads.invokeAll(tasks, NEVER.toSeconds(), TimeUnit.SECONDS)) {
                calls.add(future.isCancelled() ? new Call(NEVER, new AssertionError("it never ended")) : future.get());
            }
            return calls;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Something that may fail. */
    @FunctionalInterface
    interface Attempt {
        void run() throws Exception;
    }

    static Call call(Attempt attempt) {
        long start = System.nanoTime();
        Throwable failure = null;
        try {
            attempt.run();
        } catch (Exception | Error e) {
            failure = e;
        }
        return new Call(Duration.ofNanos(System.nanoTime() - start), failure);
    }

    /** @return the first of that type, the failure itself or a cause of it; null if there is none */
    static <T extends Throwable> @Nullable T cause(@Nullable Throwable failure, Class<T> type) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return type.cast(t);
            }
        }
        return null;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "caller");
        thread.setDaemon(true);
        return thread;
    }
}
