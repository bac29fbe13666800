package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import io.github.lifebelt.apps.benchmarks.report.Table;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.Stalls;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Scenario C: the database does not answer, and borrowers have a deadline. Some of them meet a connection that was live,
 * some have to connect, and some have to wait for the others, since all keep what they get until the end.
 */
final class Silence {

    /** In deadlines: who has not come back by then is not waited for. */
    static final int FAR_TOO_LONG = 3;

    private static final int TOO_LONG = 2;

    private static final int BORROWERS = 16;
    private static final int SIZE = 12;
    // A pool that fills itself has more, and fewer of its borrowers connect.
    private static final int LIVE = 6;
    private static final long SLACK_MILLIS = 250;
    private static final Duration WAIT = Duration.ofSeconds(2);
    // JDBC validates in whole seconds, so a shorter wait would be unfair.
    private static final Duration QUICK_WAIT = Duration.ofSeconds(1);

    /**
     * One time.
     *
     * @param slowestMillis of all borrows; those under way count as long as they have lasted
     * @param late borrows that took more than they were to, those under way included
     * @param blocked borrows that had not ended when it was over
     * @param lent borrows that gave a connection
     * @param failed borrows that threw
     * @param stallMillis what is to be allowed for what the machine kept threads waiting
     */
    private record Ordeal(double slowestMillis, int late, int blocked, int lent, int failed, double stallMillis) {}

    /** A pool, perhaps with its driver's time-outs. */
    private record Entrant(Contender pool, boolean driverTimeouts) {

        String label() {
            return pool.peer().label() + (driverTimeouts ? " + driver time-outs" : "");
        }
    }

    private final Card card;
    private final Duration wait;
    private final int farTooLong;
    private final Table table;

    private Silence(Card card) {
        this.card = card;
        this.wait = card.extent().of(WAIT, QUICK_WAIT);
        this.farTooLong = card.extent().of(FAR_TOO_LONG, TOO_LONG);
        this.table = new Table(
                "C, no answer: " + BORROWERS + " threads borrow and hold, pool of " + SIZE + ", wait " + wait.toMillis()
                        + " ms",
                "where",
                "fault",
                "pool",
                "slowest borrow, median [range] ms",
                "over wait + " + SLACK_MILLIS + " ms",
                "still blocked at " + farTooLong + " x",
                "lent",
                "failed",
                "4 x longest machine stall, ms",
                "verdict");
    }

    static void run(Card card) throws Exception {
        Silence scenario = new Silence(card);
        scenario.describe();
        for (Place place : card.places()) {
            for (SilentFault fault : card.extent().of(SilentFault.ALL, SilentFault.WITHOUT_ANY_ANSWER)) {
                card.report().progress("C, " + fault.label() + ", " + place.label());
                scenario.at(place, fault);
            }
        }
        card.report().show(scenario.table);
    }

    /** What the second entry of a peer is. */
    private void describe() {
        if (!card.extent().quick()) {
            card.places().stream()
                    .map(place -> place.servers().kind())
                    .distinct()
                    .forEach(kind -> card.report()
                            .say("C: driver time-outs on " + kind.label() + ": "
                                    + DriverTimeouts.parameters(kind, wait)));
        }
    }

    private void at(Place place, SilentFault fault) throws Exception {
        List<Entrant> entrants = entrants(fault);
        Map<String, Rounds.Turn<Ordeal>> turns = new LinkedHashMap<>();
        entrants.forEach(entrant -> turns.put(entrant.label(), () -> ordeal(place, fault, entrant)));
        Map<String, Rounds.Outcome<Ordeal>> outcomes =
                Rounds.play(card, card.extent().rounds(3, 1), turns);
        entrants.forEach(entrant -> report(place, fault, entrant, outcomes.get(entrant.label())));
    }

    /** In a full run each peer once more, with its driver's time-outs, where nobody is there who could answer. */
    private List<Entrant> entrants(SilentFault fault) {
        boolean twice = !card.extent().quick() && SilentFault.WITHOUT_ANY_ANSWER.contains(fault);
        return Contender.of(card.peers()).stream()
                .flatMap(pool -> twice && !pool.hasPromised()
                        ? Stream.of(new Entrant(pool, false), new Entrant(pool, true))
                        : Stream.of(new Entrant(pool, false)))
                .toList();
    }

