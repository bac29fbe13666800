package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * As whom server programs run. PostgreSQL refuses to run as root, so root hands them to the user nobody, by whichever
 * means works here: each is really tried, with the real program on a folder like the one it will use.
 *
 * @param name how the way is called in logs
 * @param prefix the words before the program
 * @param owner who must own the server's files; null if they stay with who makes them
 */
public record RunAs(
        String name, List<String> prefix, @Nullable UserPrincipal owner) {
    private static final Logger LOG = LoggerFactory.getLogger(RunAs.class);
    private static final Duration TRIAL = Duration.ofSeconds(20);

    private static @Nullable RunAs current;

    /** The way that works on this machine, found on first use by starting the given program with --version. */
    public static synchronized RunAs get(String program) {
        RunAs runAs = current;
        if (runAs == null) {
            try {
                runAs = find(program);
            } catch (IOException e) {
                throw new IllegalStateException("Cannot find out as whom to run the server: " + e.getMessage(), e);
            }
            LOG.debug("Servers are run by way of: {}", runAs.name());
            current = runAs;
        }
        return runAs;
    }

    /** The program and its arguments with what comes before them. */
    public List<String> command(List<String> programAndArguments) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(programAndArguments);
        return command;
    }

    /** Gives a file or an empty folder to the user that runs the server. */
    public void giveTo(Path path) throws IOException {
        if (owner != null) {
            Files.setOwner(path, owner);
        }
    }

    /** How the owner of the server's files is called in names of folders: those of one are no use to another. */
    public String ownerName() {
        return owner == null ? "self" : owner.getName();
    }

    /** Puts a copy of a file in place at once, its owner's alone: servers want that of keys, and may read at any time. */
    public void install(Path source, Path target) throws IOException {
        Path fresh = target.resolveSibling(target.getFileName() + ".new");
        Files.copy(source, fresh, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
        giveTo(fresh);
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static RunAs find(String program) throws IOException {
        Path folder = Folders.createReadable(Workspace.get().unused("trial"));
        try {
            List<RunAs> ways = isRoot(folder) ? waysOfRoot(folder) : List.of(new RunAs("this user", List.of(), null));
            StringBuilder failures = new StringBuilder();
            for (RunAs way : ways) {
                String failure = way.tryOn(program, folder);
                if (failure == null) {
                    return way;
                }
                LOG.debug("Servers cannot be run by way of {}: {}", way.name(), failure);
                failures.append("\n  ").append(way.name()).append(": ").append(failure);
            }
            throw new IOException("none of these could run " + program + ":" + failures
                    + "\nRun the tests as an ordinary user, allow the container to change users (SETUID and SETGID),"
                    + " or, if the program could not be executed or its folder not be entered,"
                    + " set -Djava.io.tmpdir to a folder that every user may enter and run programs from");
        } finally {
            Folders.delete(folder);
        }
    }

    private static boolean isRoot(Path ownFolder) throws IOException {
        return Files.getAttribute(ownFolder, "unix:uid").equals(0);
    }

    private static List<RunAs> waysOfRoot(Path folder) throws IOException {
        UserPrincipal nobody = nobody();
        Path probe = Files.createFile(folder.resolve("owner"));
        List<RunAs> ways = new ArrayList<>();
        try {
            Files.setOwner(probe, nobody);
            String id = Files.getAttribute(probe, "unix:uid").toString();
            ways.add(new RunAs(
                    "setpriv", List.of("setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups"), nobody));
            ways.add(new RunAs("runuser", List.of("runuser", "-u", nobody.getName(), "--"), nobody));
            // su hands only one string to a shell; this one makes the shell become the program that follows.
            ways.add(new RunAs(
                    "su", List.of("su", "-s", "/bin/sh", nobody.getName(), "-c", "exec \"$0\" \"$@\"", "--"), nobody));
        } catch (IOException e) {
            LOG.debug("Root may not give files away here", e);
        }
        ways.add(new RunAs("unshare", List.of("unshare", "-U"), null));
        return ways;
    }

    private static UserPrincipal nobody() throws IOException {
        UserPrincipalLookupService users = FileSystems.getDefault().getUserPrincipalLookupService();
        try {
            return users.lookupPrincipalByName("nobody");
        } catch (IOException e) {
            return users.lookupPrincipalByName("65534");
        }
    }

    /** Null if the program can be run and can write into a folder given to its user; else what went wrong. */
    private @Nullable String tryOn(String program, Path folder) throws IOException {
        Path own = Folders.createReadable(folder.resolve(name.replace(' ', '-')));
        try {
            giveTo(own);
            String script = "test \"$(id -u)\" != 0 || { echo still root; exit 1; }; "
                    + ": > \"$1/written\" && exec \"$0\" --version";
            Command trial =
                    Command.run(command(List.of("/bin/sh", "-c", script, program, own.toString())), own, "", TRIAL);
            return trial.succeeded()
                    ? null
                    : "exit code " + trial.exitCode() + ", " + trial.output().trim();
        } catch (IOException e) {
            return e.getMessage();
        } finally {
            Folders.delete(own);
        }
    }
}
