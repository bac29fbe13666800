package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import io.github.lifebelt.apps.benchmarks.report.Table;
import io.github.lifebelt.apps.benchmarks.scorecard.LongIdle.Awakening;
import io.github.lifebelt.apps.benchmarks.scorecard.LongIdle.Entrant;
import io.github.lifebelt.apps.benchmarks.scorecard.LongIdle.Times;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** What scenario H says: table, rows and verdicts. */
final class LongIdleReport {

    private static final String PROMISE =
            "H: flows forgotten while idle: no error, no query that hangs, no borrow past its" + " deadline + "
                    + LongIdle.SLACK_MILLIS + " ms";

    private final Card card;
    private final Times times;
    private final Table table;

    LongIdleReport(Card card, Times times) {
        this.card = card;
        this.times = times;
        this.table = new Table(
                "H, long idle: " + LongIdle.SIZE + " connections idle for "
                        + times.idle().toSeconds()
                        + " s behind a network that forgets them after "
                        + times.cut().toSeconds() + " s, then "
                        + LongIdle.BORROWERS + " times borrow + SELECT 1 at once, wait "
                        + times.patience().toMillis()
                        + " ms",
                "where",
                "pool",
                "borrows failed",
                "dead connections lent",
                "queries that hang",
                "over wait + " + LongIdle.SLACK_MILLIS + " ms",
                "still blocked at " + Silence.FAR_TOO_LONG + " x",
                "slowest borrow, median [range] ms",
                "4 x longest machine stall, ms",
                "verdict");
    }

    void add(Place place, Map<Entrant, Rounds.Outcome<Awakening>> outcomes) {
        outcomes.forEach((entrant, outcome) -> add(place, entrant, outcome));
    }

    void show() {
        card.report().show(table);
    }

    private void add(Place place, Entrant entrant, Rounds.Outcome<Awakening> outcome) {
        List<Awakening> rounds = outcome.samples();
        if (rounds.isEmpty()) {
            table.add(place.label(), entrant.label(), outcome.brokenNote());
            return;
        }
        Spread slowest =
                Spread.of(rounds.stream().mapToDouble(Awakening::slowestMillis).toArray());
        double stalls =
                rounds.stream().mapToDouble(Awakening::stallMillis).max().orElse(0);
        int errors = sum(rounds, Awakening::errors);
        int late = sum(rounds, Awakening::late);
        int hanging = sum(rounds, Awakening::hanging);
        int borrows = rounds.size() * LongIdle.BORROWERS;
        String seen = errors + " errors, " + hanging + " queries that hang, " + late + " late of " + borrows
                + ", slowest " + Numbers.shortly(slowest.max()) + " ms, 4 x longest machine stall "
                + Numbers.shortly(stalls) + " ms" + outcome.brokenNote();
        boolean kept =
                errors == 0 && late == 0 && hanging == 0 && outcome.broken().isEmpty();
        table.add(
                place.label(),
                entrant.label(),
                sum(rounds, Awakening::failed) + " of " + borrows,
                Integer.toString(sum(rounds, Awakening::dead)),
                Integer.toString(hanging),
                Integer.toString(late),
                Integer.toString(sum(rounds, Awakening::blocked)),
                slowest + outcome.brokenNote(),
                Numbers.shortly(stalls),
                card.verdict(entrant.pool(), PROMISE, place.label() + ", " + entrant.mode(), seen, kept));
        card.report()
                .row(Card.judged(
                        Card.row(Scenario.H, place, entrant.pool().peer().label())
                                .with("mode", entrant.mode())
                                .with("cutSeconds", times.cut().toSeconds())
                                .with("idleSeconds", times.idle().toSeconds())
                                .with("waitMillis", times.patience().toMillis())
                                .with("rounds", rounds.size())
                                .with("notMeasured", outcome.broken().size())
                                .with("borrows", borrows)
                                .with("connectionsKept", sum(rounds, Awakening::kept))
                                .with("failed", sum(rounds, Awakening::failed))
                                .with("lentDead", sum(rounds, Awakening::dead))
                                .with("hanging", hanging)
                                .with("late", late)
                                .with("blocked", sum(rounds, Awakening::blocked))
                                .with("slowestMillis", slowest.max())
                                .with("fourMachineStallsMillis", stalls),
                        entrant.pool(),
                        kept));
    }

    private static int sum(List<Awakening> rounds, ToIntFunction<Awakening> count) {
        return rounds.stream().mapToInt(count).sum();
    }
}
