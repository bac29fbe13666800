package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where everything is kept: one folder per user under {@code java.io.tmpdir}, in it the unpacked servers, which stay,
 * and one {@code run-} folder for this JVM, which is removed at exit. A run folder is held by a file lock, so what a
 * killed JVM left behind is known by its free lock and swept by the next one, also across containers that share the
 * folder.
 */
public final class Workspace {
    private static final Logger LOG = LoggerFactory.getLogger(Workspace.class);
    private static final String RUN_PREFIX = "run-";
    private static final String OWN_RUNS = RUN_PREFIX + ProcessHandle.current().pid() + "-";
    private static final String LOCK = "lock";
    private static final String IDENTITY = "identity";

    private static @Nullable Workspace current;

    private final Path cache;
    private final Path run;
    // Never closed before exit: closing it would free the lock.
    private final FileChannel lock;
    private final AtomicInteger names = new AtomicInteger();
    private final @Nullable MemoryFolder memory;

    private Workspace(Path cache) throws IOException {
        this.cache = cache;
        sweep(cache);
        // Locked under a name that no sweeper looks at, then given its real one.
        String name = OWN_RUNS + shortName();
        Path fresh = Folders.createReadable(cache.resolve("new-" + name));
        this.lock = FileChannel.open(fresh.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        lock.lock();
        this.run = Files.move(fresh, cache.resolve(name));
        this.memory = MemoryFolder.open(identity(), run(), this::isAlive);
        Cleanup.atExitLast(() -> {
            if (memory != null) {
                memory.close();
            }
            Folders.delete(run);
            lock.close();
        });
    }

    /** The workspace of this JVM, made on first use. */
    public static synchronized Workspace get() {
        Workspace workspace = current;
        if (workspace == null) {
            try {
                workspace = new Workspace(openCache());
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "Cannot make a working folder under java.io.tmpdir (" + System.getProperty("java.io.tmpdir")
                                + "): " + e.getMessage(),
                        e);
            }
            current = workspace;
        }
        return workspace;
    }

    /** The folder whose contents outlive this JVM. */
    public Path cache() {
        return cache;
    }

    /** A path in this JVM's own folder that was never handed out before; nothing exists there yet. */
    public Path unused(String kind) {
        return run.resolve(kind + "-" + names.incrementAndGet());
    }

    /** The same for a server's data: in memory, as long as there is room. */
    public Path unusedForData(String kind) throws IOException {
        String name = kind + "-" + names.incrementAndGet();
        return memory != null && memory.hasRoom() ? memory.resolve(name) : run.resolve(name);
    }

    /** A name for this JVM, by which others that share the cache can ask whether it {@linkplain #isAlive still lives}. */
    public String run() {
        return run.getFileName().toString();
    }

    /**
     * A name for the cache, the same for all who share it and nobody else. Only they can tell whether a run lives.
     */
    public String identity() throws IOException {
        Path file = cache.resolve(IDENTITY);
        if (!Files.exists(file)) {
            Path fresh = unused(IDENTITY);
            Files.writeString(fresh, shortName());
            try {
                // A link, unlike a move, never takes the place of what another JVM has put there meanwhile.
                Files.createLink(file, fresh);
            } catch (FileAlreadyExistsException alreadyThere) {
                LOG.trace("{} was there already", file);
            }
        }
        return Files.readString(file);
    }

    /** Whether the JVM that said this of its {@link #run()} still lives; yes if that cannot be found out. */
    public boolean isAlive(String someRun) {
        Path folder = cache.resolve(someRun).normalize();
        if (!someRun.startsWith(RUN_PREFIX) || !cache.equals(folder.getParent())) {
            return true;
        }
        if (someRun.startsWith(OWN_RUNS) || !Files.exists(folder.resolve(LOCK))) {
            return Files.exists(folder.resolve(LOCK));
        }
        try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE);
                FileLock free = channel.tryLock()) {
            return free == null;
        } catch (NoSuchFileException gone) {
            return false;
        } catch (IOException | OverlappingFileLockException e) {
            LOG.debug("Nobody can tell whether {} is alive", folder, e);
            return true;
        }
    }

    /** Short, because the path of a Unix socket has no more than 107 characters. */
    private static String shortName() {
        return UUID.randomUUID().toString().substring(24);
    }

    /** The folder whose contents outlive this JVM, without a workspace in it. */
    static Path openCache() throws IOException {
        Path temp = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
        Path folder = temp.resolve("lifebelt-testing-" + System.getProperty("user.name"));
        try {
            Folders.createReadable(folder);
        } catch (FileAlreadyExistsException alreadyThere) {
            LOG.trace("{} was there already", folder);
        }
        // Programs are run from this folder, so another user must not be able to have put them there.
        Folders.refuseForeign(folder);
        return folder;
    }

    private static void sweep(Path cache) throws IOException {
        try (DirectoryStream<Path> runs = Files.newDirectoryStream(cache, RUN_PREFIX + "*")) {
            for (Path abandoned : runs) {
                // Closing a file frees all locks this process has on it, and another class loader may hold one.
                if (abandoned.getFileName().toString().startsWith(OWN_RUNS)) {
                    continue;
                }
                try (FileChannel channel = FileChannel.open(abandoned.resolve(LOCK), StandardOpenOption.WRITE);
                        FileLock free = channel.tryLock()) {
                    if (free != null) {
                        Folders.delete(abandoned);
                    }
                } catch (IOException | OverlappingFileLockException e) {
                    LOG.debug("Left {} alone", abandoned, e);
                }
            }
        }
    }
}
