package io.github.lifebelt.apps.benchmarks.results;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** The tables there are. A figure that says how good a pool is says which is better, or Ahead would not be complete. */
final class Forms {

    private static final double THOUSAND = 1_000;

    private static final Condition WAIT = Condition.in("ms", "wait", "waitMillis");

    private static final Map<String, String> FAULTS = Map.of(
            "frozen", "server frozen (SIGSTOP)",
            "blackhole", "black hole",
            "silence", "accepts and stays silent",
            "reset", "reset (RST)",
            "halfOpen", "half-open",
            "slowHandshake", "slow handshake");

    static final Form KILL_ALL = Form.of(
            "A",
            "A, all sessions killed",
            "A",
            List.of(Condition.WHERE),
            List.of(
                    Figure.countOf("errors", Better.LESS, "errors", Forms::borrows),
                    Figure.most("most in a round", Better.NEITHER, "errorsMax"),
                    Figure.count("rounds", Better.NEITHER, "rounds"),
                    Figure.verdict()));

    static final Form STOPPED = Form.of(
                    "B-stopped",
                    "B, server stopped",
                    "B",
                    List.of(Condition.WHERE),
                    List.of(
                            Figure.median("first wave blocked, ms", Better.LESS, "firstWaveMillis"),
                            Figure.most("longest", Better.LESS, "firstWaveMillisMax"),
                            Figure.count("dead connections lent", Better.LESS, "firstWaveDeadConnections"),
                            Figure.median("second wave blocked, ms", Better.LESS, "secondWaveMillis"),
                            Figure.most("longest of the second", Better.LESS, "secondWaveMillisMax"),
                            Figure.count("dead connections in the second", Better.LESS, "secondWaveDeadConnections"),
                            Figure.count("rounds", Better.NEITHER, "rounds"),
                            Figure.verdict()))
            .where(entry -> entry.is("part", "stopped"))
            .calling(Forms::withMode);

    static final Form BACK = Form.of(
                    "B-back",
                    "B, server back",
                    "B",
                    List.of(Condition.WHERE, Condition.in("s", "outage", "outageSeconds")),
                    List.of(
                            Figure.median("first success after a bare loop's, ms", Better.LESS, "lagMillis"),
                            Figure.most("95th percentile", Better.LESS, "lagMillisP95"),
                            Figure.median("one bare connect", Better.NEITHER, "bareConnectMillis"),
                            Figure.count("rounds", Better.NEITHER, "rounds"),
                            Figure.verdict()))
            .where(entry -> entry.is("part", "back"))
            .calling(Forms::withMode);

    static final Form SILENCE = Form.of(
                    "C",
                    "C, no answer",
                    "C",
                    List.of(Condition.WHERE, Condition.as("fault", "fault", FAULTS), WAIT),
                    List.of(
                            Figure.most("slowest borrow, ms", Better.LESS, "slowestMillis"),
                            Figure.countOf("late", Better.LESS, "late", cell -> cell.sum("borrows")),
                            Figure.count("still blocked at the end", Better.LESS, "blocked"),
                            Figure.count("lent", Better.NEITHER, "lent"),
                            Figure.count("failed", Better.NEITHER, "failed"),
                            Figure.most("4 x longest machine stall, ms", Better.NEITHER, "fourMachineStallsMillis"),
                            Figure.verdict()))
            .calling(Forms::withDriverTimeouts);

    static final Form REFILL = Form.of(
                    "D",
                    "D, refill",
                    "D",
                    List.of(Condition.WHERE, Condition.as("n", "connections")),
                    List.of(
                            Figure.median("n dead to n live, ms", Better.LESS, "millis"),
                            Figure.median("times bare", Better.LESS, "timesBare"),
                            Figure.median("beyond 1.3 x bare, ms", Better.NEITHER, "millisBeyond"),
                            Figure.count("errors", Better.LESS, "errors"),
                            Figure.count("rounds", Better.NEITHER, "rounds"),
                            Figure.verdict()))
            .calling(entry -> entry.row().pool().equals("none")
                    ? "bare connects"
                    : entry.row().pool());

    static final Form BORROW = pooled("borrow", "borrow + return");
    static final Form QUERY = pooled("query", "borrow + SELECT 1 + return");
    static final Form LATENCY = pooled("latency", "borrow + SELECT 1 + return at 0.5 ms round trip");

    static final Form ALLOC = Form.of(
            "alloc",
            "what a borrow allocates",
            "alloc",
            List.of(Condition.WHERE),
            List.of(
                    Figure.median("bytes", Better.LESS, "bytesPerBorrow"),
                    Figure.median("more than HikariCP", Better.NEITHER, "moreThanHikari"),
                    Figure.verdict()));

    static final Form METRICS = Form.of(
            "metrics",
            "what metrics cost",
            "metrics",
            List.of(Condition.WHERE, Condition.THREADS),
            List.of(
                    Figure.median("with metrics, ns", Better.NEITHER, "withNanos"),
                    Figure.median("without, ns", Better.NEITHER, "withoutNanos"),
                    Figure.median("ratio", Better.NEITHER, "ratio"),
                    Figure.median("95 % below", Better.NEITHER, "ratioHigh"),
                    Figure.verdict()));

