package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import io.github.lifebelt.apps.benchmarks.pools.Work;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import io.github.lifebelt.apps.benchmarks.report.Table;
import io.github.lifebelt.testing.StopMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The first half of scenario B: what becomes of borrowers while the server is stopped. */
final class Waves {

    private static final int SIZE = 10;
    private static final int BORROWERS = 16;
    private static final int WAVES = 2;
    private static final double FAST_MILLIS = 10;
    private static final String PROMISE =
            "B: server stopped, fail fast: each borrow of the second wave fails within 10 ms";

    /**
     * What became of one wave.
     *
     * @param millis how long each borrower was kept
     * @param failed borrows that threw
     * @param deceived borrows that gave a dead connection
     * @param blocked borrows that had not ended after three times the wait
     */
    private record Wave(double[] millis, int failed, int deceived, int blocked) {}

    private final Card card;
    private final Table table;

    private Waves(Card card) {
        this.card = card;
        this.table = new Table(
                "B, server stopped: " + BORROWERS + " threads borrow, then once more; wait "
                        + card.extent().downWait().toMillis() + " ms (ms blocked)",
                "where",
                "pool",
                "1st wave, median [range]",
                "got",
                "2nd wave, median [range]",
                "got",
                "verdict");
    }

    static void run(Card card) throws Exception {
        Waves half = new Waves(card);
        for (Place place : card.places()) {
            card.report().progress("B, server stopped, " + place.label());
            half.at(place);
        }
        card.report().show(half.table);
    }

    private void at(Place place) throws Exception {
        List<Contender> pools = Contender.inAllModes(card.peers());
        Map<String, Rounds.Turn<List<Wave>>> turns = new LinkedHashMap<>();
        pools.forEach(pool -> turns.put(pool.labelWithMode(), () -> waves(place, pool)));
        Map<String, Rounds.Outcome<List<Wave>>> outcomes =
                Rounds.play(card, card.extent().rounds(3, 1), turns);
        pools.forEach(pool -> report(place, pool, outcomes.get(pool.labelWithMode())));
    }

    private List<Wave> waves(Place place, Contender contender) throws Exception {
        try (OpenPool pool = contender
                .open(place.endpoint(), PoolSetup.of(SIZE, card.extent().downWait()))
                .filled(SIZE)) {
            place.server().faults().stop(StopMode.FAST);
            List<Wave> waves = new ArrayList<>();
            for (int i = 0; i < WAVES; i++) {
                waves.add(wave(pool));
            }
            return waves;
        } finally {
            place.server().faults().heal();
        }
    }

    private Wave wave(OpenPool pool) throws InterruptedException {
        try (Crowd crowd = Crowd.start(pool.dataSource(), BORROWERS, Work::ask)) {
            crowd.awaitBorrows(card.extent().downWait().multipliedBy(Silence.FAR_TOO_LONG));
            int blocked = crowd.count(Crowd.Fate.BLOCKED);
            double[] millis = Arrays.stream(crowd.nanos())
                    .mapToDouble(nanos -> nanos / 1e6)
                    .toArray();
            // The queries on dead connections end too, before what they gave is counted.
            crowd.close();
            return new Wave(millis, crowd.count(Crowd.Fate.FAILED), crowd.count(Crowd.Fate.DECEIVED), blocked);
        }
    }

    private void report(Place place, Contender pool, Rounds.Outcome<List<Wave>> outcome) {
        if (outcome.samples().isEmpty()) {
            table.add(place.label(), pool.labelWithMode(), outcome.brokenNote());
            return;
        }
        Wave first = together(outcome, 0);
        Wave second = together(outcome, 1);
        Spread firstMillis = Spread.of(first.millis());
        Spread secondMillis = Spread.of(second.millis());
        boolean kept = outcome.broken().isEmpty()
                && second.failed() == second.millis().length
                && secondMillis.max() <= FAST_MILLIS;
        String seen = got(second) + ", slowest " + Numbers.shortly(secondMillis.max()) + " ms" + outcome.brokenNote();
        table.add(
                place.label(),
                pool.labelWithMode(),
                firstMillis.toString(),
                got(first),
                secondMillis.toString(),
                got(second) + outcome.brokenNote(),
                pool.failFast() ? card.verdict(pool, PROMISE, place.label(), seen, kept) : "");
        Row row = with(
                "secondWave", second, secondMillis, with("firstWave", first, firstMillis, row(place, pool, outcome)));
        card.report().row(pool.failFast() ? Card.judged(row, pool, kept) : row);
    }

    private static Row row(Place place, Contender pool, Rounds.Outcome<List<Wave>> outcome) {
        return Card.row(Scenario.B, place, pool.peer().label())
                .with("part", "stopped")
                .with("mode", pool.mode())
                .with("rounds", outcome.samples().size())
                .with("notMeasured", outcome.broken().size());
    }

    private static Row with(String wave, Wave seen, Spread millis, Row row) {
        return row.with(wave + "Millis", millis.median())
                .with(wave + "MillisMax", millis.max())
                .with(wave + "Failed", seen.failed())
                .with(wave + "DeadConnections", seen.deceived())
                .with(wave + "Blocked", seen.blocked());
    }

    /** All rounds in one. */
    private static Wave together(Rounds.Outcome<List<Wave>> outcome, int number) {
        List<Wave> waves =
                outcome.samples().stream().map(round -> round.get(number)).toList();
        return new Wave(
                waves.stream()
                        .flatMapToDouble(wave -> Arrays.stream(wave.millis()))
                        .toArray(),
                waves.stream().mapToInt(Wave::failed).sum(),
                waves.stream().mapToInt(Wave::deceived).sum(),
                waves.stream().mapToInt(Wave::blocked).sum());
    }

    private static String got(Wave wave) {
        StringBuilder got = new StringBuilder("failed " + wave.failed() + " of " + wave.millis().length);
        if (wave.deceived() > 0) {
            got.append(", dead connection ").append(wave.deceived());
        }
        if (wave.blocked() > 0) {
            got.append(", still blocked ").append(wave.blocked());
        }
        return got.toString();
    }
}
