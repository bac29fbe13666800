package io.github.lifebelt.testing.internal.server;

import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.system.Cleanup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/**
 * One server of whatever provider, and the rules that hold for all: one change after another, none after the end, no
 * question to a frozen one; every failure says what was tried, with the end of the server's log. What changes its state
 * is synchronized; {@link #isRunning} is not, so it answers while a start or stop is under way.
 */
public final class Server implements AutoCloseable {
    private final ServerEngine engine;
    private final Cleanup.Step atExit = this::closeAtExit;
    private volatile boolean closed;

    /** Takes over an engine whose server is not started yet. */
    public Server(ServerEngine engine) {
        this.engine = engine;
        Cleanup.atExit(atExit);
    }

    /** Starts for the first time; a server that cannot be started is removed. */
    public synchronized void startOrClose() {
        try {
            start();
        } catch (RuntimeException e) {
            closeAfter(e);
            throw e;
        }
    }

    /** Starts again on the same port; if it runs, only waits until it takes connections. */
    public synchronized void start() {
        refuseIfClosed();
        refuseIfFrozen();
        run("start", () -> {
            if (isRunning()) {
                engine.awaitAccepting();
            } else {
                engine.start();
            }
        });
    }

    /** Stops it, thawed if need be. */
    public synchronized void stop(StopMode mode) {
        refuseIfClosed();
        run("stop", () -> engine.stop(mode));
    }

    /** Kills the server and all of its processes at once, as a lost machine does. */
    public synchronized void crash() {
        refuseIfClosed();
        run("crash", engine::crash);
    }

    /** Kills one of the server's processes; returns when all sessions have ended for it. */
    public synchronized void killProcess(long pid) {
        refuseIfClosed();
        refuseIfFrozen();
        run("kill a process of", () -> engine.killProcess(pid));
    }

    /** Stops all in their tracks. */
    public synchronized void freeze() {
        refuseIfClosed();
        run("freeze", () -> {
            if (!isRunning()) {
                throw new IllegalStateException(
                        "The server on port " + port() + " does not run, so it cannot be frozen");
            }
            engine.freeze();
        });
    }

    /** Lets all go on. */
    public synchronized void thaw() {
        refuseIfClosed();
        run("thaw", engine::thaw);
    }

    /** Puts another certificate in place; the server still has to be told. */
    public synchronized void install(ServerCertificate certificate) {
        refuseIfClosed();
        run("give another certificate to", () -> engine.install(certificate));
    }

    /** Asks something that only the server can answer, so it must not be frozen; {@code otherwise} if it does not run. */
    public synchronized <T> T askWhileRunning(Supplier<T> question, T otherwise) {
        refuseIfClosed();
        refuseIfFrozen();
        return isRunning() ? question.get() : otherwise;
    }

    /** Whether it stands still. */
    public synchronized boolean isFrozen() {
        return engine.isFrozen();
    }

    /** Whether its process is there, frozen or not. */
    public boolean isRunning() {
        return engine.isRunning();
    }

    /** Whether it was taken down for good. */
    public boolean isClosed() {
        return closed;
    }

    /** What runs it; for those who know more of it than all have in common. */
    public ServerEngine engine() {
        return engine;
    }

    /** How it is called in messages. */
    public String description() {
        return engine.description();
    }

    /** Where clients connect to. */
    public String host() {
        return engine.host();
    }

    /** The port, always the same. */
    public int port() {
        return engine.port();
    }

    /** What the server wrote last. */
    public String logTail() {
        return engine.logTail();
    }

    /** Takes the server down the quickest way and removes all it had. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            engine.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove the server on port " + port() + ": " + e.getMessage(), e);
        } finally {
            Cleanup.forget(atExit);
        }
    }

    private synchronized void closeAtExit() throws IOException {
        if (!closed) {
            closed = true;
            engine.closeAtExit();
        }
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new IllegalStateException("The test database on port " + port() + " is closed");
        }
    }

    private void refuseIfFrozen() {
        if (engine.isFrozen()) {
            throw new IllegalStateException("The server on port " + port() + " is frozen; thaw() it first");
        }
    }

    private void closeAfter(Exception failure) {
        try {
            close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    private void run(String what, Action action) {
        try {
            action.run();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Cannot " + what + " the server on port " + port() + ": " + e.getMessage()
                            + ". The end of its log:\n" + engine.logTail(),
                    e);
        }
    }
}
