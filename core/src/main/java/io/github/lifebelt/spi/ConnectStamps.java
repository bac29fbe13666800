package io.github.lifebelt.spi;

import io.github.lifebelt.spi.ConnectRequest.Phase;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of one attempt to connect goes. A phase that is entered ends the one before; where several hosts are
 * tried their times add up. Used by the connecting thread.
 */
final class ConnectStamps {

    private final long begin = System.nanoTime();
    private final EnumMap<Phase, Long> nanos = new EnumMap<>(Phase.class);
    private @Nullable Phase current;
    private long since = begin;

    /** Null for what belongs to none: what a driver does before it asks for its first socket. */
    void enter(@Nullable Phase next) {
        long now = System.nanoTime();
        Phase before = current;
        if (before != null) {
            nanos.merge(before, now - since, Long::sum);
        }
        current = next;
        since = now;
    }

    /** The handshake is over, if one was going on. */
    void encrypted() {
        if (current == Phase.TLS) {
            enter(Phase.AUTH);
        }
    }

    /** What is going on, or what the attempt has failed in. */
    Phase current() {
        Phase now = current;
        return now == null ? Phase.AUTH : now;
    }

    /** All of it is what follows the network where the sockets are somebody else's. */
    Map<Phase, Duration> soFar() {
        Phase now = current;
        enter(now);
        Map<Phase, Duration> soFar = new EnumMap<>(Phase.class);
        nanos.forEach((phase, spent) -> soFar.put(phase, Duration.ofNanos(spent)));
        if (soFar.isEmpty()) {
            soFar.put(Phase.AUTH, Duration.ofNanos(since - begin));
        }
        return Collections.unmodifiableMap(soFar);
    }
}
