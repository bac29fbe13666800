package io.github.lifebelt.testing.internal.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Which machine this is, in the words of those who pack servers for it. */
public final class Platform {
    private Platform() {}

    /** Whether it is macOS. */
    public static boolean isMac() {
        return osName().startsWith("mac");
    }

    /** Whether it is Windows. */
    public static boolean isWindows() {
        return osName().startsWith("windows");
    }

    /** Whether its C library is musl, as in Alpine Linux. */
    public static boolean isMusl() {
        return Files.exists(Path.of("/etc/alpine-release"));
    }

    /** One of the two names if the processor is of that kind, else how Java calls it. */
    public static String architecture(String intel, String arm) {
        String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "amd64", "x86_64" -> intel;
            case "aarch64", "arm64" -> arm;
            default -> name;
        };
    }

    private static String osName() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT);
    }
}
