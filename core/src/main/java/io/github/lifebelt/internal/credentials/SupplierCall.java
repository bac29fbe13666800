package io.github.lifebelt.internal.credentials;

import io.github.lifebelt.internal.jdbc.PoolThread;
import io.github.lifebelt.security.CredentialsProvider;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One call of the supplier, on a thread of its own: whoever waits for it keeps a deadline, and who comes later waits for
 * the same call.
 */
final class SupplierCall {

    /** Hears how it ended, before those who wait do, on the thread of the call. */
    interface End {
        void ended(SupplierCall call, @Nullable Credentials answer, @Nullable Throwable failure);
    }

    private final CredentialsProvider supplier;
    private final End end;
    private final long beginNanos = System.nanoTime();
    private final CompletableFuture<Credentials> answer = new CompletableFuture<>();
    private final Thread thread;

    SupplierCall(String pool, CredentialsProvider supplier, End end) {
        this.supplier = supplier;
        this.end = end;
        this.thread = new PoolThread(this::run, pool + ":credentials");
    }

    void start() {
        thread.start();
    }

    private void run() {
        Credentials got = null;
        Throwable failure = null;
        try {
            got = supplier.get();
            if (got == null) {
                failure = new SQLException("it gave null");
            }
        } catch (Throwable e) {
            // Also an Error: those who wait are to hear of it, and nobody else would.
            failure = e;
        }
        try {
            end.ended(this, got, failure);
        } finally {
            if (failure == null) {
                answer.complete(got);
            } else {
                answer.completeExceptionally(failure);
            }
        }
    }

    /** Whether it was begun after the given moment, and so has seen what was so then. */
    boolean begunSince(long nanos) {
        return beginNanos - nanos >= 0;
    }

    long ageNanos() {
        return System.nanoTime() - beginNanos;
    }

    void interrupt() {
        thread.interrupt();
    }

    /** Waits for the answer. An interrupt does not end it: it is no news about the supplier, and time is bounded. */
    Credentials await(long untilNanos) throws ExecutionException, TimeoutException {
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    return answer.get(Math.max(0, untilNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
