package io.github.lifebelt.internal.jfr;

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
        event.attempts = attempts;
        event.committed = true;
    }

    @Override
    public void failed(int attempts, @Nullable Throwable failure) {
        event.attempts = attempts;
        // Not its words: they may have values of rows in them.
        event.failure = failure == null ? null : failure.getClass().getName();
    }

    @Override
    public void end() {
        event.end();
        event.commit();
    }
}
