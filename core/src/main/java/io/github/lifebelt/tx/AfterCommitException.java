package io.github.lifebelt.tx;

import java.util.List;

/**
 * The unit was committed, and something that was to follow has failed: an action given to {@link Transaction#afterCommit},
 * or the check of the session in a pool for tests. The first failure is the cause, the others are suppressed exceptions.
 */
public final class AfterCommitException extends DatabaseException {

    private static final long serialVersionUID = 1L;

    AfterCommitException(String unit, List<Throwable> failures) {
        super(
                "AFTER_COMMIT_FAILED",
                Effect.COMMITTED,
                false,
                "unit '" + unit + "' is committed, but " + failures.size()
                        + (failures.size() == 1 ? " thing" : " things") + " that followed failed, first: "
                        + failures.get(0) + ". Do not run the unit again",
                failures.get(0));
        failures.stream().skip(1).forEach(this::addSuppressed);
    }
}
