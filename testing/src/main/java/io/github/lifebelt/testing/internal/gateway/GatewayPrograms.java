package io.github.lifebelt.testing.internal.gateway;

import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.server.CertificateFiles;
import io.github.lifebelt.testing.internal.server.EmbeddedPrograms;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.system.Folders;
import io.github.lifebelt.testing.internal.system.RunAs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/** An installed program with a configuration file, run like an embedded server: its own port, its end with this JVM. */
abstract class GatewayPrograms implements EmbeddedPrograms {
    private static final int TIMEOUT_MILLIS = 2_000;

    private final String name;
    private final RunAs runAs;

    GatewayPrograms(String name, String program) {
        this.name = name;
        this.runAs = RunAs.get(program);
    }

    /** What is written into the configuration file. */
    abstract String configuration(Path folder, int port);

    /** The program with its arguments. */
    abstract List<String> arguments(Path configuration);

    @Override
    public String name() {
        return name;
    }

    @Override
    public void prepare() {}

    @Override
    public Path createData(Path folder, ServerSpec spec) throws IOException {
        Path data = Folders.createReadable(folder.resolve("data"));
        runAs.giveTo(data);
        if (spec.certificate() != null) {
            install(spec.certificate(), data);
        }
        return data;
    }

    @Override
    public void beforeStart(Path data, int port) throws IOException {
        write(data.resolve("configuration"), configuration(data, port));
    }

    @Override
    public List<String> command(Path data, int port, ServerSpec spec) {
        return runAs.command(arguments(data.resolve("configuration")));
    }

    @Override
    public boolean isReady(Path data) {
        return true;
    }

    @Override
    public Optional<ProcessHandle> mainProcess(Path data) {
        return Optional.empty();
    }

    @Override
    public boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public boolean saysPortIsTaken(String log) {
        return log.contains("Address already in use") || log.contains("cannot bind socket");
    }

    @Override
    public String signal(StopMode mode) {
        return mode == StopMode.FAST ? "INT" : "TERM";
    }

    @Override
    public void install(ServerCertificate certificate, Path data) throws IOException {
        CertificateFiles.install(certificate, data, runAs);
    }

    @Override
    public void afterCrash(Path data) {}

    /** Writes a file that only who runs the program may read: there may be secrets in it. */
    final void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        runAs.giveTo(file);
    }
}
