package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Loopback ports that can be left and taken again. They lie outside the range from which the system takes the ports of
 * outgoing connections: a port in it could be gone when a stopped server comes back, and a client that keeps dialling
 * it while nobody listens can even end up connected to itself.
 */
public final class Ports {
    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 32_000;
    private static final int TRIES = 200;
    private static final Set<Integer> TAKEN = ConcurrentHashMap.newKeySet();
    private static final boolean IPV6 = canListen("::1", 0);

    private Ports() {}

    /** A port that nobody listens on now, kept from others of this JVM until {@link #release}. */
    public static int reserve() {
        int ceiling = Math.min(HIGHEST, firstOutgoingPort());
        int highest = ceiling > LOWEST + TRIES ? ceiling : HIGHEST;
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, highest);
            if (TAKEN.add(port)) {
                if (canListen("127.0.0.1", port) && (!IPV6 || canListen("::1", port))) {
                    return port;
                }
                TAKEN.remove(port);
            }
        }
        throw new IllegalStateException(
                "No free loopback port between " + LOWEST + " and " + highest + " in " + TRIES + " tries");
    }

    public static void release(int port) {
        TAKEN.remove(port);
    }

    /** The loopback addresses a server should listen on here, as PostgreSQL writes lists. */
    public static String loopbackAddresses() {
        return IPV6 ? "127.0.0.1,::1" : "127.0.0.1";
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
