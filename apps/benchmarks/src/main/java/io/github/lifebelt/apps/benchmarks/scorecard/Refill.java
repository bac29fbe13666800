package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import io.github.lifebelt.apps.benchmarks.report.Table;
import io.github.lifebelt.testing.TestDatabase;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Scenario D: how soon n connections are live after all n have died. All sessions are killed, and then n threads borrow at
 * once, ask, and hold; who gets an error tries again. The yardstick is n threads that connect by the driver alone, in the same round.
 */
final class Refill {

    private static final String BARE = "bare connects";
    private static final int FEW = 5;
    private static final int MANY = 50;
    private static final double MOST_TIMES = 1.3;
    private static final double AND_MILLIS = 5;
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final long UNTIL_DEAD_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long BETWEEN_KILLS_MILLIS = 5;
    // The server is still clearing up after the last session when it has gone from the list.
    private static final long SETTLE_MILLIS = 100;

    private static final String PROMISE = "D: n dead to n live <= 1.3 times n bare connects in parallel + 5 ms";

    private final Card card;
    private final Table table = new Table(
            "D, refill: n dead connections to n live ones (ms)",
            "where",
            "n",
            "pool",
            "median [range]",
            "times bare",
            "beyond 1.3 x bare",
            "errors",
            "verdict");

    private Refill(Card card) {
        this.card = card;
    }

    static void run(Card card) throws Exception {
        Refill scenario = new Refill(card);
        for (Place place : card.places()) {
            for (int n : List.of(FEW, MANY)) {
                card.report().progress("D, " + n + " connections, " + place.label());
                scenario.at(place, n);
            }
        }
        card.report().show(scenario.table);
    }

    private void at(Place place, int n) throws Exception {
        List<Contender> pools = Contender.of(card.peers());
        try (Burst burst = new Burst(n)) {
            Endpoint endpoint = place.endpoint();
            Map<String, Rounds.Turn<Burst.Held>> turns = new LinkedHashMap<>();
            turns.put(BARE, () -> refill(place, endpoint::connect, burst));
            pools.forEach(pool -> turns.put(pool.peer().label(), () -> refill(place, n, pool, burst)));
            // Once over nothing that counts, for the compiler's sake.
            Rounds.play(card, 1, turns);
            int rounds = n == FEW ? card.extent().rounds(9, 3) : card.extent().rounds(5, 2);
            report(place, n, pools, Rounds.play(card, rounds, turns));
        }
    }

    private static Burst.Held refill(Place place, int n, Contender contender, Burst burst) throws Exception {
        try (OpenPool pool = contender.open(place.endpoint(), PoolSetup.of(n, WAIT))) {
            return refill(place, pool.dataSource()::getConnection, burst);
        }
    }

    /** From all live by way of all dead to all live again; only the last step is timed. */
    private static Burst.Held refill(Place place, Burst.Source source, Burst burst) throws Exception {
        burst.hold(source);
        killAll(place.server());
        return burst.hold(source);
    }

    /** Kills until nobody is there. */
    static void killAll(TestDatabase server) throws InterruptedException {
        long until = System.nanoTime() + UNTIL_DEAD_NANOS;
        // More than once: a pool that fills itself in the background connects while the others die.
        while (server.faults().killSessions() > 0) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("killed sessions are still there");
            }
            Thread.sleep(BETWEEN_KILLS_MILLIS);
        }
        Thread.sleep(SETTLE_MILLIS);
    }

    private void report(Place place, int n, List<Contender> pools, Map<String, Rounds.Outcome<Burst.Held>> outcomes) {
        Rounds.Outcome<Burst.Held> bare = outcomes.get(BARE);
        if (!bare.broken().isEmpty()) {
            throw new IllegalStateException("connecting without a pool failed" + bare.brokenNote());
        }
        table.add(
                place.label(),
                Integer.toString(n),
                BARE,
                Spread.of(millis(bare)).toString());
        card.report().row(row(place, n, "none", bare));
        for (Contender pool : pools) {
            Rounds.Outcome<Burst.Held> outcome = outcomes.get(pool.peer().label());
            if (outcome.broken().isEmpty()) {
                report(place, n, pool, outcome, millis(bare));
            } else {
                // Rounds are paired, so all of them are needed.
                String note = outcome.brokenNote();
                table.add(
                        place.label(),
                        Integer.toString(n),
                        pool.peer().label(),
                        note,
                        "",
                        "",
                        "",
                        card.verdict(pool, PROMISE, place.label() + ", n = " + n, note, false));
            }
        }
    }

    private void report(Place place, int n, Contender pool, Rounds.Outcome<Burst.Held> outcome, double[] bare) {
        double[] millis = millis(outcome);
        double[] beyond = new double[millis.length];
        Arrays.setAll(beyond, i -> millis[i] - MOST_TIMES * bare[i]);
        double times = Spread.ofRatios(millis, bare).median();
        double more = Spread.of(beyond).median();
        String name = pool.peer().label();
        int errors = outcome.samples().stream().mapToInt(Burst.Held::errors).sum();
        table.add(
                place.label(),
                Integer.toString(n),
                name,
                Spread.of(millis).toString(),
                Numbers.shortly(times),
                Numbers.shortly(more),
                Integer.toString(errors),
                card.verdict(
                        pool,
                        PROMISE,
                        place.label() + ", n = " + n,
                        Numbers.shortly(times) + " times, beyond 1.3 times by " + Numbers.shortly(more) + " ms",
                        more <= AND_MILLIS));
        card.report()
                .row(Card.judged(
                        row(place, n, name, outcome)
                                .with("timesBare", times)
                                .with("millisBeyond", more)
                                .with("errors", errors),
                        pool,
                        more <= AND_MILLIS));
    }

    private static Row row(Place place, int n, String pool, Rounds.Outcome<Burst.Held> outcome) {
        Spread millis = Spread.of(millis(outcome));
        return Card.row(Scenario.D, place, pool)
                .with("connections", n)
                .with("rounds", outcome.samples().size())
                .with("notMeasured", outcome.broken().size())
                .with("millis", millis.median())
                .with("millisMin", millis.min())
                .with("millisMax", millis.max());
    }

    private static double[] millis(Rounds.Outcome<Burst.Held> outcome) {
        return outcome.samples().stream().mapToDouble(Burst.Held::millis).toArray();
    }
}
