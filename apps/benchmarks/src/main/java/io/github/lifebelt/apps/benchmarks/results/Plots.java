package io.github.lifebelt.apps.benchmarks.results;

import io.github.lifebelt.apps.benchmarks.results.Plot.Scale;
import java.util.List;
import java.util.Optional;

/** The plots there are. */
final class Plots {

    private static final double THOUSAND = 1_000;

    /** In deadlines, the worst of all faults. */
    private static final Figure WAITS = new Figure(
            "slowest borrow",
            Better.LESS,
            cell -> cell.entries().stream()
                    .map(Plots::waits)
                    .reduce((one, other) -> other.middle() > one.middle() ? other : one));

    /** All that there are. */
    static final List<Plot> ALL = List.of(
            new Plot(
                    "A",
                    "All sessions killed: errors in 40 borrows",
                    "errors in a round: mean, and the most in one",
                    Scale.LINEAR,
                    Forms.KILL_ALL,
                    List.of(Plots.aRound())),
            new Plot(
                    "B",
                    "Server back: first success after a bare loop's",
                    "ms, median and range",
                    Scale.LOGARITHMIC,
                    Forms.BACK,
                    List.of(Figure.median("lag", Better.LESS, "lagMillis"))),
            new Plot(
                    "C",
                    "No answer: the slowest borrow, whatever the fault",
                    "times the wait that was set; who was still blocked was left behind",
                    Scale.LINEAR,
                    withoutFault(),
                    List.of(WAITS)),
            new Plot(
                    "D",
                    "Refill: n dead connections to n live ones",
                    "times n bare connects in parallel, median",
                    Scale.LINEAR,
                    Forms.REFILL,
                    List.of(Figure.median("times bare", Better.LESS, "timesBare"))),
            new Plot(
                    "E",
                    "Units of work in a storm: what went wrong",
                    "units in all rounds",
                    Scale.LINEAR,
                    OutcomeForms.STORM,
                    List.of(
                            Figure.count("failed", Better.LESS, "failed"),
                            Figure.count("duplicated", Better.LESS, "duplicated"),
                            Figure.count("lost", Better.LESS, "lost"),
                            Figure.count("unknown", Better.LESS, "unknown"))),
            speed("borrow", "Borrow + return", Forms.BORROW, Scale.LOGARITHMIC),
            speed("latency", "Borrow + SELECT 1 + return at 0.5 ms", Forms.LATENCY, Scale.LINEAR));

    private Plots() {}

    private static Plot speed(String id, String title, Form form, Scale scale) {
        // The held connection is a yardstick that has no threads.
        Form threads = form.where(entry -> entry.has("threads"));
        List<Figure> figures = List.of(Figure.median("speed", Better.MORE, "opsPerSecond", THOUSAND));
        return new Plot(id, title, "thousand a second, median and range", scale, threads, figures);
    }

    private static Form withoutFault() {
        Form form = Forms.SILENCE;
        List<Condition> conditions = List.of(form.conditions().get(0));
        return new Form(form.id(), form.title(), form.rows(), conditions, form.contender(), form.figures());
    }

    private static Figure aRound() {
        return new Figure("errors", Better.LESS, cell -> {
            double rounds = cell.sum("rounds").orElse(0);
            if (rounds == 0) {
                return Optional.empty();
            }
            double mean = cell.sum("errors").orElse(0) / rounds;
            return Optional.of(
                    new Figure.Value(mean, mean, cell.most("errorsMax").orElse(mean), ""));
        });
    }

    private static Figure.Value waits(Entry entry) {
        double times = entry.number("slowestMillis").orElse(0)
                / entry.number("waitMillis").orElse(1);
        return new Figure.Value(times, times, times, entry.text("fault"));
    }
}
