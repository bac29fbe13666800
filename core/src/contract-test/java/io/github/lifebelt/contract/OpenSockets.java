package io.github.lifebelt.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** This process's own TCP sockets, as Linux has them. */
final class OpenSockets {
    private static final int REMOTE = 2;
    private static final int INODE = 9;
    private static final int HEX = 16;

    private OpenSockets() {}

    /** The inodes of those that lead to a port of the loopback, and for which this process has a descriptor. */
    static Set<String> to(int port) throws IOException {
        Set<String> open = descriptors();
        Set<String> found = new TreeSet<>();
        for (String table : new String[] {"tcp", "tcp6"}) {
            for (String line : Files.readAllLines(Path.of("/proc/self/net", table))) {
                String[] fields = line.trim().split("\\s+");
                if (leadsTo(fields[REMOTE], port) && open.contains("socket:[" + fields[INODE] + "]")) {
                    found.add(fields[INODE]);
                }
            }
        }
        return found;
    }

    private static boolean leadsTo(String address, int port) {
        int colon = address.lastIndexOf(':');
        String digits = address.substring(colon + 1);
        return digits.matches("[0-9A-F]{4}") && Integer.parseInt(digits, HEX) == port;
    }

    private static Set<String> descriptors() throws IOException {
        Set<String> targets = new HashSet<>();
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            links.forEach(link -> {
                try {
                    targets.add(Files.readSymbolicLink(link).toString());
                } catch (NoSuchFileException e) {
                    // Closed since the folder was read.
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return targets;
    }
}
