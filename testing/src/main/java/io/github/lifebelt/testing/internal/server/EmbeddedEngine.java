package io.github.lifebelt.testing.internal.server;

import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.system.Command;
import io.github.lifebelt.testing.internal.system.Folders;
import io.github.lifebelt.testing.internal.system.Ports;
import io.github.lifebelt.testing.internal.system.ServerProcess;
import io.github.lifebelt.testing.internal.system.Waiting;
import io.github.lifebelt.testing.internal.system.Warden;
import io.github.lifebelt.testing.internal.system.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server run as a child process, with a folder of its own and a warden that ends it should this JVM die. */
public final class EmbeddedEngine implements ServerEngine {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedEngine.class);
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final Duration END = Duration.ofSeconds(10);
    private static final int PORTS_TO_TRY = 10;

    private final EmbeddedPrograms programs;
    private final ServerSpec spec;
    private final Path folder;
    private final Path data;
    private final ServerLog log;
    private final Warden warden;

    private volatile int port;
    private volatile @Nullable ServerProcess process;
    private boolean crashed;

    /** Makes the data folder; the server is not started yet. */
    public EmbeddedEngine(EmbeddedPrograms programs, ServerSpec spec) throws IOException {
        this(programs, spec, programs::createData);
    }

    /** With a data folder made in another way, by copying a running server's for one. */
    public EmbeddedEngine(EmbeddedPrograms programs, ServerSpec spec, DataMaker dataMaker) throws IOException {
        this.programs = programs;
        this.spec = spec;
        this.folder = Folders.createReadable(unusedFolder(programs));
        this.log = new ServerLog(folder.resolve("server.log"));
        this.warden = new Warden(folder);
        try {
            this.data = dataMaker.create(folder, spec);
        } catch (IOException | RuntimeException e) {
            // The warden removes the folder.
            warden.close();
            throw e;
        }
    }

    /** Makes a data folder inside the given one. */
    public interface DataMaker {
        /** Returns the data folder. */
        Path create(Path folder, ServerSpec spec) throws IOException;
    }

    /** The data folder; for those who copy it. */
    public Path data() {
        return data;
    }

    /** What was asked for. */
    public ServerSpec spec() {
        return spec;
    }

    /** The programs it is run with. */
    public EmbeddedPrograms programs() {
        return programs;
    }

    @Override
    public String description() {
        return programs.name() + ", embedded";
    }

    @Override
    public String host() {
        return "localhost";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void start() throws IOException {
        if (port == 0) {
            startOnFreePort();
        } else {
            Ports.takeAgain(this::launch, PortTakenException.class::isInstance);
        }
    }

    @Override
    public void awaitAccepting() throws IOException {
        if (!Waiting.until(START, () -> !isRunning() || programs.accepts(port))) {
            throw new IOException("it took no connections for " + START.toSeconds() + " s");
        }
        if (!isRunning()) {
            throw new IOException("it ended while it was waited for");
        }
    }

    @Override
    public void stop(StopMode mode) throws IOException {
        ServerProcess running = process;
        if (running != null) {
            running.end(programs.signal(mode), STOP);
            process = null;
        }
    }

    @Override
    public void crash() throws IOException {
        ServerProcess running = process;
        if (running != null) {
            crashed = true;
            running.kill();
            process = null;
        }
    }

    @Override
    public void freeze() throws IOException {
        ServerProcess running = process;
        if (running != null) {
            running.freeze();
        }
    }

    @Override
    public void thaw() throws IOException {
        ServerProcess running = process;
        if (running != null) {
            running.thaw();
        }
    }

    @Override
    public boolean isFrozen() {
        ServerProcess running = process;
        return running != null && running.isFrozen();
    }

    @Override
    public boolean isRunning() {
        ServerProcess running = process;
        return running != null && !running.isGone();
    }

    @Override
    public void killProcess(long pid) throws IOException {
        if (!programs.hasProcessPerSession()) {
            throw new UnsupportedOperationException(programs.name()
                    + " has one process for all sessions, so there is none to kill for one; see killSession and crash");
        }
        ServerProcess running = process;
        ProcessHandle child = ProcessHandle.of(pid).orElse(null);
        if (running == null || child == null || !running.isParentOf(child)) {
            throw new IllegalArgumentException("Process " + pid + " is no process of the server on port " + port);
        }
        running.killChild(child);
    }

    @Override
    public void install(ServerCertificate certificate) throws IOException {
        programs.install(certificate, data);
    }

    @Override
    public String logTail() {
        return log.tail();
    }

    @Override
    public void close() throws IOException {
        try {
            endQuickly();
            if (crashed) {
                programs.afterCrash(data);
            }
            Folders.delete(folder);
            warden.close();
        } finally {
            Ports.release(port);
        }
    }

    private static Path unusedFolder(EmbeddedPrograms programs) throws IOException {
        Workspace workspace = Workspace.get();
        return programs.mayKeepDataInMemory() ? workspace.unusedForData("server") : workspace.unused("server");
    }

    private void startOnFreePort() throws IOException {
        for (int i = 1; ; i++) {
            int free = Ports.reserve();
            port = free;
            try {
                launch();
                return;
            } catch (PortTakenException e) {
                Ports.release(free);
                port = 0;
                if (i == PORTS_TO_TRY) {
                    throw e;
                }
            }
        }
    }

    private void launch() throws IOException {
        programs.beforeStart(data, port);
        log.mark();
        ProcessBuilder builder = new ProcessBuilder(programs.command(data, port, spec))
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()));
        Command.useNeutralEnvironment(builder.environment());
        // What a server that is a client too would look for there (keys, passwords) is not its own.
        builder.environment().put("HOME", folder.toString());
        long start = System.nanoTime();
        Process launched = builder.start();
        boolean settled = Waiting.until(START, () -> !launched.isAlive() || programs.isReady(data));
        process = new ServerProcess(programs.mainProcess(data).orElse(launched.toHandle()), warden);
        crashed = false;
        if (programs.saysPortIsTaken(log.sinceMark())) {
            crash();
            throw new PortTakenException("another process listens on that port");
        }
        if (!settled || !launched.isAlive()) {
            crash();
            throw new IOException(settled ? "it ended at once" : "it was not ready after " + START.toSeconds() + " s");
        }
        awaitAccepting();
        LOG.debug("{} on port {} up after {} ms", programs.name(), port, (System.nanoTime() - start) / 1_000_000);
    }

    private void endQuickly() throws IOException {
        ServerProcess running = process;
        if (running != null) {
            try {
                running.end(programs.signalToDiscard(), END);
                process = null;
            } catch (IOException e) {
                LOG.debug("The server on port {} is killed", port, e);
                crash();
            }
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
