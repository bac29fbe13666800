package io.github.lifebelt.tx;

import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import io.github.lifebelt.tx.UnitOfWork.Isolation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a {@link UnitOfWork} was told. */
record UnitSettings(
        String name, Access access, @Nullable Isolation isolation, Timeouts timeouts, Doubt doubt, Again again) {

    /** Whether a unit means to write. */
    enum Access {
        /** Nobody has said so. */
        UNDECLARED,
        READ_ONLY,
        READ_WRITE
    }

    /** Null is none. */
    record Timeouts(
            @Nullable Duration unit,
            @Nullable Duration statement,
            @Nullable Duration lock) {}

    /** What is done about a COMMIT that was not answered, and for how long. */
    record Doubt(CommitOutcome outcome, Duration timeout) {}

    /** What the unit is run again after; and whether it is when it may have been stored. */
    record Again(RetryPolicy policy, boolean evenIfUnknown) {}

    private static final Duration RESOLVE = Duration.ofSeconds(30);

    static UnitSettings defaults(CommitOutcome outcome) {
        return new UnitSettings(
                "unit",
                Access.UNDECLARED,
                null,
                new Timeouts(null, null, null),
                new Doubt(outcome, RESOLVE),
                new Again(RetryPolicy.none(), false));
    }

    UnitSettings with(String newName) {
        return new UnitSettings(newName, access, isolation, timeouts, doubt, again);
    }

    UnitSettings with(Access newAccess) {
        return new UnitSettings(name, newAccess, isolation, timeouts, doubt, again);
    }

    UnitSettings with(Isolation newIsolation) {
        return new UnitSettings(name, access, newIsolation, timeouts, doubt, again);
    }

    UnitSettings with(Timeouts newTimeouts) {
        return new UnitSettings(name, access, isolation, newTimeouts, doubt, again);
    }

    UnitSettings with(Doubt newDoubt) {
        return new UnitSettings(name, access, isolation, timeouts, newDoubt, again);
    }

    UnitSettings with(Again newAgain) {
        return new UnitSettings(name, access, isolation, timeouts, doubt, newAgain);
    }

    boolean readOnly() {
        return access == Access.READ_ONLY;
    }
}
