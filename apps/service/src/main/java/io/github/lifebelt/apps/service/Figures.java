package io.github.lifebelt.apps.service;

import io.github.lifebelt.PoolListener;
import io.github.lifebelt.PoolStats.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What the page counts, beside what the pool itself counts. Thread-safe. */
final class Figures implements PoolListener {
    private static final int EVENTS = 40;

    private final AtomicLong atWork = new AtomicLong();
    private final AtomicLong committed = new AtomicLong();
    private final AtomicLong declined = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicLong retried = new AtomicLong();
    private final AtomicLong resolved = new AtomicLong();
    private final AtomicLong killed = new AtomicLong();
    private final Map<String, AtomicLong> errors = new ConcurrentHashMap<>();
    private final Latencies latencies = new Latencies();
    private final Deque<Event> events = new ArrayDeque<>();
    private long eventNumber;

    /**
     * Transfers so far.
     *
     * @param committed those that moved money
     * @param declined those that the business refused
     * @param failed those that stored nothing
     * @param unknown those of which it is not known
     * @param retried runs that were repeated
     * @param resolved COMMITs without an answer of which was found out what became
     */
    record Transfers(long committed, long declined, long failed, long unknown, long retried, long resolved) {}

    /**
     * Something that happened.
     *
     * @param number counts up
     * @param at milliseconds since 1970
     * @param fault whether the visitor did it
     * @param text for people
     */
    record Event(long number, long at, boolean fault, String text) {}

    void begun() {
        atWork.incrementAndGet();
    }

    void ended() {
        atWork.decrementAndGet();
    }

    long atWork() {
        return atWork.get();
    }

    void committed(Duration took) {
        committed.incrementAndGet();
        latencies.add(took);
    }

    void declined() {
        declined.incrementAndGet();
    }

    void failed(String code, boolean isUnknown) {
        (isUnknown ? unknown : failed).incrementAndGet();
        errors.computeIfAbsent(code, any -> new AtomicLong()).incrementAndGet();
    }

    void killed(int sessions) {
        killed.addAndGet(sessions);
    }

    @Override
    public void unitRetried(String unit, int attempt, Throwable failure, Duration pause) {
        retried.incrementAndGet();
    }

    @Override
    public void commitResolved(String unit, boolean wasCommitted, Duration took) {
        resolved.incrementAndGet();
    }

    @Override
    public void stateChanged(State from, State to, String reason) {
        event(false, "pool " + from + " → " + to);
    }

    synchronized void event(boolean fault, String text) {
        events.addLast(new Event(++eventNumber, System.currentTimeMillis(), fault, text));
        if (events.size() > EVENTS) {
            events.removeFirst();
        }
    }

    synchronized List<Event> events() {
        return new ArrayList<>(events);
    }

    Transfers transfers() {
        return new Transfers(
                committed.get(), declined.get(), failed.get(), unknown.get(), retried.get(), resolved.get());
    }

    long kills() {
        return killed.get();
    }

    /** How many failures there were of each code. */
    Map<String, Long> errors() {
        Map<String, Long> sorted = new TreeMap<>();
        errors.forEach((code, count) -> sorted.put(code, count.get()));
        return sorted;
    }

    Latencies latencies() {
        return latencies;
    }
}
