package io.github.lifebelt.internal.doctor;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Calls what has no deadline of its own, and waits no longer than one may. */
final class Bounded {
    private Bounded() {}

    /**
     * Waits for an answer.
     *
     * @throws java.util.concurrent.TimeoutException if there is none in time; the call is interrupted, and forgotten
     * @throws Exception what the call throws
     */
    static <T> T call(Duration limit, Callable<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, "lifebelt-doctor");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } finally {
            task.cancel(true);
        }
    }
}
