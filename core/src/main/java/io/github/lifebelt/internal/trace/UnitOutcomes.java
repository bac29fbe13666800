package io.github.lifebelt.internal.trace;

import io.github.lifebelt.tx.CommitOutcomeUnknownException;
import io.github.lifebelt.tx.ConnectionUnavailableException;
import io.github.lifebelt.tx.TransactionRolledBackException;
import org.jspecify.annotations.Nullable;

/** How units of work end, in the words that meters, observations and Flight Recorder's events share. */
public final class UnitOutcomes {
    public static final String COMMITTED = "committed";
    public static final String ROLLED_BACK = "rolled_back";
    /** Whether it is stored shows when the transaction ends that it is a part of. */
    public static final String JOINED = "joined";

    private UnitOutcomes() {}

    /** Of one that was not committed; null if its caller has closed it. */
    public static String of(@Nullable Throwable failure) {
        if (failure == null) {
            return "closed";
        }
        if (failure instanceof CommitOutcomeUnknownException) {
            return "unknown";
        }
        if (failure instanceof ConnectionUnavailableException) {
            return "unavailable";
        }
        return failure instanceof TransactionRolledBackException ? ROLLED_BACK : "failed";
    }
}
