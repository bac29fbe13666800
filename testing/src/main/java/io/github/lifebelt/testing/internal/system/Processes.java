package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Stream;

/** What the system knows about processes. */
public final class Processes {
    private static final char ZOMBIE = 'Z';
    private static final char STOPPED = 'T';
    private static final char UNKNOWN = '?';
    private static final boolean PROC = Files.exists(Path.of("/proc/self/stat"));

    private Processes() {}

    /** Whether a process does nothing any more; one that only waits for its parent to notice its end counts as gone. */
    public static boolean isGone(ProcessHandle process) {
        return !process.isAlive() || (PROC && state(process) == ZOMBIE && hasNoOtherThreads(process));
    }

    /** A process whose first thread has ended looks like one that has, while others still hold its ports. */
    private static boolean hasNoOtherThreads(ProcessHandle process) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            return threads.limit(2).count() < 2;
        } catch (IOException | UncheckedIOException e) {
            return true;
        }
    }

    public static boolean areGone(Collection<ProcessHandle> processes) {
        return processes.stream().allMatch(Processes::isGone);
    }

    /** Whether a process is stopped by a signal, or gone; where the system does not tell, yes. */
    public static boolean isFrozen(ProcessHandle process) {
        return !PROC || state(process) == STOPPED || isGone(process);
    }

    private static char state(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            // The name before the state stands in parentheses and may hold anything, parentheses too.
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException | IndexOutOfBoundsException e) {
            return UNKNOWN;
        }
    }
}
