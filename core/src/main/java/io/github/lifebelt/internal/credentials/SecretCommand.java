package io.github.lifebelt.internal.credentials;

import io.github.lifebelt.internal.jdbc.PoolThread;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A program whose first line of output is the secret: the clouds' command-line tools, or one's own. */
public record SecretCommand(@Nullable String user, List<String> command, Duration timeout) implements Named {
    private static final int LONGEST = 1 << 16;
    // What is still to be read of a process that has ended.
    private static final long DRAIN_MILLIS = 1_000;

    @Override
    public Credentials get() throws SQLException {
        Process process = start();
        try {
            process.getOutputStream().close();
            CompletableFuture<String> out = read(process.getInputStream());
            CompletableFuture<String> err = read(process.getErrorStream());
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new SQLException("it did not end within " + timeout.toMillis() + " ms, and was ended");
            }
            if (process.exitValue() != 0) {
                throw new SQLException("it has ended with " + process.exitValue() + said(drained(err)));
            }
            String secret = drained(out).lines().findFirst().orElse("");
            check(secret);
            return new Credentials(user, secret, TokenExpiry.of(secret));
        } catch (IOException e) {
            throw new SQLException("its output cannot be read: " + e.getClass().getSimpleName(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("it was not waited for any longer, and was ended", e);
        } finally {
            end(process.toHandle());
        }
    }

    private Process start() throws SQLException {
        try {
            return new ProcessBuilder(command).start();
        } catch (IOException e) {
            // Its message repeats the arguments on some systems.
            throw new SQLException("it cannot be started: no such program, or not for this user");
        }
    }

    /** On threads of their own: a process that fills one pipe while we read the other would wait for ever. */
    private static CompletableFuture<String> read(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        new PoolThread(
                        () -> {
                            try (stream) {
                                text.complete(new String(stream.readNBytes(LONGEST), StandardCharsets.UTF_8));
                                stream.transferTo(OutputStream.nullOutputStream());
                            } catch (IOException e) {
                                text.completeExceptionally(e);
                            }
                        },
                        "lifebelt:command-output")
                .start();
        return text;
    }

    private static String drained(CompletableFuture<String> text) throws IOException, InterruptedException {
        try {
            return text.get(DRAIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the pipe was not closed", e);
        }
    }

    /** The beginning of its complaint, which is for people; the rest may repeat anything. */
    private static String said(String complaint) {
        String line = Scrub.text(complaint, List.of());
        return line.isEmpty() ? "" : " and says: " + line;
    }

    private static void check(String secret) throws SQLException {
        if (secret.isBlank()) {
            throw new SQLException("its output begins with no secret, but an empty line");
        }
        if (secret.startsWith("{") || secret.startsWith("[")) {
            throw new SQLException("its output is JSON, and the first line is to be the secret alone: for az"
                    + " write --query accessToken --output tsv");
        }
    }

    /** With all that it has started: a shell's child keeps the pipes open. */
    private static void end(ProcessHandle process) {
        List<ProcessHandle> children = process.children().toList();
        // First, or it would go on with its next command when the one that it waits for ends.
        process.destroyForcibly();
        children.forEach(SecretCommand::end);
    }

    @Override
    public String description() {
        return "the command " + command.get(0);
    }

    @Override
    public String toString() {
        return description();
    }
}
