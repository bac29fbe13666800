package io.github.lifebelt.testing.internal.proxy;

import io.github.lifebelt.testing.ProtocolProxy.Ending;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is to be lost, and what was. Thread-safe. */
public final class Aims {
    /** What can be aimed at. */
    public enum Target {
        COMMIT_REQUEST,
        COMMIT_ANSWER,
        RESULT
    }

    private record Armed(Ending ending, int times, int rows) {}

    private final Map<Target, Armed> armed = new EnumMap<>(Target.class);
    private final Map<Target, Integer> hits = new EnumMap<>(Target.class);

    Aims() {}

    /** Replaces what was left for the target. */
    public synchronized void arm(Target target, Ending ending, int times, int rows) {
        if (times < 0 || rows < 0) {
            throw new IllegalArgumentException("must not be negative: " + (times < 0 ? times : rows));
        }
        if (times == 0) {
            armed.remove(target);
        } else {
            armed.put(target, new Armed(ending, times, rows));
        }
    }

    public synchronized void disarm() {
        armed.clear();
    }

    public synchronized boolean areSpent() {
        return armed.isEmpty();
    }

    public synchronized int hits(Target target) {
        return hits.getOrDefault(target, 0);
    }

    /** The ending if this COMMIT is to be lost, which counts as done then. */
    synchronized @Nullable Ending take(Target target) {
        Armed found = armed.get(target);
        return found == null ? null : hit(target, found);
    }

    /** The ending if a result is to be cut off in its row of this number, counted from zero. */
    synchronized @Nullable Ending takeRow(int row) {
        Armed found = armed.get(Target.RESULT);
        return found == null || row != found.rows ? null : hit(Target.RESULT, found);
    }

    private Ending hit(Target target, Armed found) {
        if (found.times == 1) {
            armed.remove(target);
        } else {
            armed.put(target, new Armed(found.ending, found.times - 1, found.rows));
        }
        hits.merge(target, 1, Integer::sum);
        return found.ending;
    }
}
