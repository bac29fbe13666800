package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * For how long something on this machine has wanted to run and had to wait, for a processor or for a disk, since the machine
 * was started: Linux's pressure stall information (Documentation/accounting/psi.rst). Whatever passes from thread to thread
 * and from process to process is delayed by no more than that.
 */
public final class Pressure {
    private static final Path FOLDER = Path.of("/proc/pressure");
    private static final Pattern SOME = Pattern.compile("^some .*\\btotal=(\\d+)$", Pattern.MULTILINE);

    private Pressure() {}

    /** Zero, always, where the system does not tell: it is not Linux, or has been told to keep no account of it. */
    public static Duration sinceBoot() {
        return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros("cpu") + micros("io")));
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
