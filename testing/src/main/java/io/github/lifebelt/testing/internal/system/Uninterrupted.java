package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Work that an interrupt of the caller must not reach, because it closes the channel that is being talked through. It is
 * done on a thread of its own while the caller waits; the interrupt is kept for the caller.
 */
public final class Uninterrupted {
    private Uninterrupted() {}

    /** Work with a result. */
    public interface Question<T> {
        T ask() throws IOException;
    }

    /** Work without one. */
    public interface Action {
        void run() throws IOException;
    }

    /** Does the work and returns or throws what it does. */
    public static <T> T ask(Question<T> question) throws IOException {
        try {
            return CompletableFuture.supplyAsync(() -> answer(question), Uninterrupted::runOnThread)
                    .join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof UncheckedIOException unchecked) {
                throw unchecked.getCause();
            }
            if (cause instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    /** Does the work and throws what it does. */
    public static void run(Action action) throws IOException {
        ask(() -> {
            action.run();
            return true;
        });
    }

    private static <T> T answer(Question<T> question) {
        try {
            return question.ask();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void runOnThread(Runnable task) {
        Thread thread = new Thread(task, "lifebelt-testing-uninterrupted");
        thread.setDaemon(true);
        thread.start();
    }
}
