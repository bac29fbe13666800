package io.github.lifebelt.internal.trace;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Two that follow the same unit. */
record UnitTracePair(UnitTrace outer, UnitTrace inner) implements UnitTrace {

    @Override
    public void begin() {
        outer.begin();
        inner.begin();
    }

    @Override
    public void retried(int attempt, Throwable failure, Duration pause) {
        outer.retried(attempt, failure, pause);
        inner.retried(attempt, failure, pause);
    }

    @Override
    public void commitResolved(boolean committed, Duration took) {
        outer.commitResolved(committed, took);
        inner.commitResolved(committed, took);
    }

    @Override
    public void commitUnknown() {
        outer.commitUnknown();
        inner.commitUnknown();
    }

    @Override
    public void afterCommitFailed() {
        outer.afterCommitFailed();
        inner.afterCommitFailed();
    }

    @Override
    public void committed(int attempts) {
        outer.committed(attempts);
        inner.committed(attempts);
    }

    @Override
    public void failed(int attempts, @Nullable Throwable failure) {
        outer.failed(attempts, failure);
        inner.failed(attempts, failure);
    }

    @Override
    public void end() {
        inner.end();
        outer.end();
    }
}
