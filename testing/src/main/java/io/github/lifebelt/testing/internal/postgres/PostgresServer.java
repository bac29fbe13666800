package io.github.lifebelt.testing.internal.postgres;

import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.internal.server.ServerLog;
import io.github.lifebelt.testing.internal.system.Cleanup;
import io.github.lifebelt.testing.internal.system.Command;
import io.github.lifebelt.testing.internal.system.Folders;
import io.github.lifebelt.testing.internal.system.Ports;
import io.github.lifebelt.testing.internal.system.RunAs;
import io.github.lifebelt.testing.internal.system.ServerProcess;
import io.github.lifebelt.testing.internal.system.SharedMemory;
import io.github.lifebelt.testing.internal.system.Waiting;
import io.github.lifebelt.testing.internal.system.Warden;
import io.github.lifebelt.testing.internal.system.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One PostgreSQL server run as a child process, and all that can be done to it from outside. What changes its state is
 * synchronized; {@link #isRunning} is not, so it answers while a start or stop is under way.
 */
public final class PostgresServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final Duration END = Duration.ofSeconds(10);
    private static final Duration SAME_PORT = Duration.ofSeconds(5);
    private static final int PORTS_TO_TRY = 10;

    private final PostgresBinaries binaries;
    private final RunAs runAs;
    private final Path folder;
    private final Path data;
    private final ServerLog log;
    private final Warden warden;
    private final Cleanup.Step atExit = this::close;

    private int port;
    private volatile @Nullable ServerProcess process;
    private boolean crashed;
    private boolean closed;

    /** Makes the data folder; the server is not started yet. */
    public PostgresServer(PostgresSettings settings) throws IOException {
        this.binaries = PostgresBinaries.get();
        this.runAs = RunAs.get(binaries.program("postgres"));
        this.folder = Folders.createReadable(Workspace.get().unused("postgres"));
        this.log = new ServerLog(folder.resolve("server.log"));
        this.warden = new Warden(folder);
        Cleanup.atExit(atExit);
        try {
            this.data = new PostgresDataFolder(binaries, runAs).create(folder, settings);
        } catch (IOException | RuntimeException e) {
            closeAfter(e);
            throw e;
        }
    }

    /** Does what takes long and only once, so that it can be done beside other preparations. */
    public static void prepare() throws IOException {
        PostgresBinaries binaries = PostgresBinaries.get();
        new PostgresDataFolder(binaries, RunAs.get(binaries.program("postgres"))).template();
    }

    /** Starts for the first time, on a port that is free. */
    public synchronized void startOnFreePort() {
        try {
            run("start", () -> {
                for (int i = 1; ; i++) {
                    port = Ports.reserve();
                    try {
                        launch();
                        return;
                    } catch (PortTakenException e) {
                        Ports.release(port);
                        if (i == PORTS_TO_TRY) {
                            throw e;
                        }
                    }
                }
            });
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
                awaitAccepting();
                return;
            }
            long deadline = System.nanoTime() + SAME_PORT.toNanos();
            while (true) {
                try {
                    launch();
                    return;
                } catch (PortTakenException e) {
                    if (System.nanoTime() - deadline >= 0) {
                        throw e;
                    }
                }
            }
        });
    }

    public synchronized void stop(StopMode mode) {
        refuseIfClosed();
        run("stop", () -> {
            ServerProcess running = process;
            if (running != null) {
                running.end(mode == StopMode.FAST ? "INT" : "QUIT", STOP);
                process = null;
            }
        });
    }

    /** Kills the server and all of its processes at once, as a lost machine does. */
    public synchronized void crash() {
        refuseIfClosed();
        run("crash", this::kill);
    }

    /** Kills one of the server's processes; returns when the server has noticed. */
    public synchronized void killBackend(long pid) {
        refuseIfClosed();
        refuseIfFrozen();
        run("crash a backend of", () -> {
            ServerProcess running = process;
            ProcessHandle backend = ProcessHandle.of(pid).orElse(null);
            if (running == null || backend == null || !running.isParentOf(backend)) {
                throw new IllegalArgumentException("Process " + pid + " is no process of the server on port " + port);
            }
            running.killChild(backend);
        });
    }

    public synchronized void freeze() {
        refuseIfClosed();
        run("freeze", () -> {
            ServerProcess running = process;
            if (running == null || running.isGone()) {
                throw new IllegalStateException("The server on port " + port + " does not run, so it cannot be frozen");
            }
            running.freeze();
        });
    }

    public synchronized void thaw() {
        refuseIfClosed();
        run("thaw", () -> {
            ServerProcess running = process;
            if (running != null) {
                running.thaw();
            }
        });
    }

    public boolean isRunning() {
        ServerProcess running = process;
        return running != null && !running.isGone();
    }

    /** Asks something that only the server can answer, so it must not be frozen; 0 if it does not run. */
    public synchronized int askWhileRunning(IntUnaryOperator question) {
        refuseIfClosed();
        refuseIfFrozen();
        return isRunning() ? question.applyAsInt(port) : 0;
    }

    public int port() {
        return port;
    }

    /** What the server wrote last. */
    public String logTail() {
        return log.tail();
    }

    /** Takes the server down the quickest way and removes all it had. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            endQuickly();
            if (crashed) {
                SharedMemory.removeLeftover(data);
            }
            Folders.delete(folder);
            warden.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove the server on port " + port + ": " + e.getMessage(), e);
        } finally {
            Ports.release(port);
            Cleanup.forget(atExit);
        }
    }

    private void launch() throws IOException {
        Files.deleteIfExists(PostmasterFile.in(data));
        log.mark();
        ProcessBuilder builder = new ProcessBuilder(runAs.command(
                        List.of(binaries.program("postgres"), "-D", data.toString(), "-c", "port=" + port)))
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()));
        Command.useNeutralEnvironment(builder.environment());
        long start = System.nanoTime();
        Process launched = builder.start();
        boolean settled = Waiting.until(
                START, () -> !launched.isAlive() || PostmasterFile.read(data).isReady());
        ProcessHandle postmaster = PostmasterFile.read(data).pid().stream()
                .boxed()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .findFirst()
                .orElse(launched.toHandle());
        process = new ServerProcess(postmaster, warden);
        crashed = false;
        if (log.saysPortIsTaken()) {
            kill();
            throw new PortTakenException("another process listens on that port");
        }
        if (!settled || !launched.isAlive()) {
            kill();
            throw new IOException(settled ? "it ended at once" : "it was not ready after " + START.toSeconds() + " s");
        }
        awaitAccepting();
        LOG.debug("PostgreSQL on port {} up after {} ms", port, (System.nanoTime() - start) / 1_000_000);
    }

    private void awaitAccepting() throws IOException {
        if (!Waiting.until(START, () -> !isRunning() || ReadyProbe.accepts(port))) {
            throw new IOException("it took no connections for " + START.toSeconds() + " s");
        }
        if (!isRunning()) {
            throw new IOException("it ended while it was waited for");
        }
    }

    private void kill() throws IOException {
        ServerProcess running = process;
        if (running != null) {
            crashed = true;
            running.kill();
            process = null;
        }
    }

    private void endQuickly() throws IOException {
        ServerProcess running = process;
        if (running != null) {
            try {
                running.end("QUIT", END);
                process = null;
            } catch (IOException e) {
                LOG.debug("The server on port {} is killed", port, e);
                kill();
            }
        }
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new IllegalStateException("The test database on port " + port + " is closed");
        }
    }

    private void refuseIfFrozen() {
        ServerProcess running = process;
        if (running != null && running.isFrozen()) {
            throw new IllegalStateException("The server on port " + port + " is frozen; thaw() it first");
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
                    String.format(
                            Locale.ROOT,
                            "Cannot %s the server on port %d: %s. The end of its log:%n%s",
                            what,
                            port,
                            e.getMessage(),
                            log.tail()),
                    e);
        }
    }

    /** The port was free when it was chosen and is not any more. */
    private static final class PortTakenException extends IOException {
        private static final long serialVersionUID = 1L;

        PortTakenException(String message) {
            super(message);
        }
    }
}
