package io.github.lifebelt.internal.doctor;

import io.github.lifebelt.doctor.Doctor.Examined;
import io.github.lifebelt.doctor.Doctor.Layer;
import io.github.lifebelt.doctor.Doctor.Status;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** How far an examination has come, how long each layer took, and how much time is left. */
final class Course {
    private final Findings findings;
    private final long deadlineNanos;
    private final Set<Layer> looked = EnumSet.noneOf(Layer.class);
    private final Map<Layer, Long> nanos = new EnumMap<>(Layer.class);
    private final Map<Layer, String> seen = new EnumMap<>(Layer.class);

    Course(Findings findings, Duration limit) {
        this.findings = findings;
        this.deadlineNanos = System.nanoTime() + limit.toNanos();
    }

    /** Never less than a moment: who is late is told so by what he waits for. */
    Duration left() {
        return Duration.ofNanos(Math.max(1_000_000, deadlineNanos - System.nanoTime()));
    }

    /** A part of the time that is left, and a limit. */
    Duration share(Duration most, double part) {
        Duration mine = Duration.ofNanos((long) (left().toNanos() * part));
        return mine.compareTo(most) < 0 ? mine : most;
    }

    /** Looks at a layer. What belongs to a later one may be found on the way. */
    void look(Layer layer, Runnable step) {
        looked.add(layer);
        long begin = System.nanoTime();
        try {
            step.run();
        } finally {
            spent(layer, System.nanoTime() - begin);
        }
    }

    /** That a layer was looked at on the way to another. */
    void passed(Layer layer) {
        looked.add(layer);
    }

    void spent(Layer layer, long more) {
        nanos.merge(layer, more, Long::sum);
    }

    /** What is as it should be. */
    void saw(Layer layer, String what) {
        seen.put(layer, what);
    }

    /** Whether nobody could connect; a pool's settings keep nobody from it. */
    boolean isBroken() {
        return isBrokenBefore(Layer.POOL);
    }

    /** The first that is broken, or that of a login that worked. */
    Layer endOfLogin() {
        return Stream.of(Layer.values()).filter(findings::isBroken).findFirst().orElse(Layer.AUTH);
    }

    List<Examined> layers() {
        return Stream.of(Layer.values()).map(this::examined).toList();
    }

    private Examined examined(Layer layer) {
        Status status = findings.isBroken(layer)
                ? Status.FAILED
                : looked.contains(layer) && !isBrokenBefore(layer) ? Status.OK : Status.SKIPPED;
        return new Examined(
                layer,
                status,
                Duration.ofNanos(status == Status.SKIPPED ? 0 : nanos.getOrDefault(layer, 0L)),
                status == Status.OK ? seen.getOrDefault(layer, "") : "");
    }

    /** What was looked at on the way, and could not be seen for what stands before it. */
    private boolean isBrokenBefore(Layer layer) {
        return Stream.of(Layer.values())
                .filter(other -> other.compareTo(layer) < 0)
                .anyMatch(findings::isBroken);
    }
}
