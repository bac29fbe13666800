package io.github.lifebelt.apps.benchmarks.results;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The tables of what becomes of units of work, and of connections that nobody has told about their end. */
final class OutcomeForms {

    private static final Map<String, String> PACES = Map.of(
            "thinking", "2 to 8 ms",
            "saturated", "none");

    private static final Map<String, String> WAYS = Map.of(
            "asItIs", "as it is",
            "loop", "in a loop",
            "transactionId", "transaction id");

    static final Form STORM = Form.of(
                    "E",
                    "E, units of work in a storm",
                    "E",
                    List.of(
                            Condition.WHERE,
                            Condition.as("pause", "pace", PACES),
                            new Condition(
                                    "storm",
                                    entry -> Math.round(entry.number("seconds").orElse(0)) + " s")),
                    List.of(
                            Figure.count("units", Better.MORE, "units"),
                            Figure.count("failed", Better.LESS, "failed"),
                            Figure.count("unknown", Better.LESS, "unknown"),
                            Figure.count("lost", Better.LESS, "lost"),
                            Figure.count("duplicated", Better.LESS, "duplicated"),
                            Figure.count("run again", Better.NEITHER, "retried"),
                            Figure.median("p50, ms", Better.LESS, "p50Millis"),
                            Figure.median("p99, ms", Better.LESS, "p99Millis"),
                            Figure.count("kills", Better.NEITHER, "kills"),
                            Figure.count("COMMITs lost", Better.NEITHER, "commitsLost"),
                            Figure.verdict()))
            .calling(OutcomeForms::withWay);

    private static final Form FLIP = Form.of(
                    "F-flip",
                    "F, read-only for a while",
                    "F",
                    List.of(Condition.WHERE),
                    List.of(
                            Figure.count("units", Better.NEITHER, "units"),
                            Figure.count("failed", Better.LESS, "failed"),
                            Figure.count("unknown", Better.LESS, "unknown"),
                            Figure.count("lost", Better.LESS, "lost"),
                            Figure.count("duplicated", Better.LESS, "duplicated"),
                            Figure.median("read-only, ms", Better.NEITHER, "readOnlyMillis"),
                            Figure.median("writable to first commit, ms", Better.LESS, "firstCommitMillis"),
                            Figure.count("rounds", Better.NEITHER, "rounds"),
                            Figure.verdict()))
            .where(entry -> entry.is("part", "flip"))
            .calling(OutcomeForms::withWay);

    private static final Form PROMOTION = Form.of(
                    "F-promotion",
                    "F, replica promoted",
                    "F",
                    List.of(Condition.WHERE),
                    List.of(
                            Figure.count("units", Better.NEITHER, "units"),
                            Figure.count("failed", Better.LESS, "failed"),
                            Figure.count("unknown", Better.LESS, "unknown"),
                            Figure.count("lost", Better.LESS, "lost"),
                            Figure.count("duplicated", Better.LESS, "duplicated"),
                            Figure.median(
                                    "first commit after a bare loop sees it, ms", Better.LESS, "firstCommitMillis"),
                            Figure.count("connections left on the old primary", Better.LESS, "oldConnections"),
                            Figure.countOf(
                                    "borrows that lead there",
                                    Better.LESS,
                                    "borrowsOfOld",
                                    cell -> cell.sum("borrows")),
                            Figure.count("rounds", Better.NEITHER, "rounds"),
                            Figure.verdict()))
            .where(entry -> entry.is("part", "promotion"))
            .calling(OutcomeForms::withWay);

    private static final Form BROKEN_COMMIT = Form.of(
                    "G",
                    "G, COMMIT lost on the wire",
                    "G",
                    List.of(Condition.WHERE, Condition.as("lost", "loss")),
                    List.of(
                            Figure.countOf("told right", Better.MORE, "toldRight", cell -> cell.sum("losses")),
                            Figure.count("told wrong", Better.LESS, "toldWrong"),
                            Figure.count("stored twice", Better.LESS, "duplicated"),
                            Figure.count("told that nobody knows", Better.NEITHER, "toldUnknown"),
                            Figure.count("an error that says nothing", Better.NEITHER, "errors"),
                            Figure.verdict()))
            .calling(OutcomeForms::withWay);

    private static final Form LONG_IDLE = Form.of(
            "H",
            "H, flows forgotten while idle",
            "H",
            List.of(
                    Condition.WHERE,
                    Condition.as("keep-alive", "mode"),
                    Condition.in("s", "cut", "cutSeconds"),
                    Condition.in("s", "idle", "idleSeconds")),
            List.of(
                    Figure.countOf("failed", Better.LESS, "failed", cell -> cell.sum("borrows")),
                    Figure.count("lent dead", Better.LESS, "lentDead"),
                    Figure.count("queries that hang", Better.LESS, "hanging"),
                    Figure.count("late", Better.LESS, "late"),
                    Figure.count("still blocked at 3 x", Better.LESS, "blocked"),
                    Figure.most("slowest borrow, ms", Better.LESS, "slowestMillis"),
                    Figure.count("rounds", Better.NEITHER, "rounds"),
                    Figure.verdict()));

    private static final Form MATRIX = Form.of(
            "M",
            "M, what each check on borrow sees",
            "M",
            List.of(Condition.WHERE),
            List.of(
                    words("killed", "killed"),
                    words("restarted", "restarted"),
                    words("FIN", "fin"),
                    words("RST", "rst"),
                    words("half-open", "halfOpen"),
                    words("black hole", "blackhole"),
                    words("frozen", "frozen"),
                    words("idle, forgotten", "forgotten"),
                    words("became read-only", "readOnly"),
                    words("a NOTIFY waits", "pending"),
                    Figure.countOf(
                            "killed this moment: lent dead",
                            Better.NEITHER,
                            "killedNowLentDead",
                            cell -> cell.sum("killedNowRuns")),
                    Figure.verdict()));

    static final List<Form> ALL = List.of(STORM, FLIP, PROMOTION, BROKEN_COMMIT, LONG_IDLE, MATRIX);

    private OutcomeForms() {}

    /** All words that were seen, which is mostly one. */
    private static Figure words(String header, String name) {
        return new Figure(header, Better.NEITHER, cell -> {
            String seen = cell.entries().stream()
                    .map(entry -> entry.text(name))
                    .filter(word -> !word.isEmpty())
                    .distinct()
                    .collect(Collectors.joining(", "));
            return seen.isEmpty() ? Optional.empty() : Optional.of(new Figure.Value(0, 0, 0, seen));
        });
    }

    private static String withWay(Entry entry) {
        String way = entry.text("way");
        return entry.row().pool() + (way.equals("own") || way.isEmpty() ? "" : ", " + WAYS.getOrDefault(way, way));
    }
}
