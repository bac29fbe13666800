package io.github.lifebelt.testing.internal.mysql;

import io.github.lifebelt.testing.internal.system.Command;
import io.github.lifebelt.testing.internal.system.UnpackedArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The programs of one server of the class path, unpacked and known to run.
 *
 * @param home the folder they are in
 * @param key a name that changes with the content
 * @param program the server program
 * @param version as the server tells it, {@code 8.0.31} for one
 */
record MySqlBinaries(Path home, String key, String program, String version) {
    private static final Pattern VERSION = Pattern.compile("\\bVer (\\d+(\\.\\d+)*)");
    private static final Pattern MISSING = Pattern.compile("error while loading shared libraries: ([^:\\s]+)");
    private static final Duration LONGEST = Duration.ofSeconds(20);

    /** Tries an unpacked program. */
    static MySqlBinaries of(UnpackedArchive archive, String name) throws IOException {
        String program = archive.home().resolve("bin").resolve(name).toString();
        Command asked = Command.run(List.of(program, "--no-defaults", "--version"), archive.home(), "", LONGEST);
        Matcher version = VERSION.matcher(asked.output());
        if (asked.succeeded() && version.find()) {
            return new MySqlBinaries(archive.home(), archive.key(), program, version.group(1));
        }
        Matcher missing = MISSING.matcher(asked.output());
        if (missing.find()) {
            throw new NotHereException(name + " cannot be loaded here for lack of " + missing.group(1) + "; install "
                    + SystemLibraries.packageOf(missing.group(1)));
        }
        throw new IOException(name + " --version ended with " + asked.exitCode() + " and said: " + asked.output());
    }

    /** Whether they are of that version; null is any. */
    boolean isOf(@Nullable String wanted) {
        return wanted == null || version.equals(wanted) || version.startsWith(wanted + ".");
    }

    /** There is no such server for this machine, or it does not run here. */
    static final class NotHereException extends IOException {
        private static final long serialVersionUID = 1L;

        NotHereException(String message) {
            super(message);
        }
    }
}
