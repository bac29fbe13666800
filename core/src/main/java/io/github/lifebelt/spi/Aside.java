package io.github.lifebelt.spi;

import io.github.lifebelt.spi.ConnectRequest.Stranger;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Somebody else's code, on a thread of its own, because nothing can make it return in time. Who waits for it does so no
 * longer than wanted; what it brings too late is closed.
 *
 * <p>{@link #end} may be called from any thread.
 */
final class Aside<T extends AutoCloseable> {

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final Stranger<T> stranger;

    Aside(Stranger<T> stranger) {
        this.stranger = stranger;
    }

    /** As with the sockets of a request, an interrupt ends nothing and is there again afterwards. */
    T get(long untilNanos) throws SQLException, IOException {
        Thread thread = new Thread(this::run, "lifebelt-socket-factory");
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    return result.get(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    // Unless it has just come, and then it is taken.
                    end(new SocketTimeoutException("deadline passed while a socket factory connected"));
                } catch (ExecutionException e) {
                    throw rethrown(Objects.requireNonNullElse(e.getCause(), e));
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        try {
            T made = stranger.call();
            if (!result.complete(made)) {
                made.close();
            }
        } catch (Exception | Error e) {
            result.completeExceptionally(e);
        }
    }

    /** Whoever waits fails with this. */
    void end(IOException reason) {
        result.completeExceptionally(reason);
    }

    private static RuntimeException rethrown(Throwable failure) throws SQLException, IOException {
        if (failure instanceof SQLException sql) {
            throw sql;
        }
        if (failure instanceof IOException io) {
            throw io;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
    }
}
