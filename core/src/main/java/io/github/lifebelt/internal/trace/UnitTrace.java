package io.github.lifebelt.internal.trace;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One call of a unit of work, from before its first borrow to after its after-commit actions. Used by the unit's thread;
 * nothing of it throws.
 */
public interface UnitTrace {

    /** Nobody follows it. */
    UnitTrace NONE = new UnitTrace() {};

    /** From here to {@link #end()} what happens on this thread belongs to it. */
    default void begin() {}

    /** A run has failed, and another one follows after a pause. */
    default void retried(int attempt, Throwable failure, Duration pause) {}

    /** It was found out what became of a COMMIT that was not answered. */
    default void commitResolved(boolean committed, Duration took) {}

    /** Nobody knows what became of the COMMIT. */
    default void commitUnknown() {}

    /** It is stored, and something that was to be done after that has failed. */
    default void afterCommitFailed() {}

    /** Everything is stored. */
    default void committed(int attempts) {}

    /**
     * It has ended otherwise.
     *
     * @param failure what its caller gets; null if the caller has closed it without committing
     */
    default void failed(int attempts, @Nullable Throwable failure) {}

    /** Last, once for each {@link #begin()}. */
    default void end() {}

    /** Both. The one that began last ends first. */
    static UnitTrace both(UnitTrace outer, UnitTrace inner) {
        if (outer == NONE) {
            return inner;
        }
        return inner == NONE ? outer : new UnitTracePair(outer, inner);
    }
}
