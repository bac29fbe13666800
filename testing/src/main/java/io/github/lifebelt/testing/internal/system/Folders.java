package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is done with whole folders. */
public final class Folders {
    private Folders() {}

    /** Makes a folder that other users may enter and read, whatever the umask; it must not exist yet. */
    public static Path createReadable(Path folder) throws IOException {
        Files.createDirectory(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        return folder;
    }

    /** Copies a folder that does not exist at the target, with permissions and (as root) owners. */
    public static void copy(Path source, Path target) throws IOException {
        copy(source, target, Long.MAX_VALUE);
    }

    /** The same for a folder with large files that are mostly zeros, which are left out. */
    public static void copyWithoutZeros(Path source, Path target) throws IOException {
        copy(source, target, SparseFiles.WORTH_IT);
    }

    private static void copy(Path source, Path target, long sparseFrom) throws IOException {
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                return copyOne(folder);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile() && attributes.size() >= sparseFrom) {
                    SparseFiles.copy(file, target.resolve(source.relativize(file)));
                    return FileVisitResult.CONTINUE;
                }
                return copyOne(file);
            }

            private FileVisitResult copyOne(Path path) throws IOException {
                Files.copy(path, target.resolve(source.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /**
     * Copies a folder that is being worked in: what goes away meanwhile is left out, and so are the given names at its top.
     */
    public static void copyOfLiving(Path source, Path target, Set<String> leftOut) throws IOException {
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (isLeftOut(folder)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return copyOne(folder);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                return isLeftOut(file) ? FileVisitResult.CONTINUE : copyOne(file);
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                return ignoreIfGone(failure);
            }

            private boolean isLeftOut(Path path) {
                return source.equals(path.getParent())
                        && leftOut.contains(path.getFileName().toString());
            }

            private FileVisitResult copyOne(Path path) throws IOException {
                try {
                    Files.copy(path, target.resolve(source.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
                } catch (NoSuchFileException e) {
                    return ignoreIfGone(e);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Makes a folder with the owner and permissions of another; nothing if it is there. */
    public static void createLike(Path model, Path folder) throws IOException {
        if (!Files.exists(folder)) {
            Files.createDirectory(folder);
            Files.setOwner(folder, Files.getOwner(model));
            Files.setPosixFilePermissions(folder, Files.getPosixFilePermissions(model));
        }
    }

    /** Writes a file with the owner and permissions of another. */
    public static void writeLike(Path model, Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setOwner(file, Files.getOwner(model));
        Files.setPosixFilePermissions(file, Files.getPosixFilePermissions(model));
    }

    /** How many files a folder has and how large they are together, hidden ones left out: tells whether it is whole. */
    public static String census(Path folder) throws IOException {
        long[] filesAndBytes = new long[2];
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (!file.getFileName().toString().startsWith(".")) {
                    filesAndBytes[0]++;
                    filesAndBytes[1] += attributes.size();
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return filesAndBytes[0] + " files, " + filesAndBytes[1] + " bytes";
    }

    /** Deletes a folder with all that is in it; silent if it is not there, or goes away meanwhile. */
    public static void delete(Path folder) throws IOException {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    return ignoreIfGone(failure);
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                        throws IOException {
                    if (failure != null) {
                        ignoreIfGone(failure);
                    }
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException gone) {
            return;
        }
    }

    /** Throws unless the folder is this user's and nobody else may write to it. */
    public static void refuseForeign(Path folder) throws IOException {
        Path probe = Files.createTempFile("lifebelt-", ".owner");
        try {
            boolean own = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(probe));
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
            if (!own
                    || permissions.contains(PosixFilePermission.GROUP_WRITE)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new IOException(folder + " is not a folder that only this user can write to;"
                        + " remove it, or set -Djava.io.tmpdir to another place");
            }
        } finally {
            Files.delete(probe);
        }
    }

    private static FileVisitResult ignoreIfGone(IOException failure) throws IOException {
        if (failure instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw failure;
    }
}
