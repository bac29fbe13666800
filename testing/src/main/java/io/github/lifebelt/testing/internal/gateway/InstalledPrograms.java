package io.github.lifebelt.testing.internal.gateway;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds programs that the machine has to have; there are none of them on Maven Central. */
public final class InstalledPrograms {
    // Distributions put servers where an ordinary user's PATH does not lead.
    private static final List<String> ALSO =
            List.of("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin");

    private InstalledPrograms() {}

    /** The path; whoever has no such program is told which package to install. */
    public static String find(String program, String product) {
        List<String> folders = new ArrayList<>();
        String path = System.getenv("PATH");
        if (path != null) {
            folders.addAll(List.of(path.split(":", -1)));
        }
        folders.addAll(ALSO);
        for (String folder : folders) {
            Path candidate = Path.of(folder.isEmpty() ? "." : folder, program);
            if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
                return candidate.toAbsolutePath().toString();
            }
        }
        throw new IllegalStateException(product + " is not installed on this machine; install the package " + program
                + " (Debian, Ubuntu: apt-get install " + program + "; macOS: brew install " + program + ")");
    }
}
