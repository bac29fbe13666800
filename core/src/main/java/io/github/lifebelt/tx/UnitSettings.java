package io.github.lifebelt.tx;

import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import io.github.lifebelt.tx.UnitOfWork.Isolation;
import io.github.lifebelt.tx.UnitOfWork.OuterTransaction;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a {@link UnitOfWork} was told. */
record UnitSettings(
        String name,
        Access access,
        @Nullable Isolation isolation,
        Timeouts timeouts,
        Doubt doubt,
        Again again,
        Around around) {

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

    /** Who knows of transactions that something else runs on the thread; and whether the unit joins one. */
    record Around(Supplier<? extends @Nullable OuterTransaction> current, boolean joins) {}

    private static final Duration RESOLVE = Duration.ofSeconds(30);

    static UnitSettings defaults(CommitOutcome outcome) {
        return new UnitSettings(
                "unit",
                Access.UNDECLARED,
                null,
                new Timeouts(null, null, null),
                new Doubt(outcome, RESOLVE),
                new Again(RetryPolicy.none(), false),
                new Around(() -> null, false));
    }

    UnitSettings with(String newName) {
        return new UnitSettings(newName, access, isolation, timeouts, doubt, again, around);
    }

    UnitSettings with(Access newAccess) {
        return new UnitSettings(name, newAccess, isolation, timeouts, doubt, again, around);
    }

    UnitSettings with(Isolation newIsolation) {
        return new UnitSettings(name, access, newIsolation, timeouts, doubt, again, around);
    }

    UnitSettings with(Timeouts newTimeouts) {
        return new UnitSettings(name, access, isolation, newTimeouts, doubt, again, around);
    }

    UnitSettings with(Doubt newDoubt) {
        return new UnitSettings(name, access, isolation, timeouts, newDoubt, again, around);
    }

    UnitSettings with(Again newAgain) {
        return new UnitSettings(name, access, isolation, timeouts, doubt, newAgain, around);
    }

    UnitSettings with(Around newAround) {
        return new UnitSettings(name, access, isolation, timeouts, doubt, again, newAround);
    }

    boolean readOnly() {
        return access == Access.READ_ONLY;
    }
}
