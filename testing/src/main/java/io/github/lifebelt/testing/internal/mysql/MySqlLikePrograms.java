package io.github.lifebelt.testing.internal.mysql;

import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.server.CertificateFiles;
import io.github.lifebelt.testing.internal.server.EmbeddedPrograms;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.system.Ports;
import io.github.lifebelt.testing.internal.system.RunAs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What MySQL's and MariaDB's server programs have in common when they are run as child processes. */
abstract class MySqlLikePrograms implements EmbeddedPrograms, MySqlDataFolder.Initialisation {
    private static final String END = "TERM";

    private final MySqlBinaries binaries;
    private final RunAs runAs;
    private final MySqlDataFolder folders;

    MySqlLikePrograms(MySqlBinaries binaries) {
        this.binaries = binaries;
        this.runAs = RunAs.get(binaries.program());
        this.folders = new MySqlDataFolder(binaries, runAs);
    }

    final MySqlBinaries binaries() {
        return binaries;
    }

    /** The program with what it needs to find its own files, and nothing read from the machine's configuration. */
    final List<String> program(Path data) {
        List<String> command = new ArrayList<>();
        command.add(binaries.program());
        command.add("--no-defaults");
        command.add("--basedir=" + binaries.home());
        command.add("--datadir=" + data);
        command.addAll(storageArguments());
        return command;
    }

    /** What is said at the making of a folder and at every start alike. */
    abstract List<String> storageArguments();

    /** What else is said to a server to start and run quickly. */
    abstract List<String> serverArguments();

    @Override
    public final void prepare() throws IOException {
        folders.template(this);
    }

    @Override
    public final Path createData(Path folder, ServerSpec spec) throws IOException {
        return folders.create(folder, spec, this);
    }

    @Override
    public final List<String> command(Path data, int port, ServerSpec spec) {
        List<String> command = program(data);
        command.add("--port=" + port);
        command.add("--bind_address=" + Ports.loopbackAddresses());
        command.add("--socket=");
        command.add("--pid_file=" + data.resolve(MySqlDataFolder.PROCESS_ID));
        // Read once the port is taken and before anybody is let in.
        command.add("--init_file=" + data.resolve(MySqlDataFolder.ACCOUNTS));
        command.addAll(serverArguments());
        command.addAll(MySqlConfiguration.arguments(spec, data + "/"));
        return runAs.command(command);
    }

    @Override
    public final void beforeStart(Path data, int port) throws IOException {
        Files.deleteIfExists(data.resolve(MySqlDataFolder.PROCESS_ID));
    }

    /** It writes its number down as soon as it has its port. */
    @Override
    public final boolean isReady(Path data) {
        return processId(data).isPresent();
    }

    @Override
    public final Optional<ProcessHandle> mainProcess(Path data) {
        return processId(data).stream()
                .boxed()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .findFirst();
    }

    @Override
    public final boolean accepts(int port) {
        return GreetingProbe.accepts(port);
    }

    @Override
    public final boolean saysPortIsTaken(String log) {
        return log.contains("Bind on TCP/IP port");
    }

    /** How it is to end, it is told before, in SQL. */
    @Override
    public final String signal(StopMode mode) {
        return END;
    }

    @Override
    public final String signalToDiscard() {
        return "KILL";
    }

    @Override
    public final boolean hasProcessPerSession() {
        return false;
    }

    @Override
    public final void install(ServerCertificate certificate, Path data) throws IOException {
        CertificateFiles.install(certificate, data, runAs);
    }

    /** All it has is in its folder. */
    @Override
    public final void afterCrash(Path data) {}

    private static OptionalLong processId(Path data) {
        try {
            String text = Files.readString(data.resolve(MySqlDataFolder.PROCESS_ID));
            // Without the end of the line it may be half a number.
            return text.matches("\\d+\\n") ? OptionalLong.of(Long.parseLong(text.trim())) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
