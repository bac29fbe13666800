package io.github.lifebelt.testing.internal.postgres;

import io.github.lifebelt.testing.internal.server.CertificateFiles;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.system.CachedFolder;
import io.github.lifebelt.testing.internal.system.Command;
import io.github.lifebelt.testing.internal.system.Folders;
import io.github.lifebelt.testing.internal.system.RunAs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Makes data folders. PostgreSQL's initdb runs once per user and version into a template that stays in the cache; a
 * folder is a copy of it with roles, database and files of its own, which takes a third of the time.
 */
public final class PostgresDataFolder {
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Pattern FAILURE = Pattern.compile("\\b(ERROR|FATAL|PANIC):");
    // Raised when initdb's arguments change, so that older templates are not taken.
    private static final String TEMPLATE_VERSION = "1";
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
        CertificateFiles.install(spec, data, runAs);
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

    /** The folder to copy, made if it is not there. */
    public Path template() throws IOException {
        synchronized (PostgresDataFolder.class) {
            String name = "template-" + TEMPLATE_VERSION + "-" + runAs.ownerName() + "-" + binaries.key();
            return CachedFolder.get(name, this::initialise).resolve(CONTENT);
        }
    }

    private void initialise(Path fresh) throws IOException {
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
    }

    /** Nobody logs in with it: a folder gets its own password before its server starts. */
    private Path passwordFile(Path folder) throws IOException {
        Path file = folder.resolve("unused-password");
        Files.writeString(file, UUID.randomUUID().toString());
        runAs.giveTo(file);
        return file;
    }

    private static void expectSuccess(Command command) throws IOException {
        if (!command.succeeded() || FAILURE.matcher(command.output()).find()) {
            throw new IOException("PostgreSQL could not make the data folder, exit code " + command.exitCode() + ":\n"
                    + command.output());
        }
    }
}