    static final Form PROBE = Form.of(
            "probe",
            "one probe against one bare read",
            "probe",
            List.of(Condition.WHERE),
            List.of(
                    Figure.median("probe, ns", Better.NEITHER, "probeNanos"),
                    Figure.median("bare read, ns", Better.NEITHER, "bareReadNanos"),
                    Figure.median("ratio", Better.NEITHER, "ratio"),
                    Figure.median("95 % below", Better.NEITHER, "ratioHigh"),
                    Figure.countOf("bytes sent", Better.NEITHER, "bytesSent", cell -> cell.sum("probes")),
                    Figure.verdict()));

    /** Compared are those that write with those that write, and those that read with those that read. */
    static final Form UNIT = Form.of(
                    "unit",
                    "a unit of work against the same by hand",
                    "unit",
                    List.of(
                            Condition.WHERE,
                            Condition.in("us", "round trip", "roundTripMicros"),
                            Condition.THREADS,
                            new Condition("does", entry -> entry.text("mode").endsWith("query") ? "query" : "insert")),
                    List.of(
                            Figure.median("thousand a second", Better.MORE, "unitsPerSecond", THOUSAND),
                            Figure.median("x times by hand", Better.NEITHER, "timesByHand"),
                            Figure.median("95 % above", Better.NEITHER, "timesByHandLow"),
                            Figure.median("95 % below", Better.NEITHER, "timesByHandHigh")))
            .calling(Forms::unitMode);

    private static final List<Form> AVAILABILITY = List.of(KILL_ALL, STOPPED, BACK, SILENCE, REFILL);

    private static final List<Form> SPEED = List.of(
            BORROW,
            QUERY,
            LATENCY,
            ALLOC,
            METRICS,
            PROBE,
            UNIT,
            jmh("borrow", "borrow + return, by JMH"),
            jmh("query", "borrow + SELECT 1 + return, by JMH"),
            jmh("latency", "borrow + SELECT 1 + return at 0.5 ms round trip, by JMH"),
            jmhCases("unit", "a unit of work by mode, by JMH", "mode"),
            jmhCases("metrics", "what metrics cost, by JMH", "metrics"),
            Form.of(
                    "jmh-probe",
                    "one probe and one bare read, by JMH",
                    "jmh-probe",
                    List.of(Condition.WHERE),
                    List.of(
                            Figure.median("probe, ns", Better.NEITHER, "probeNanos"),
                            Figure.median("bare read, ns", Better.NEITHER, "bareReadNanos"))));

    /** In the order in which comparisons are listed. */
    static final List<Form> ALL = Stream.of(Forms.AVAILABILITY, OutcomeForms.ALL, Forms.SPEED, GrowthForms.ALL)
            .flatMap(List::stream)
            .toList();

    private Forms() {}

    /** Its rows of the pool none say what the wire costs, and are a yardstick. */
    private static Form pooled(String scenario, String title) {
        return Form.of(
                        scenario,
                        title,
                        scenario,
                        List.of(Condition.WHERE, Condition.THREADS),
                        List.of(
                                Figure.median("thousand a second", Better.MORE, "opsPerSecond", THOUSAND),
                                Figure.median("lifebelt is x times", Better.OURS_TO_THEIRS, "lifebeltTimes"),
                                Figure.median("95 % above", Better.NEITHER, "lifebeltTimesLow"),
                                Figure.median("a query alone, us", Better.NEITHER, "selectMicros"),
                                Figure.verdict()))
                .calling(entry -> entry.row().pool().equals("none")
                        ? "held connection"
                        : entry.row().pool());
    }

    private static Form jmh(String scenario, String title) {
        String name = "jmh-" + scenario;
        return Form.of(
                name,
                title,
                name,
                List.of(Condition.WHERE, Condition.THREADS),
                List.of(
                        Figure.median("thousand a second", Better.MORE, "opsPerSecond", THOUSAND),
                        Figure.median("error (99.9 %)", Better.NEITHER, "opsPerSecondError", THOUSAND)));
    }

    /** Of one pool in several cases, none of which is better than another. */
    private static Form jmhCases(String scenario, String title, String parameter) {
        String name = "jmh-" + scenario;
        return Form.of(
                name,
                title,
                name,
                List.of(Condition.WHERE, Condition.THREADS, Condition.as(parameter, parameter)),
                List.of(
                        Figure.median("thousand a second", Better.NEITHER, "opsPerSecond", THOUSAND),
                        Figure.median("error (99.9 %)", Better.NEITHER, "opsPerSecondError", THOUSAND)));
    }

    private static OptionalDouble borrows(Cell cell) {
        return OptionalDouble.of(cell.entries().stream()
                .mapToDouble(entry -> entry.number("rounds").orElse(0)
                        * entry.number("borrowsPerRound").orElse(0))
                .sum());
    }

    private static String withMode(Entry entry) {
        return entry.row().pool() + (entry.is("mode", "failFast") ? " (fail fast)" : "");
    }

    private static String withDriverTimeouts(Entry entry) {
        return entry.row().pool() + (entry.is("driverTimeouts", "true") ? " + driver time-outs" : "");
    }

    private static String unitMode(Entry entry) {
        return entry.row().pool().equals("lifebelt")
                ? "lifebelt, " + entry.text("mode")
                : "by hand: " + entry.text("mode");
    }
}
