package io.github.lifebelt.testing.internal.system;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** Unpacks what servers come in. */
public final class Archives {
    private static final int OWNER_EXECUTE = 0100;
    private static final int GZIP_BUFFER = 65_536;

    private Archives() {}

    /** Unpacks into a folder that does not exist yet, so that any user may read and execute what the archive's may. */
    public static void unpackTarXz(InputStream archive, Path target) throws IOException {
        unpackTar(new XZCompressorInputStream(new BufferedInputStream(archive)), target);
    }

    /** The same for the other usual compression. */
    public static void unpackTarGz(InputStream archive, Path target) throws IOException {
        unpackTar(new GZIPInputStream(archive, GZIP_BUFFER), target);
    }

    /**
     * Copies a folder of a jar into a folder that does not exist yet. Jars know of no permissions, so what stands in
     * {@code bin} is made executable.
     *
     * @param entry any file of the jar
     * @param folder the folder's name in the jar, with a slash at the end
     * @param wanted which of its files, by their names from there
     * @param target where to
     */
    public static void unpackJarFolder(URL entry, String folder, Predicate<String> wanted, Path target)
            throws IOException {
        Folders.createReadable(target);
        try (JarFile jar = openJar(entry)) {
            for (JarEntry found : Collections.list(jar.entries())) {
                String name = found.getName();
                if (found.isDirectory() || !name.startsWith(folder) || !wanted.test(name.substring(folder.length()))) {
                    continue;
                }
                Path path = inside(target, name.substring(folder.length()));
                Path relative = target.relativize(path);
                makeFolders(target, relative.getParent());
                try (InputStream content = jar.getInputStream(found)) {
                    Files.copy(content, path);
                }
                Files.setPosixFilePermissions(path, permissions(relative.startsWith("bin")));
            }
        }
    }

    /** The jar that an entry is of, opened anew, so that it can be closed. */
    public static JarFile openJar(URL entry) throws IOException {
        URLConnection connection = entry.openConnection();
        connection.setUseCaches(false);
        if (connection instanceof JarURLConnection jar) {
            return jar.getJarFile();
        }
        throw new IOException(entry + " is in no jar");
    }

    private static void unpackTar(InputStream archive, Path target) throws IOException {
        Folders.createReadable(target);
        try (TarArchiveInputStream tar = new TarArchiveInputStream(archive)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = inside(target, entry.getName());
                if (!path.equals(target)) {
                    unpackEntry(tar, entry, path, target);
                }
            }
        }
    }

    private static Path inside(Path target, String name) throws IOException {
        Path path = target.resolve(name).normalize();
        if (!path.startsWith(target)) {
            throw new IOException("The archive's entry " + name + " points outside of it");
        }
        return path;
    }

    private static void unpackEntry(TarArchiveInputStream tar, TarArchiveEntry entry, Path path, Path target)
            throws IOException {
        Path relative = target.relativize(path);
        makeFolders(target, entry.isDirectory() ? relative : relative.getParent());
        if (entry.isDirectory()) {
            return;
        }
        if (entry.isSymbolicLink()) {
            Path link = Path.of(entry.getLinkName());
            if (link.isAbsolute()) {
                // A path of the machine it was packed on.
                return;
            }
            if (!path.resolveSibling(link).normalize().startsWith(target)) {
                throw new IOException("The archive's link " + entry.getName() + " points outside of it");
            }
            Files.createSymbolicLink(path, link);
        } else if (entry.isLink()) {
            Files.createLink(path, target.resolve(entry.getLinkName()).normalize());
        } else {
            Files.copy(tar, path);
            Files.setPosixFilePermissions(path, permissions((entry.getMode() & OWNER_EXECUTE) != 0));
        }
    }

    private static void makeFolders(Path target, @Nullable Path relative) throws IOException {
        Path folder = target;
        for (Path part : relative == null ? List.<Path>of() : relative) {
            folder = folder.resolve(part);
            if (!Files.isDirectory(folder)) {
                Folders.createReadable(folder);
            }
        }
    }

    private static Set<PosixFilePermission> permissions(boolean executable) {
        Set<PosixFilePermission> permissions = EnumSet.of(
                PosixFilePermission.OWNER_READ,
                PosixFilePermission.OWNER_WRITE,
                PosixFilePermission.GROUP_READ,
                PosixFilePermission.OTHERS_READ);
        if (executable) {
            permissions.add(PosixFilePermission.OWNER_EXECUTE);
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        }
        return permissions;
    }
}
