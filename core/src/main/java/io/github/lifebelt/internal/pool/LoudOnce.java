package io.github.lifebelt.internal.pool;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/** A warning about the application's code: with a stack the first time, and without it from then on. */
final class LoudOnce {
    private final Logger log;
    private final AtomicBoolean said = new AtomicBoolean();

    LoudOnce(Logger log) {
        this.log = log;
    }

    /**
     * Warns.
     *
     * @param here what the stack shows
     * @param message with a placeholder for each of the arguments
     */
    void warn(String here, String message, Object... arguments) {
        if (said.compareAndSet(false, true)) {
            Object[] more = Arrays.copyOf(arguments, arguments.length + 1);
            more[arguments.length] = new Throwable(here + " (shown once per pool)");
            log.warn(message, more);
        } else {
            log.warn(message, arguments);
        }
    }
}
