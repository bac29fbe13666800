package io.github.lifebelt.postgres;

import io.github.lifebelt.url.DatabaseUrl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What connecting met lately at the hosts of lists, so that a list of which the first has gone does not cost its part of
 * the deadline at each connect. It changes the order in which hosts are tried and nothing else: none is ever left out.
 * Shared by all pools of a process; thread-safe.
 */
final class HostMemory {

    /** How a host did, the best first. */
    private enum Seen {
        FITS,
        HAS_THE_OTHER_ROLE,
        FAILED
    }

    private record Note(Seen seen, boolean wantsWriter, long nanos) {}

    private static final int MOST = 1000;
    private static final Map<DatabaseUrl.Host, Note> NOTES = new ConcurrentHashMap<>();

    private HostMemory() {}

    /**
     * The order in which to try hosts: that of the list, or any if the load is to be spread, with those behind that did
     * not do lately.
     */
    static List<DatabaseUrl.Host> order(List<DatabaseUrl.Host> hosts, TargetServer target, Duration memory) {
        List<DatabaseUrl.Host> order = new ArrayList<>(hosts);
        if (target.spread()) {
            Collections.shuffle(order);
        }
        long now = System.nanoTime();
        order.sort(Comparator.comparing(host -> seen(host, target, now - memory.toNanos())));
        return order;
    }

    private static Seen seen(DatabaseUrl.Host host, TargetServer target, long since) {
        Note note = NOTES.get(host);
        if (note == null || note.nanos - since <= 0) {
            return Seen.FITS;
        }
        // What role a host has matters to those alone who want the same.
        return note.seen == Seen.HAS_THE_OTHER_ROLE && (target.any() || note.wantsWriter != target.wantsWriter())
                ? Seen.FITS
                : note.seen;
    }

    static void fits(DatabaseUrl.Host host) {
        NOTES.remove(host);
    }

    static void hasTheOtherRole(DatabaseUrl.Host host, TargetServer target) {
        note(host, new Note(Seen.HAS_THE_OTHER_ROLE, target.wantsWriter(), System.nanoTime()));
    }

    static void failed(DatabaseUrl.Host host) {
        note(host, new Note(Seen.FAILED, false, System.nanoTime()));
    }

    private static void note(DatabaseUrl.Host host, Note note) {
        if (NOTES.size() >= MOST) {
            // Nobody has so many databases; something makes names up.
            NOTES.clear();
        }
        NOTES.put(host, note);
    }
}
