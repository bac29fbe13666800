package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import io.github.lifebelt.apps.benchmarks.pools.Work;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import io.github.lifebelt.apps.benchmarks.report.Table;
import io.github.lifebelt.testing.StopMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;
import javax.sql.DataSource;

/**
 * The second half of scenario B: how soon a pool serves when the server is back, by the first success of a loop that
 * connects without any pool, in the same process at the same time.
 */
final class Recovery {

    private static final int SIZE = 10;
    private static final int BORROWERS = 2;
    private static final int BARE_CONNECTS = 9;
    private static final double CONNECTS = 1.5;
    private static final Duration WITHIN = Duration.ofSeconds(15);
    private static final Duration START_WITHIN = Duration.ofSeconds(60);
    // How often Lifebelt asks for a database that is down.
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final List<Duration> OUTAGES = List.of(Duration.ofSeconds(2), Duration.ofSeconds(30));
    private static final List<Duration> QUICK_OUTAGES = List.of(Duration.ofSeconds(2));
    private static final int PERIOD_MILLIS = 50;
    private static final int LATER_PERIOD_MILLIS = 1_000;
    private static final double MOST = 0.95;

    /**
     * One outage.
     *
     * @param lagMillis from the bare loop's first success to the pool's
     * @param bareMillis what a bare connect takes
     */
    private record Back(double lagMillis, double bareMillis) {

        /** What is left of the lag for the probe period. */
        double overMillis() {
            return lagMillis - CONNECTS * bareMillis;
        }
    }

    private final Card card;
    private final Table table = new Table(
            "B, server back: " + BORROWERS + " threads keep borrowing; first success after a bare loop's (ms)",
            "where",
            "outage",
            "pool",
            "median [range]",
            "p95",
            "bare connect",
            "limit",
            "verdict");

    private Recovery(Card card) {
        this.card = card;
    }

    static void run(Card card) throws Exception {
        Recovery half = new Recovery(card);
        for (Place place : card.places()) {
            for (Duration outage : card.extent().of(OUTAGES, QUICK_OUTAGES)) {
                card.report().progress("B, server away for " + outage.toSeconds() + " s, " + place.label());
                half.at(place, outage);
            }
        }
        card.report().show(half.table);
    }

    private void at(Place place, Duration outage) throws Exception {
        List<Contender> pools = Contender.inAllModes(card.peers());
        Map<String, Rounds.Turn<Back>> turns = new LinkedHashMap<>();
        pools.forEach(pool -> turns.put(pool.labelWithMode(), () -> outage(place, outage, pool)));
        Map<String, Rounds.Outcome<Back>> outcomes =
                Rounds.play(card, card.extent().rounds(9, 1), turns);
        pools.forEach(pool -> report(place, outage, pool, outcomes.get(pool.labelWithMode())));
    }

    private Back outage(Place place, Duration outage, Contender contender) throws Exception {
        Endpoint endpoint = place.endpoint();
        PoolSetup setup = PoolSetup.of(SIZE, card.extent().downWait());
        try (OpenPool pool = contender.open(endpoint, setup).filled(SIZE)) {
            place.server().faults().stop(StopMode.FAST);
            double lag = lagMillis(place, outage, endpoint, pool);
            return new Back(lag, bareMillis(endpoint));
        } finally {
            place.server().faults().heal();
        }
    }

    private static double lagMillis(Place place, Duration outage, Endpoint endpoint, OpenPool pool)
            throws InterruptedException {
        // They begin when the server has gone, so their first success is that of the server that is back.
        try (FirstSuccess bare = FirstSuccess.of(1, () -> connect(endpoint));
                FirstSuccess borrowed = FirstSuccess.of(BORROWERS, () -> borrow(pool.dataSource()))) {
            Thread.sleep(outage.toMillis());
            place.server().faults().start();
            OptionalLong bareFirst = bare.await(START_WITHIN);
            OptionalLong first = borrowed.await(WITHIN);
            if (bareFirst.isEmpty()) {
                throw new IllegalStateException("the server took no connections within " + START_WITHIN);
            }
            if (first.isEmpty()) {
                throw new IllegalStateException("did not serve again within " + WITHIN.toSeconds() + " s");
            }
            return (first.getAsLong() - bareFirst.getAsLong()) / 1e6;
        }
    }

    private static long connect(Endpoint endpoint) throws SQLException {
        try (Connection ignored = endpoint.connect()) {
            return System.nanoTime();
        }
    }

    /** A borrow that gives a dead connection is none. */
    private static long borrow(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            long borrowed = System.nanoTime();
            Work.ask(connection);
            return borrowed;
        }
    }

    private static double bareMillis(Endpoint endpoint) throws SQLException {
        double[] millis = new double[BARE_CONNECTS];
        for (int i = 0; i < millis.length; i++) {
            long begin = System.nanoTime();
            millis[i] = (connect(endpoint) - begin) / 1e6;
        }
        return Spread.of(millis).median();
    }

    private void report(Place place, Duration outage, Contender pool, Rounds.Outcome<Back> outcome) {
        String length = outage.toSeconds() + " s";
        if (outcome.samples().isEmpty()) {
            table.add(place.label(), length, pool.labelWithMode(), outcome.brokenNote());
            return;
        }
        double[] lags = of(outcome, Back::lagMillis);
        Spread lag = Spread.of(lags);
        double most = mostly(lags);
        double bare = Spread.of(of(outcome, Back::bareMillis)).median();
        int period = outage.compareTo(SOON) <= 0 ? PERIOD_MILLIS : LATER_PERIOD_MILLIS;
        boolean kept = outcome.broken().isEmpty() && mostly(of(outcome, Back::overMillis)) <= period;
        String limit = Numbers.shortly(period + CONNECTS * bare);
        String seen = "median " + Numbers.shortly(lag.median()) + ", p95 " + Numbers.shortly(most) + " ms of "
                + lags.length + " (limit " + limit + ")" + outcome.brokenNote();
        table.add(
                place.label(),
                length,
                pool.labelWithMode(),
                lag + outcome.brokenNote(),
                Numbers.shortly(most),
                Numbers.shortly(bare),
                pool.hasPromised() ? limit : "",
                card.verdict(
                        pool,
                        "B: server back after " + length + ": first success within " + period
                                + " ms + 1.5 bare connects of a bare loop's, p95",
                        place.label() + ", " + pool.mode(),
                        seen,
                        kept));
        card.report()
                .row(Card.judged(
                        Card.row(Scenario.B, place, pool.peer().label())
                                .with("part", "back")
                                .with("mode", pool.mode())
                                .with("outageSeconds", outage.toSeconds())
                                .with("rounds", lags.length)
                                .with("notMeasured", outcome.broken().size())
                                .with("lagMillis", lag.median())
                                .with("lagMillisMin", lag.min())
                                .with("lagMillisMax", lag.max())
                                .with("lagMillisP95", most)
                                .with("bareConnectMillis", bare),
                        pool,
                        kept));
    }

    private static double[] of(Rounds.Outcome<Back> outcome, ToDoubleFunction<Back> figure) {
        return outcome.samples().stream().mapToDouble(figure).toArray();
    }

    /** The 95th percentile by the nearest rank: of nine the greatest. */
    private static double mostly(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(MOST * sorted.length) - 1];
    }
}
