package io.github.lifebelt.apps.demo;

import io.github.lifebelt.PoolListener;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the pool's units had to do to end well. Thread-safe. */
final class Events implements PoolListener {
    private final LongAdder retried = new LongAdder();
    private final LongAdder resolvedCommits = new LongAdder();

    @Override
    public void unitRetried(String unit, int attempt, Throwable failure, Duration pause) {
        retried.increment();
    }

    @Override
    public void commitResolved(String unit, boolean committed, Duration took) {
        resolvedCommits.increment();
    }

    /** How often units were run again. */
    long retried() {
        return retried.sum();
    }

    /** How many broken COMMITs were looked up, with an answer. */
    long resolvedCommits() {
        return resolvedCommits.sum();
    }
}
