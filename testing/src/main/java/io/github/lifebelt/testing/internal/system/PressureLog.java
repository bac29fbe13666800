package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * For how long something on this machine has wanted to run and had to wait, for a processor or for a disk: Linux's pressure
 * stall information (Documentation/accounting/psi.rst), looked at from time to time. What passes from thread to thread and from
 * process to process is delayed by about that much at most: Linux takes the mean of the processors that have something to do.
 * Where the system does not tell (it is not Linux, or keeps no account of it) nothing has waited.
 *
 * <p>Thread-safe.
 */
public final class PressureLog {
    private static final Path FOLDER = Path.of("/proc/pressure");
    private static final Pattern SOME = Pattern.compile("^some .*\\btotal=(\\d+)$", Pattern.MULTILINE);

    /** @param waitedNanos since the machine was started */
    private record Look(long atNanos, long waitedNanos) {}

    private final List<Look> looks = new ArrayList<>();

    /** Takes note of how it stands. */
    public synchronized void look() {
        long waited = TimeUnit.MICROSECONDS.toNanos(micros("cpu") + micros("io"));
        note(System.nanoTime(), waited);
    }

    synchronized void note(long atNanos, long waitedNanos) {
        looks.add(new Look(atNanos, waitedNanos));
    }

    /**
     * The longest that something bounded may have taken, whenever it was.
     *
     * @param limit what it takes where nothing waits
     */
    public synchronized Duration longest(Duration limit) {
        // What is waited for makes it longer, and the longer it is the more can have been waited for meanwhile.
        long allowed = limit.toNanos();
        for (; ; ) {
            long more = limit.toNanos() + mostWaitedWithin(allowed);
            if (more <= allowed) {
                return Duration.ofNanos(allowed);
            }
            allowed = more;
        }
    }

    /** From a look before it begins to a look after it has ended, wherever between two looks that is. */
    private long mostWaitedWithin(long nanos) {
        long most = 0;
        int last = 0;
        for (Look first : looks) {
            while (last < looks.size() - 1 && looks.get(last).atNanos() - first.atNanos() < nanos) {
                last++;
            }
            Look after = looks.get(Math.min(last + 1, looks.size() - 1));
            most = Math.max(most, after.waitedNanos() - first.waitedNanos());
        }
        return most;
    }

    private static long micros(String resource) {
        try {
            Matcher some = SOME.matcher(Files.readString(FOLDER.resolve(resource)));
            return some.find() ? Long.parseLong(some.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
