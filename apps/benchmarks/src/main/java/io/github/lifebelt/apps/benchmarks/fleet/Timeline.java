package io.github.lifebelt.apps.benchmarks.fleet;

import java.util.PriorityQueue;

/** What happens when, in the model's own time. What is due at one moment happens in the order in which it was planned. */
final class Timeline {

    private record Event(long atMicros, long number, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atMicros, other.atMicros);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Event> planned = new PriorityQueue<>();
    private long nowMicros;
    private long number;

    long now() {
        return nowMicros;
    }

    void after(long micros, Runnable what) {
        planned.add(new Event(nowMicros + Math.max(0, micros), number++, what));
    }

    /** Lets everything happen that is due until then. */
    void runUntil(long endMicros) {
        for (Event next = planned.peek(); next != null && next.atMicros() <= endMicros; next = planned.peek()) {
            planned.remove();
            nowMicros = next.atMicros();
            next.what().run();
        }
        nowMicros = endMicros;
    }
}
