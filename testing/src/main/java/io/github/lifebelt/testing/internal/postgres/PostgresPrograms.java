package io.github.lifebelt.testing.internal.postgres;

import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.server.CertificateFiles;
import io.github.lifebelt.testing.internal.server.EmbeddedPrograms;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.system.RunAs;
import io.github.lifebelt.testing.internal.system.SharedMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's programs of the class path, run as child processes. */
public final class PostgresPrograms implements EmbeddedPrograms {
    private final PostgresBinaries binaries;
    private final RunAs runAs;
    private final PostgresDataFolder folders;

    private PostgresPrograms(PostgresBinaries binaries) {
        this.binaries = binaries;
        this.runAs = RunAs.get(binaries.program("postgres"));
        this.folders = new PostgresDataFolder(binaries, runAs);
    }

    /** The programs of the wanted version, or of whichever there is; unpacks them on first use. */
    public static PostgresPrograms get(@Nullable String version) throws IOException {
        return new PostgresPrograms(PostgresBinaries.get(version));
    }

    @Override
    public void prepare() throws IOException {
        folders.template();
    }

    @Override
    public String name() {
        return "PostgreSQL " + binaries.version();
    }

    @Override
    public Path createData(Path folder, ServerSpec spec) throws IOException {
        return folders.create(folder, spec);
    }

    @Override
    public List<String> command(Path data, int port, ServerSpec spec) {
        return runAs.command(List.of(binaries.program("postgres"), "-D", data.toString(), "-c", "port=" + port));
    }

    @Override
    public void beforeStart(Path data, int port) throws IOException {
        Files.deleteIfExists(PostmasterFile.in(data));
    }

    @Override
    public boolean isReady(Path data) {
        return PostmasterFile.read(data).isReady();
    }

    @Override
    public Optional<ProcessHandle> mainProcess(Path data) {
        return PostmasterFile.read(data).pid().stream()
                .boxed()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .findFirst();
    }

    @Override
    public boolean accepts(int port) {
        return ReadyProbe.accepts(port);
    }

    /** It goes on if it has another address. */
    @Override
    public boolean saysPortIsTaken(String log) {
        return log.contains("could not bind");
    }

    @Override
    public String signal(StopMode mode) {
        return mode == StopMode.FAST ? "INT" : "QUIT";
    }

    @Override
    public boolean hasProcessPerSession() {
        return true;
    }

    @Override
    public void install(ServerCertificate certificate, Path data) throws IOException {
        CertificateFiles.install(certificate, data, runAs);
    }

    @Override
    public void afterCrash(Path data) {
        SharedMemory.removeLeftover(data);
    }
}
