package io.github.lifebelt.apps.benchmarks.bench;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What this process occupies at a moment.
 *
 * @param heap bytes that are left after the garbage is collected
 * @param direct bytes of buffers outside of the heap
 * @param descriptors open files, sockets and what selectors need; empty where the system does not show them
 * @param threads names of live threads
 */
record Footprint(long heap, long direct, Optional<Integer> descriptors, List<String> threads) {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int COLLECTIONS = 3;
    private static final long MOMENT_MILLIS = 60;

    static Footprint now() throws InterruptedException, IOException {
        for (int i = 0; i < COLLECTIONS; i++) {
            // Cleaners and reference queues have their threads.
            System.gc();
            Thread.sleep(MOMENT_MILLIS);
        }
        Runtime runtime = Runtime.getRuntime();
        long heap = runtime.totalMemory() - runtime.freeMemory();
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        List<String> threads = Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .sorted()
                .toList();
        return new Footprint(heap, direct, openFiles(), threads);
    }

    private static Optional<Integer> openFiles() throws IOException {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return Optional.empty();
        }
        int count = 0;
        try (DirectoryStream<Path> open = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path each : open) {
                count += each.getNameCount() > 0 ? 1 : 0;
            }
        }
        return Optional.of(count);
    }
}
