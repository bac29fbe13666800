package io.github.lifebelt.metrics;

import io.github.lifebelt.internal.trace.UnitOutcomes;
import io.github.lifebelt.internal.trace.UnitTrace;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.micrometer.observation.Observation.Event;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A unit of work as an observation. Of failures it tells kind, reason and SQLState, and never the message: that is the
 * application's or the server's, and servers put values of rows into theirs.
 */
final class ObservedUnit implements UnitTrace {
    private static final String ERROR_TYPE = "error.type";

    /** Stands for a failure whose words may have values of the application's data in them. */
    private static final class UnitNotCommittedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnitNotCommittedException(String what) {
            super(what, null, false, false);
        }
    }

    private final Supplier<Observed> starter;
    private @Nullable Observed observed;
    private boolean told;

    ObservedUnit(Supplier<Observed> starter) {
        this.starter = starter;
    }

    private void with(Consumer<Observed> what) {
        Observed begun = observed;
        if (begun != null) {
            what.accept(begun);
        }
    }

    private void event(String name, String words) {
        with(begun -> begun.tell(one -> one.event(Event.of("lifebelt.unit." + name, words))));
    }

    @Override
    public void begin() {
        observed = starter.get();
    }

    @Override
    public void retried(int attempt, Throwable failure, Duration pause) {
        event("retried", "run " + attempt + " failed, run again: " + kind(failure));
    }

    @Override
    public void commitResolved(boolean committed, Duration took) {
        event("commit.resolved", "COMMIT was not answered; found out: " + (committed ? "committed" : "rolled back"));
    }

    @Override
    public void commitUnknown() {
        event("commit.unknown", "COMMIT was not answered; its outcome is unknown");
    }

    @Override
    public void afterCommitFailed() {
        event("after-commit.failed", "an after-commit action failed");
    }

    @Override
    public void committed(int attempts) {
        outcome(UnitOutcomes.COMMITTED, "none", attempts);
    }

    @Override
    public void failed(int attempts, @Nullable Throwable failure) {
        String type = failure == null ? "none" : failure.getClass().getName();
        outcome(UnitOutcomes.of(failure), type, attempts);
        if (failure != null) {
            with(begun -> {
                SqlStates.of(failure, state -> begun.tell(one -> one.highCardinalityKeyValue(SqlStates.KEY, state)));
                begun.tell(one -> one.error(new UnitNotCommittedException(kind(failure))));
            });
        }
    }

    private void outcome(String outcome, String errorType, int attempts) {
        told = true;
        // The same low-cardinality keys however it ends: registries refuse meters that differ in their tags' names.
        with(begun -> begun.tell(one -> one.lowCardinalityKeyValue(Outcomes.KEY, outcome)
                .lowCardinalityKeyValue(ERROR_TYPE, errorType)
                .highCardinalityKeyValue("lifebelt.unit.attempts", Integer.toString(attempts))));
    }

    @Override
    public void end() {
        if (!told) {
            outcome(UnitOutcomes.JOINED, "none", 1);
        }
        with(Observed::stop);
        observed = null;
    }

    private static String kind(Throwable failure) {
        StringBuilder kind = new StringBuilder(failure.getClass().getName());
        if (failure instanceof TransactionRolledBackException rolledBack) {
            kind.append(' ').append(rolledBack.reason());
        }
        SqlStates.of(failure, state -> kind.append(", SQLState ").append(state));
        return kind.toString();
    }
}
