package io.github.lifebelt.internal.jfr;

import io.github.lifebelt.internal.trace.UnitOutcomes;
import io.github.lifebelt.internal.trace.UnitTrace;
import org.jspecify.annotations.Nullable;

/** A unit of work as an event. */
final class RecordedUnit implements UnitTrace {
    private final UnitEvent event;

    RecordedUnit(UnitEvent event) {
        this.event = event;
    }

    @Override
    public void begin() {
        event.begin();
    }

    @Override
    public void committed(int attempts) {
        ended(UnitOutcomes.COMMITTED, attempts);
    }

    @Override
    public void failed(int attempts, @Nullable Throwable failure) {
        ended(UnitOutcomes.of(failure), attempts);
        // Not its words: they may have values of rows in them.
        event.failure = failure == null ? null : failure.getClass().getName();
    }

    private void ended(String outcome, int attempts) {
        event.outcome = outcome;
        event.attempts = attempts;
    }

    @Override
    public void end() {
        if (event.outcome == null) {
            ended(UnitOutcomes.JOINED, 1);
        }
        event.end();
        event.commit();
    }
}
