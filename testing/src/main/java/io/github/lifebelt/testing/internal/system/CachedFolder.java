package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of the cache that takes long to make: made once, whole or not at all, and again should something (a cleaner
 * of old files) have taken a part of it away. Several JVMs may want the same one at the same time.
 */
public final class CachedFolder {
    private static final Logger LOG = LoggerFactory.getLogger(CachedFolder.class);
    private static final String CENSUS = ".census";

    private CachedFolder() {}

    /** How one is made. */
    public interface Maker {
        /** Makes the folder, which does not exist yet. */
        void make(Path fresh) throws IOException;
    }

    /** The folder of that name in the cache, made if it is not there. */
    public static Path get(String name, Maker maker) throws IOException {
        Workspace workspace = Workspace.get();
        Path folder = workspace.cache().resolve(name);
        if (!isWhole(folder)) {
            make(folder, maker, workspace.unused("making"), workspace.unused("broken"));
        }
        return folder;
    }

    private static void make(Path folder, Maker maker, Path fresh, Path broken) throws IOException {
        long start = System.nanoTime();
        maker.make(fresh);
        Files.writeString(fresh.resolve(CENSUS), Folders.census(fresh));
        if (Files.exists(folder) && !isWhole(folder)) {
            LOG.debug("{} was incomplete and is made again", folder);
            Files.move(folder, broken, StandardCopyOption.ATOMIC_MOVE);
        }
        try {
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
            LOG.debug("Made {} in {} ms", folder, (System.nanoTime() - start) / 1_000_000);
        } catch (IOException e) {
            // Another JVM was quicker; which exception says so depends on the system.
            if (!isWhole(folder)) {
                throw e;
            }
        }
        Folders.delete(fresh);
        Folders.delete(broken);
    }

    private static boolean isWhole(Path folder) throws IOException {
        Path census = folder.resolve(CENSUS);
        return Files.exists(census) && Files.readString(census).equals(Folders.census(folder));
    }
}
