package io.github.lifebelt.apps.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the callers were told, unit by unit: one reference each, so that a run may last for hours.
 *
 * <p>Each thread writes a lane of its own, without locks; who reads has waited for the threads' end.
 */
final class Claims {
    private static final long LANE = 1_000_000_000L;

    private final List<Lane> lanes = new ArrayList<>();

    Claims(int threads) {
        for (int i = 0; i < threads; i++) {
            lanes.add(new Lane());
        }
    }

    /** The id of a thread's next unit, which says whose it is and which. */
    long next(int thread) {
        return thread * LANE + lanes.get(thread).size;
    }

    /** Notes how that unit ended. */
    void settle(int thread, Outcome outcome) {
        lanes.get(thread).append(outcome);
    }

    int lanes() {
        return lanes.size();
    }

    int unitsOf(int thread) {
        return lanes.get(thread).size;
    }

    Outcome outcome(int thread, int sequence) {
        return lanes.get(thread).told[sequence];
    }

    static long unit(int thread, int sequence) {
        return thread * LANE + sequence;
    }

    /** Whose unit an id is, or null if nobody ran such a unit. */
    @Nullable
    Position find(long unit) {
        long thread = Math.floorDiv(unit, LANE);
        long sequence = Math.floorMod(unit, LANE);
        boolean known = thread >= 0 && thread < lanes.size() && sequence < lanes.get((int) thread).size;
        return known ? new Position((int) thread, (int) sequence) : null;
    }

    /** A unit's place. */
    record Position(int thread, int sequence) {}

    private static final class Lane {
        private Outcome[] told = new Outcome[1024];
        private int size;

        void append(Outcome outcome) {
            if (size == told.length) {
                told = Arrays.copyOf(told, size * 2);
            }
            told[size++] = outcome;
        }
    }
}
