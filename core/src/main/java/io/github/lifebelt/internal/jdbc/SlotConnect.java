package io.github.lifebelt.internal.jdbc;

import io.github.lifebelt.spi.ConnectRequest;
import org.jspecify.annotations.Nullable;

/** An attempt to connect that can be ended from another thread, also before it has begun. */
public final class SlotConnect {
    private final long sinceNanos = System.nanoTime();
    private @Nullable ConnectRequest request;
    private boolean aborted;

    long sinceNanos() {
        return sinceNanos;
    }

    /** The attempt begins. */
    public synchronized void begin(ConnectRequest begun) {
        request = begun;
        if (aborted) {
            begun.abort();
        }
    }

    /** Ends the attempt at once. */
    public synchronized void abort() {
        aborted = true;
        if (request != null) {
            request.abort();
        }
    }
}