    private Ordeal ordeal(Place place, SilentFault fault, Entrant entrant) throws Exception {
        try (FaultProxy proxy = place.server().proxy()) {
            Endpoint endpoint = place.endpoint(proxy);
            OpenPool pool = entrant.pool.open(
                    entrant.driverTimeouts ? DriverTimeouts.on(place.servers().kind(), endpoint, wait) : endpoint,
                    PoolSetup.of(SIZE, wait));
            try {
                PoolCare.fill(pool, LIVE);
                return ordeal(place, fault, pool, proxy);
            } finally {
                // Whoever is still blocked is so on a connection through it.
                proxy.close();
                PoolCare.closeOrLeave(pool);
            }
        }
    }

    private Ordeal ordeal(Place place, SilentFault fault, OpenPool pool, FaultProxy proxy) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        Crowd crowd = null;
        try (Stalls stalls = new Stalls()) {
            fault.strike(place.server(), proxy);
            Thread.sleep(Card.SOON_MILLIS);
            crowd = Crowd.start(pool.dataSource(), BORROWERS, connection -> over.await());
            crowd.awaitBorrows(wait.multipliedBy(farTooLong));
            return ordeal(crowd, stalls);
        } finally {
            fault.heal(place.server(), proxy);
            over.countDown();
            proxy.close();
            if (crowd != null) {
                crowd.close();
            }
        }
    }

    private Ordeal ordeal(Crowd crowd, Stalls stalls) {
        double[] millis =
                Arrays.stream(crowd.nanos()).mapToDouble(nanos -> nanos / 1e6).toArray();
        long limit = wait.toMillis() + SLACK_MILLIS;
        return new Ordeal(
                Spread.of(millis).max(),
                (int) Arrays.stream(millis).filter(took -> took > limit).count(),
                crowd.count(Crowd.Fate.BLOCKED),
                crowd.count(Crowd.Fate.SERVED),
                crowd.count(Crowd.Fate.FAILED),
                Card.fourStalls(stalls).toNanos() / 1e6);
    }

    private void report(Place place, SilentFault fault, Entrant entrant, Rounds.Outcome<Ordeal> outcome) {
        Contender pool = entrant.pool;
        String name = entrant.label();
        List<Ordeal> ordeals = outcome.samples();
        if (ordeals.isEmpty()) {
            table.add(place.label(), fault.label(), name, outcome.brokenNote());
            return;
        }
        Spread slowest =
                Spread.of(ordeals.stream().mapToDouble(Ordeal::slowestMillis).toArray());
        double stalls = ordeals.stream().mapToDouble(Ordeal::stallMillis).max().orElse(0);
        int late = sum(ordeals, Ordeal::late);
        int blocked = sum(ordeals, Ordeal::blocked);
        int borrows = ordeals.size() * BORROWERS;
        String seen = late + " of " + borrows + " late, slowest " + Numbers.shortly(slowest.max())
                + " ms, 4 x longest machine stall " + Numbers.shortly(stalls) + " ms" + outcome.brokenNote();
        boolean kept = late == 0 && outcome.broken().isEmpty();
        table.add(
                place.label(),
                fault.label(),
                name,
                slowest + outcome.brokenNote(),
                late + " of " + borrows,
                Integer.toString(blocked),
                Integer.toString(sum(ordeals, Ordeal::lent)),
                Integer.toString(sum(ordeals, Ordeal::failed)),
                Numbers.shortly(stalls),
                card.verdict(
                        pool,
                        "C: no answer: no borrow past its deadline + " + SLACK_MILLIS + " ms",
                        place.label() + ", " + fault.label(),
                        seen,
                        kept));
        card.report()
                .row(Card.judged(
                        Card.row(Scenario.C, place, pool.peer().label())
                                .with("fault", fault.key())
                                .with("driverTimeouts", entrant.driverTimeouts)
                                .with("waitMillis", wait.toMillis())
                                .with("rounds", ordeals.size())
                                .with("notMeasured", outcome.broken().size())
                                .with("borrows", borrows)
                                .with("slowestMillis", slowest.max())
                                .with("late", late)
                                .with("blocked", blocked)
                                .with("lent", sum(ordeals, Ordeal::lent))
                                .with("failed", sum(ordeals, Ordeal::failed))
                                .with("fourMachineStallsMillis", stalls),
                        pool,
                        kept));
    }

    private static int sum(List<Ordeal> ordeals, ToIntFunction<Ordeal> count) {
        return ordeals.stream().mapToInt(count).sum();
    }
}
