package io.github.lifebelt.apps.benchmarks.results;

import java.util.List;

/** The tables of what grows with the work: threads, connections, those who wait, replicas. */
final class GrowthForms {

    private static final double THOUSAND = 1_000;

    private static final Condition THREADS =
            new Condition("threads", entry -> entry.text("threads") + (entry.is("virtual", "true") ? ", virtual" : ""));

    private static final Condition WAITERS =
            new Condition("waiters", entry -> entry.text("waiters") + (entry.is("virtual", "true") ? ", virtual" : ""));

    private static final Form CONTENTION = Form.of(
            "contention",
            "contention",
            "contention",
            List.of(Condition.WHERE, THREADS),
            List.of(
                    Figure.median("thousand a second", Better.MORE, "opsPerSecond", THOUSAND),
                    Figure.median("lifebelt is x times", Better.OURS_TO_THEIRS, "lifebeltTimes"),
                    Figure.median("95 % above", Better.NEITHER, "lifebeltTimesLow"),
                    Figure.median("wait p50, ms", Better.LESS, "waitMillisP50"),
                    Figure.median("p99", Better.LESS, "waitMillisP99"),
                    Figure.most("longest", Better.LESS, "waitMillisMax"),
                    Figure.median("threads never served", Better.LESS, "neverServed"),
                    text("broke", "broke")));

    private static final Form JMH_CONTENTION = Form.of(
            "jmh-contention",
            "contention, by JMH",
            "jmh-contention",
            List.of(Condition.WHERE, THREADS),
            List.of(
                    Figure.median("thousand a second", Better.MORE, "opsPerSecond", THOUSAND),
                    Figure.median("error (99.9 %)", Better.NEITHER, "opsPerSecondError", THOUSAND),
                    text("broke", "broke")));

    private static final Form SIZES = Form.of(
                    "scale-size",
                    "scale, a borrow from pools of a size",
                    "scale",
                    List.of(Condition.WHERE, Condition.as("size", "size")),
                    List.of(
                            Figure.median("borrow p50, ns", Better.LESS, "borrowNanosP50"),
                            Figure.median("p99", Better.LESS, "borrowNanosP99"),
                            Figure.most("longest", Better.LESS, "borrowNanosMax"),
                            Figure.median("heap, kB", Better.LESS, "heapBytes", THOUSAND),
                            Figure.median("descriptors", Better.LESS, "descriptors"),
                            text("broke", "broke")))
            .where(entry -> entry.is("what", "size"));

    private static final Form FOOTPRINT = Form.of(
                    "scale-footprint",
                    "scale, what a connection and a pool cost",
                    "scale",
                    List.of(Condition.WHERE),
                    List.of(
                            Figure.median("heap bytes a connection", Better.LESS, "heapBytesPerConnection"),
                            Figure.median("beyond the driver's", Better.NEITHER, "heapBytesBeyondDriver"),
                            Figure.median("direct bytes", Better.LESS, "directBytesPerConnection"),
                            Figure.median("descriptors", Better.LESS, "descriptorsPerConnection"),
                            Figure.median("threads of the pool", Better.LESS, "threads"),
                            text("their names", "threadNames")))
            .where(entry -> entry.is("what", "footprint"));

    private static final Form WAITING = Form.of(
                    "scale-waiters",
                    "scale, many wait",
                    "scale",
                    List.of(Condition.WHERE, WAITERS),
                    List.of(
                            Figure.median("return to next borrow, p50 us", Better.LESS, "wakeNanosP50", THOUSAND),
                            Figure.median("p99", Better.LESS, "wakeNanosP99", THOUSAND),
                            Figure.median("thousand served a second", Better.MORE, "waitersPerSecond", THOUSAND),
                            Figure.median("heap bytes a waiter", Better.LESS, "heapBytesPerWaiter"),
                            text("broke", "broke")))
            .where(entry -> entry.is("what", "waiters"));

    private static final Form START = Form.of(
                    "scale-start",
                    "scale, from nothing to the first borrow",
                    "scale",
                    List.of(
                            Condition.WHERE,
                            new Condition("JVM", entry -> entry.is("freshJvm", "true") ? "fresh" : "warm")),
                    List.of(
                            Figure.median("ms", Better.LESS, "startMillis"),
                            Figure.median("times the driver alone", Better.NEITHER, "timesDriverAlone")))
            .where(entry -> entry.is("what", "start"));

    private static final Form FLEET = Form.of(
            "fleet",
            "fleet, a model and no measurement",
            "fleet",
            List.of(
                    new Condition("pooler", entry -> entry.is("pooler", "true") ? "yes" : "no"),
                    new Condition("admission", entry -> entry.is("admission", "true") ? "on" : "off"),
                    new Condition("retry budget", entry -> entry.is("budget", "true") ? "on" : "off"),
                    Condition.as("constants", "constants"),
                    Condition.as("replicas", "replicas")),
            List.of(
                    Figure.median("attempts a second while down", Better.NEITHER, "attemptsPerSecondDown"),
                    Figure.median("logins a second at the return", Better.NEITHER, "loginsPerSecondAtReturn"),
                    Figure.median("refused", Better.NEITHER, "refusedByMaxConnections"),
                    Figure.median("given up", Better.NEITHER, "loginsTimedOut"),
                    Figure.median("all serve after, s", Better.NEITHER, "allServeAfterMillis", THOUSAND),
                    Figure.median("share of failed units", Better.NEITHER, "failedUnitsShare"),
                    Figure.median("waiting at the return", Better.NEITHER, "unitsWaitingAtReturn")));

    static final List<Form> ALL = List.of(CONTENTION, JMH_CONTENTION, SIZES, FOOTPRINT, WAITING, START, FLEET);

    private GrowthForms() {}

    private static Figure text(String header, String name) {
        return new Figure(
                header,
                Better.NEITHER,
                cell -> cell.entries().stream()
                        .map(entry -> entry.text(name))
                        .filter(text -> !text.isEmpty())
                        .findFirst()
                        .map(seen -> new Figure.Value(0, 0, 0, seen)));
    }
}
