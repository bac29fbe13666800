package io.github.lifebelt.testing.internal.system;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** Unpacks what servers come in. */
public final class Archives {
    private static final int OWNER_EXECUTE = 0100;

    private Archives() {}

    /** Unpacks into a folder that does not exist yet, so that any user may read and execute what the archive's may. */
    public static void unpackTarXz(InputStream archive, Path target) throws IOException {
        Folders.createReadable(target);
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("The archive's entry " + entry.getName() + " points outside of it");
                }
                if (!path.equals(target)) {
                    unpackEntry(tar, entry, path, target);
                }
            }
        }
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
