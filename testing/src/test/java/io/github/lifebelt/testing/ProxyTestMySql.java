package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.system.Folders;
import io.github.lifebelt.testing.internal.system.Ports;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** A MySQL 8.0 server that speaks TLS with whoever wants to; it ends with the JVM. */
final class ProxyTestMySql {
    private static final Path PROGRAMS = Path.of("target", "mysql-for-proxies");
    private static final Path MYSQLD = PROGRAMS.resolve("bin/mysqld").toAbsolutePath();

    private ProxyTestMySql() {}

    /** Starts a server; it takes connections some moments later. */
    static int start(String user, String password, TestCertificates.ServerCertificate certificate, Path authority) {
        try {
            unpack();
            Path folder = Files.createTempDirectory("my");
            Path sql = Files.writeString(
                    folder.resolve("init.sql"),
                    "CREATE DATABASE app;\nCREATE USER '" + user + "'@'%' IDENTIFIED BY '" + password + "';\n"
                            + "GRANT ALL ON *.* TO '" + user + "'@'%';\n");
            run(folder, "--initialize-insecure").waitFor();
            int port = Ports.reserve();
            Process server = run(
                    folder,
                    "--port=" + port,
                    "--bind-address=127.0.0.1",
                    "--socket=" + folder.resolve("socket"),
                    "--pid-file=" + folder.resolve("pid"),
                    "--init-file=" + sql,
                    "--mysqlx=OFF",
                    "--ssl-ca=" + authority,
                    "--ssl-cert=" + certificate.chain(),
                    "--ssl-key=" + certificate.privateKey());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, folder)));
            return port;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void unpack() throws IOException {
        if (Files.exists(MYSQLD)) {
            return;
        }
        Path fresh = Files.createTempDirectory(Path.of("target"), "mysql");
        try (InputStream archive = ProxyTestMySql.class.getResourceAsStream("/mysql-Linux-amd64.tar.gz");
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new GZIPInputStream(new BufferedInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = fresh.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else if (entry.isSymbolicLink()) {
                    Files.createDirectories(path.getParent());
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.createDirectories(path.getParent());
                    Files.copy(tar, path);
                    path.toFile().setExecutable((entry.getMode() & 0100) != 0);
                }
            }
        }
        Files.move(fresh, PROGRAMS);
    }

    private static Process run(Path folder, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                MYSQLD.toString(),
                "--no-defaults",
                "--datadir=" + folder.resolve("data"),
                "--skip-log-bin",
                "--innodb-redo-log-capacity=8M"));
        command.addAll(List.of(options));
        if (System.getProperty("user.name").equals("root")) {
            command.add("--user=root");
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
    }

    private static void end(Process server, Path folder) {
        try {
            server.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
