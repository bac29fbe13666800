package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import io.github.lifebelt.apps.benchmarks.report.Table;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The first half of scenario F: the server takes no writes for a while, as one does whose storage is nearly full, and
 * answers all else. The while is shorter than what Lifebelt's policy and the loop have patience for.
 */
final class Flip {

    private static final String PROMISE = "F, read-only for a while: 0 units failed, unknown, lost or duplicated";

    private static final Duration READ_ONLY = Duration.ofMillis(1_500);
    private static final Duration QUICKLY = Duration.ofMillis(1_000);
    private static final Duration CALM = Duration.ofMillis(500);
    private static final Duration CALM_QUICKLY = Duration.ofMillis(150);
    // Pauses between runs are of a second at most.
    private static final Duration LAST_UNITS = Duration.ofSeconds(5);

    /**
     * One turn.
     *
     * @param count of the units
     * @param readOnlyMillis how long no writes were taken
     * @param firstMillis from the end of that to the first commit; infinite if there was none
     * @param causes why units were not committed, and how many
     */
    private record Seen(UnitCount count, double readOnlyMillis, double firstMillis, Map<String, Long> causes) {}

    private final Card card;
    private final Duration readOnly;
    private final Duration calm;
    private final Table table;

    private Flip(Card card) {
        this.card = card;
        this.readOnly = card.extent().of(READ_ONLY, QUICKLY);
        this.calm = card.extent().of(CALM, CALM_QUICKLY);
        this.table = new Table(
                "F, read-only flip: " + Writers.THREADS + " threads write, the server takes no writes for "
                        + readOnly.toMillis() + " ms",
                "where",
                "pool",
                "units",
                "failed",
                "unknown",
                "lost",
                "duplicated",
                "run again",
                "read-only ms",
                "writable to first commit, ms",
                "verdict");
    }

    static void run(Card card) throws Exception {
        Flip half = new Flip(card);
        for (Place place : card.places()) {
            card.report().progress("F, read-only flip, " + place.label());
            half.at(place);
        }
        card.report().show(half.table);
    }

    private void at(Place place) throws Exception {
        List<Way.Runner> runners = Way.of(card.peers()).stream()
                .filter(runner -> !card.extent().quick() || runner.way() != Way.LOOP)
                .toList();
        Map<String, Rounds.Turn<Seen>> turns = new LinkedHashMap<>();
        runners.forEach(runner -> turns.put(runner.label(), () -> turn(place, runner)));
        Map<String, Rounds.Outcome<Seen>> outcomes =
                Rounds.play(card, card.extent().rounds(3, 1), turns);
        runners.forEach(runner -> report(place, runner, outcomes.get(runner.label())));
    }

    private Seen turn(Place place, Way.Runner runner) throws Exception {
        StormBooks books = StormBooks.on(place.server());
        Writers.Tally tally;
        OptionalDouble first;
        double readOnlyMillis;
        try (OpenPool pool = runner.contender().open(place.endpoint(), PoolSetup.of(OpenPool.USUAL_SIZE))) {
            pool.filled(OpenPool.USUAL_SIZE);
            Units units = runner.units(pool.dataSource(), place.server().dataSource());
            try (Writers writers = Writers.start(units, books, card.seed())) {
                Thread.sleep(calm.toMillis());
                place.server().faults().makeReadOnly();
                long begin = System.nanoTime();
                Thread.sleep(readOnly.toMillis());
                // Before it is told to: it may write before it has told us so.
                Writers.Mark mark = writers.mark();
                place.server().faults().makeWritable();
                readOnlyMillis = (System.nanoTime() - begin) / 1e6;
                first = mark.awaitCommit(LAST_UNITS);
                Thread.sleep(calm.toMillis());
                tally = writers.end(LAST_UNITS);
            } finally {
                place.server().faults().heal();
            }
        }
        // Nothing that is still under way is to change what is counted.
        Refill.killAll(place.server());
        return new Seen(
                UnitCount.of(books.check(), tally),
                readOnlyMillis,
                first.orElse(Double.POSITIVE_INFINITY),
                tally.causes());
    }

    private void report(Place place, Way.Runner runner, Rounds.Outcome<Seen> outcome) {
        List<Seen> turns = outcome.samples();
        Contender pool = runner.contender();
        Row row = Card.row(Scenario.F, place, runner.pool())
                .with("part", "flip")
                .with("way", runner.way().key())
                .with("rounds", turns.size())
                .with("notMeasured", outcome.broken().size());
        if (turns.isEmpty()) {
            String note = outcome.brokenNote();
            table.add(place.label(), runner.label(), note, card.verdict(pool, PROMISE, place.label(), note, false));
            card.report().row(Card.judged(row, pool, false));
            return;
        }
        turns.forEach(turn -> turn.causes()
                .forEach((why, units) -> card.report()
                        .progress("F, " + place.label() + ", " + runner.label() + ": not committed " + units
                                + " times: " + why)));
        UnitCount count = UnitCount.sum(turns.stream().map(Seen::count).toList());
        Spread first = Spread.of(turns.stream().mapToDouble(Seen::firstMillis).toArray());
        Spread lasted =
                Spread.of(turns.stream().mapToDouble(Seen::readOnlyMillis).toArray());
        boolean kept = outcome.broken().isEmpty() && met(turns) && count.isPerfect() && Double.isFinite(first.max());
        String seen =
                count.seen() + (met(turns) ? "" : ", and no unit met a server without writes") + outcome.brokenNote();
        table.add(
                place.label(),
                runner.label(),
                Long.toString(count.units()),
                Long.toString(count.failed()),
                Long.toString(count.unknown()),
                Long.toString(count.lost()),
                Long.toString(count.duplicated()),
                Long.toString(count.again()),
                lasted.toString(),
                (Double.isFinite(first.max()) ? first.toString() : "not within " + LAST_UNITS.toSeconds() + " s")
                        + outcome.brokenNote(),
                card.verdict(pool, PROMISE, place.label(), seen, kept));
        card.report()
                .row(Card.judged(
                        count.in(row)
                                .with("readOnlyMillis", lasted.median())
                                .with("firstCommitMillis", first.median())
                                .with("firstCommitMillisMin", first.min())
                                .with("firstCommitMillisMax", first.max()),
                        pool,
                        kept));
    }

    /** A run of which no unit noticed anything has tried nothing. */
    private static boolean met(List<Seen> turns) {
        return turns.stream().map(Seen::count).allMatch(count -> count.again() + count.failed() + count.unknown() > 0);
    }
}
