package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loopback ports that can be left and taken again. They lie outside the range from which the system takes the ports of
 * outgoing connections: a port in it could be gone when a stopped server comes back, and a client that keeps dialling
 * it while nobody listens can even end up connected to itself.
 *
 * <p>JVMs that share the workspace's cache keep each other's ports free by locks on one file of it, a byte for each port;
 * a JVM's locks end with it. Where there is no such file, a port is kept from the same JVM only.
 */
public final class Ports {
    private static final Logger LOG = LoggerFactory.getLogger(Ports.class);
    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 32_000;
    private static final int TRIES = 200;
    private static final Duration RETURN = Duration.ofSeconds(5);
    private static final long BETWEEN_TRIES_NANOS = 10_000_000;
    private static final Set<Integer> TAKEN = ConcurrentHashMap.newKeySet();
    private static final Map<Integer, FileLock> LOCKS = new ConcurrentHashMap<>();
    // Never closed: closing it would free the locks.
    private static final @Nullable FileChannel SHARED = openShared();
    private static final boolean IPV6 = canListen("::1", 0);

    private Ports() {}

    /** A port that nobody listens on now, kept from others who ask here until {@link #release}. */
    public static int reserve() {
        int ceiling = Math.min(HIGHEST, firstOutgoingPort());
        int highest = ceiling > LOWEST + TRIES ? ceiling : HIGHEST;
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, highest);
            if (TAKEN.add(port)) {
                if (lock(port) && canListen("127.0.0.1", port) && (!IPV6 || canListen("::1", port))) {
                    return port;
                }
                release(port);
            }
        }
        throw new IllegalStateException(
                "No free loopback port between " + LOWEST + " and " + highest + " in " + TRIES + " tries");
    }

    public static void release(int port) {
        FileLock lock = LOCKS.remove(port);
        if (lock != null) {
            try {
                lock.release();
            } catch (IOException e) {
                LOG.debug("Port {} stays locked", port, e);
            }
        }
        TAKEN.remove(port);
    }

    /** The loopback addresses a server should listen on here, as PostgreSQL writes lists. */
    public static String loopbackAddresses() {
        return IPV6 ? "127.0.0.1,::1" : "127.0.0.1";
    }

    /** What listens on a port. */
    @FunctionalInterface
    public interface Listener {
        /** Listens, or fails if something else does. */
        void listen() throws IOException;
    }

    /**
     * Listens again on a port that was left. Some program may have drawn it for a moment, so it is tried for a while.
     *
     * @param saysTaken whether a failure comes of that
     */
    public static void takeAgain(Listener listener, Predicate<IOException> saysTaken) throws IOException {
        long deadline = System.nanoTime() + RETURN.toNanos();
        while (true) {
            try {
                listener.listen();
                return;
            } catch (IOException e) {
                if (!saysTaken.test(e) || System.nanoTime() - deadline >= 0) {
                    throw e;
                }
                LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
            }
        }
    }

    private static @Nullable FileChannel openShared() {
        try {
            return FileChannel.open(
                    Workspace.openCache().resolve("ports"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            LOG.debug("Ports are not kept from other JVMs", e);
            return null;
        }
    }

    /** False if another JVM has it, or another class loader of this one. */
    private static boolean lock(int port) {
        if (SHARED == null) {
            return true;
        }
        try {
            FileLock lock = SHARED.tryLock(port, 1, false);
            if (lock != null) {
                LOCKS.put(port, lock);
            }
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            LOG.debug("Port {} is not kept from other JVMs", port, e);
            return true;
        }
    }

    private static boolean canListen(String address, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int firstOutgoingPort() {
        try {
            String range = Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range"));
            return Integer.parseInt(range.trim().split("\\s+", 2)[0]);
        } catch (IOException | NumberFormatException e) {
            // Elsewhere than on Linux the range starts at 49152 or is at least above ours.
            return HIGHEST;
        }
    }
}
