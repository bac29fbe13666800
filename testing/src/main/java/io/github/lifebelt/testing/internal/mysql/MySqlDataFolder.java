package io.github.lifebelt.testing.internal.mysql;

import io.github.lifebelt.testing.internal.server.CertificateFiles;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.system.CachedFolder;
import io.github.lifebelt.testing.internal.system.Command;
import io.github.lifebelt.testing.internal.system.Folders;
import io.github.lifebelt.testing.internal.system.RunAs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Makes data folders. The product's own initialisation runs once per user and version into a template that stays in the
 * cache; a folder is a copy of it with files of its own.
 */
final class MySqlDataFolder {
    static final String PROCESS_ID = "server.pid";
    static final String ACCOUNTS = "accounts.sql";

    private static final Duration LONGEST = Duration.ofMinutes(2);
    // Raised when the initialisation changes, so that older templates are not taken.
    private static final String TEMPLATE_VERSION = "1";
    private static final String CONTENT = "data";
    // A server's identity, and the certificates that MySQL makes for itself.
    private static final List<String> NOT_TO_BE_SHARED = List.of(
            "auto.cnf",
            "ca.pem",
            "ca-key.pem",
            "client-cert.pem",
            "client-key.pem",
            "server-cert.pem",
            "server-key.pem");

    private final String key;
    private final RunAs runAs;

    MySqlDataFolder(MySqlBinaries binaries, RunAs runAs) {
        this.key = binaries.key();
        this.runAs = runAs;
    }

    /** How a product makes the first content of a data folder. */
    interface Initialisation {
        /** The command for that folder, which is there and empty. */
        List<String> command(Path data);

        /** What it reads from its standard input. */
        String input() throws IOException;
    }

    /** Makes the folder data in the given folder. */
    Path create(Path folder, ServerSpec spec, Initialisation initialisation) throws IOException {
        Path data = folder.resolve("data");
        Folders.copyWithoutZeros(template(initialisation), data);
        Path accounts = folder.resolve(ACCOUNTS);
        Files.writeString(accounts, MySqlConfiguration.accounts(spec));
        runAs.install(accounts, data.resolve(ACCOUNTS));
        Files.delete(accounts);
        CertificateFiles.install(spec, data, runAs);
        return data;
    }

    /** The folder to copy, made if it is not there. */
    Path template(Initialisation initialisation) throws IOException {
        synchronized (MySqlDataFolder.class) {
            String name = "template-" + TEMPLATE_VERSION + "-" + runAs.ownerName() + "-" + key;
            return CachedFolder.get(name, fresh -> initialise(fresh, initialisation))
                    .resolve(CONTENT);
        }
    }

    private void initialise(Path fresh, Initialisation initialisation) throws IOException {
        Path data = Folders.createReadable(Folders.createReadable(fresh).resolve(CONTENT));
        runAs.giveTo(data);
        Command command =
                Command.run(runAs.command(initialisation.command(data)), data, initialisation.input(), LONGEST);
        if (!command.succeeded()) {
            throw new IOException(
                    "the data folder could not be made, exit code " + command.exitCode() + ":\n" + command.output());
        }
        for (String name : NOT_TO_BE_SHARED) {
            Files.deleteIfExists(data.resolve(name));
        }
    }
}
