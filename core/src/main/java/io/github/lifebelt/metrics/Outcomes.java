package io.github.lifebelt.metrics;

import io.github.lifebelt.tx.CommitOutcomeUnknownException;
import io.github.lifebelt.tx.ConnectionUnavailableException;
import io.github.lifebelt.tx.TransactionRolledBackException;
import org.jspecify.annotations.Nullable;

/** How units of work end, in the words that meters and observations share. */
final class Outcomes {
    static final String KEY = "outcome";
    static final String OK = "ok";
    static final String COMMITTED = "committed";
    static final String ROLLED_BACK = "rolled_back";
    static final String JOINED = "joined";

    private Outcomes() {}

    /** Of one that was not committed; null if its caller has closed it. */
    static String ofUnit(@Nullable Throwable failure) {
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
