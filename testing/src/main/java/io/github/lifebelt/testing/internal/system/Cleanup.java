package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One shutdown hook for all: first closes what is still open, then removes the folders it stood in. */
public final class Cleanup {
    private static final Logger LOG = LoggerFactory.getLogger(Cleanup.class);
    private static final Set<Step> OPEN = ConcurrentHashMap.newKeySet();
    private static final ConcurrentLinkedQueue<Step> LAST = new ConcurrentLinkedQueue<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Cleanup::run, "lifebelt-testing-cleanup"));
    }

    private Cleanup() {}

    /** What is done at exit. */
    public interface Step {
        void run() throws IOException;
    }

    /** Runs the step at exit, unless {@link #forget} comes first. */
    public static void atExit(Step step) {
        OPEN.add(step);
    }

    /** Takes back {@link #atExit}, for what was closed in time. */
    public static void forget(Step step) {
        OPEN.remove(step);
    }

    /** Runs the step when all others are through. */
    public static void atExitLast(Step step) {
        LAST.add(step);
    }

    private static void run() {
        OPEN.forEach(Cleanup::runOne);
        LAST.forEach(Cleanup::runOne);
    }

    private static void runOne(Step step) {
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            LOG.debug("Cleaning up at exit failed", e);
        }
    }
}
