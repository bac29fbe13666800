package io.github.lifebelt.apps.demo;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts how units ended, while they run. Thread-safe. */
final class Tally {
    private final LongAdder committed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    private final Map<String, LongAdder> causes = new ConcurrentHashMap<>();
    private final Latencies latencies = new Latencies();

    void ended(Outcome outcome, Duration took) {
        switch (outcome) {
            case COMMITTED -> committed.increment();
            case FAILED -> failed.increment();
            case UNKNOWN -> unknown.increment();
        }
        latencies.add(took);
    }

    /** Why a unit did not commit, in a few words that many units share. */
    void cause(String cause) {
        causes.computeIfAbsent(cause, key -> new LongAdder()).increment();
    }

    long committed() {
        return committed.sum();
    }

    long failed() {
        return failed.sum();
    }

    long unknown() {
        return unknown.sum();
    }

    long units() {
        return committed() + failed() + unknown();
    }

    Latencies latencies() {
        return latencies;
    }

    Map<String, Long> causes() {
        Map<String, Long> counts = new TreeMap<>();
        causes.forEach((cause, count) -> counts.put(cause, count.sum()));
        return counts;
    }
}
