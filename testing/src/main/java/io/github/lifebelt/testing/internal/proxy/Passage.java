package io.github.lifebelt.testing.internal.proxy;

import io.github.lifebelt.testing.internal.system.Waiting;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** A client's connection through a proxy to its server. */
interface Passage {

    /** Cuts both sides off with a TCP reset. */
    void reset();

    /**
     * Whether no thread is at work for it. Only then are its sockets really closed: the system keeps one open for as long
     * as a thread reads from it.
     */
    boolean hasEnded();

    /** Cuts off all that there are. On return both sides of each have been told. */
    static void resetAll(Collection<? extends Passage> passages) {
        Duration atMost = Duration.ofSeconds(10);
        List<Passage> all = List.copyOf(passages);
        all.forEach(Passage::reset);
        if (!Waiting.until(atMost, () -> all.stream().allMatch(Passage::hasEnded))) {
            throw new IllegalStateException("The proxy still has connections " + atMost + " after their reset");
        }
    }
}
