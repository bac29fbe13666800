package io.github.lifebelt.testing.internal.postgres;

import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.system.Command;
import io.github.lifebelt.testing.internal.system.Folders;
import io.github.lifebelt.testing.internal.system.RunAs;
import io.github.lifebelt.testing.internal.system.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes data folders. PostgreSQL's initdb runs once per user and version into a template that stays in the cache; a
 * folder is a copy of it with roles, database and files of its own, which takes a third of the time.
 */
public final class PostgresDataFolder {
    public static final String CERTIFICATE = "server.crt";
    public static final String KEY = "server.key";

    private static final Logger LOG = LoggerFactory.getLogger(PostgresDataFolder.class);
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Pattern FAILURE = Pattern.compile("\\b(ERROR|FATAL|PANIC):");
    // Raised when initdb's arguments change, so that older templates are not taken.
    private static final String TEMPLATE_VERSION = "1";
    private static final String CENSUS = ".census";
    private static final String CONTENT = "data";

    private final PostgresBinaries binaries;
    private final RunAs runAs;

    public PostgresDataFolder(PostgresBinaries binaries, RunAs runAs) {
        this.binaries = binaries;
        this.runAs = runAs;
    }

    /** Makes the folder data in the given folder. */
    public Path create(Path folder, ServerSpec spec) throws IOException {
        Path data = folder.resolve("data");
        Folders.copy(template(), data);
        expectSuccess(
                Command.run(runAs.command(singleUser(data)), folder, PostgresConfiguration.bootstrap(spec), LONGEST));
        Files.writeString(data.resolve("postgresql.conf"), PostgresConfiguration.file(spec), StandardOpenOption.APPEND);
        Files.writeString(data.resolve("pg_hba.conf"), PostgresConfiguration.access(spec, "127.0.0.1/32", "::1/128"));
        ServerCertificate certificate = spec.certificate();
        if (certificate != null) {
            install(certificate, data);
        }
        return data;
    }

    /** PostgreSQL without clients; what the settings say is not in its configuration yet. */
    private List<String> singleUser(Path data) {
        return List.of(
                binaries.program("postgres"),
                "--single",
                "-D",
                data.toString(),
                "-c",
                "fsync=off",
                "-c",
                "dynamic_shared_memory_type=mmap",
                "-c",
                "password_encryption=scram-sha-256",
                "template1");
    }

    /** Puts certificate and key in place at once each: the server may read them at any time. */
    void install(ServerCertificate certificate, Path data) throws IOException {
        install(certificate.chain(), data.resolve(CERTIFICATE));
        install(certificate.privateKey(), data.resolve(KEY));
    }

    /** PostgreSQL wants its key to be its own and unreadable for others. */
    private void install(Path source, Path target) throws IOException {
        Path fresh = target.resolveSibling(target.getFileName() + ".new");
        Files.copy(source, fresh, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
        runAs.giveTo(fresh);
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The folder to copy, made if it is not there. */
    public Path template() throws IOException {
        synchronized (PostgresDataFolder.class) {
            Workspace workspace = Workspace.get();
            // Files of one owner are no use to a server that runs as another.
            String owner = runAs.owner() == null ? "self" : runAs.owner().getName();
            Path template =
                    workspace.cache().resolve("template-" + TEMPLATE_VERSION + "-" + owner + "-" + binaries.key());
            if (!isWhole(template)) {
                initialise(template, workspace.unused("initialising"), workspace.unused("broken"));
            }
            return template.resolve(CONTENT);
        }
    }

    private void initialise(Path template, Path fresh, Path broken) throws IOException {
        long start = System.nanoTime();
        Path data = Folders.createReadable(Folders.createReadable(fresh).resolve(CONTENT));
        runAs.giveTo(data);
        List<String> initdb = List.of(
                binaries.program("initdb"),
                "--pgdata=" + data,
                "--username=" + ServerSpec.ADMIN,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "--pwfile=" + passwordFile(fresh));
        expectSuccess(Command.run(runAs.command(initdb), fresh, "", LONGEST));
        Files.writeString(fresh.resolve(CENSUS), Folders.census(data));
        if (Files.exists(template)) {
            Files.move(template, broken, StandardCopyOption.ATOMIC_MOVE);
        }
        try {
            Files.move(fresh, template, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // Another JVM was quicker; which exception says so depends on the system.
            if (!isWhole(template)) {
                throw e;
            }
        }
        Folders.delete(fresh);
        Folders.delete(broken);
        LOG.debug("Made {} in {} ms", template, (System.nanoTime() - start) / 1_000_000);
    }

    /** Nobody logs in with it: a folder gets its own password before its server starts. */
    private Path passwordFile(Path folder) throws IOException {
        Path file = folder.resolve("unused-password");
        Files.writeString(file, UUID.randomUUID().toString());
        runAs.giveTo(file);
        return file;
    }

    private static boolean isWhole(Path template) throws IOException {
        Path census = template.resolve(CENSUS);
        return Files.exists(census) && Files.readString(census).equals(Folders.census(template.resolve(CONTENT)));
    }

    private static void expectSuccess(Command command) throws IOException {
        if (!command.succeeded() || FAILURE.matcher(command.output()).find()) {
            throw new IOException("PostgreSQL could not make the data folder, exit code " + command.exitCode() + ":\n"
                    + command.output());
        }
    }
}
