package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where servers keep their data while they live: in memory, where the system has a file system for that with room to
 * spare. A server is more than a thousand small files, and so is each copy of a PostgreSQL database; on a disk's file
 * system that takes from a fifth of a second to several, depending on what else was written in the last minutes.
 *
 * <p>Another folder may be given by the system property {@value #PROPERTY}, on a disk too.
 */
final class MemoryFolder {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryFolder.class);
    private static final String PROPERTY = "lifebelt.testing.data-folder";
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final String MEMORY = "tmpfs";
    // A server takes 40 to 200 MB. Containers have 64 MB in all unless they are given more, so those use the disk.
    private static final long ROOM_BYTES = 1L << 30;
    private static final int ATTEMPTS = 10;

    private final Path root;
    private final Path run;
    private final boolean always;

    private MemoryFolder(Path root, Path run, boolean always) {
        this.root = root;
        this.run = run;
        this.always = always;
    }

    /** The folder of this run, when there is a place for it; first removes those of runs that were killed. */
    static @Nullable MemoryFolder open(String identity, String run, Predicate<String> isAlive) throws IOException {
        String given = System.getProperty(PROPERTY);
        Path place = given == null ? SHARED_MEMORY : Path.of(given).toAbsolutePath();
        if (given == null && !isMemory(place)) {
            return null;
        }
        // Named after the cache, because only who shares it can tell which runs are alive.
        Path root = place.resolve("lifebelt-testing-" + identity);
        for (int attempt = 1; ; attempt++) {
            try {
                return new MemoryFolder(root, createIn(root, run, isAlive), given != null);
            } catch (NoSuchFileException e) {
                // Another run, the last but this, has just removed the root.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static Path createIn(Path root, String run, Predicate<String> isAlive) throws IOException {
        try {
            Folders.createReadable(root);
        } catch (FileAlreadyExistsException alreadyThere) {
            LOG.trace("{} was there already", root);
        }
        Folders.refuseForeign(root);
        sweep(root, isAlive);
        return Folders.createReadable(root.resolve(run));
    }

    /** Whether another server may come here. */
    boolean hasRoom() throws IOException {
        return always || Files.getFileStore(run).getUsableSpace() >= ROOM_BYTES;
    }

    Path resolve(String name) {
        return run.resolve(name);
    }

    /** Removes all of this run, and the root when it was the last. */
    void close() throws IOException {
        Folders.delete(run);
        try {
            Files.deleteIfExists(root);
        } catch (DirectoryNotEmptyException e) {
            LOG.trace("Others are still there", e);
        }
    }

    private static boolean isMemory(Path place) throws IOException {
        return Files.isDirectory(place)
                && Files.isWritable(place)
                && Files.getFileStore(place).type().equals(MEMORY);
    }

    private static void sweep(Path root, Predicate<String> isAlive) throws IOException {
        try (DirectoryStream<Path> runs = Files.newDirectoryStream(root)) {
            for (Path other : runs) {
                if (!isAlive.test(other.getFileName().toString())) {
                    Folders.delete(other);
                }
            }
        }
    }
}
