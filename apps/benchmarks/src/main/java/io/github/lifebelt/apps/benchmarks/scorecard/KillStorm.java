package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Table;
import io.github.lifebelt.apps.benchmarks.scorecard.StormTurn.Ordeal;
import io.github.lifebelt.testing.Ledger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scenario E: units of work in a storm, and a ledger that says afterwards what became of each. Lifebelt's units retry by
 * themselves and find out about broken COMMITs; around the other pools stands the loop that a careful application has.
 */
final class KillStorm {

    private static final String PROMISE = "E, kill storm: 0 units failed, unknown, lost or duplicated";

    private static final Duration LASTS = Duration.ofSeconds(20);
    private static final Duration QUICKLY = Duration.ofSeconds(4);

    private final Card card;
    private final Duration lasts;
    private final List<Way.Runner> pools;
    private final Table table;

    private KillStorm(Card card) {
        this.card = card;
        this.lasts = card.extent().storm(LASTS, QUICKLY);
        this.pools = Way.of(card.peers()).stream()
                .filter(pool -> !card.extent().quick() || isQuick(pool))
                .toList();
        this.table = new Table(
                "E, kill storm: " + lasts.toSeconds() + " s, " + StormTurn.THREADS
                        + " threads, all sessions killed every " + Storm.PERIOD.toMillis()
                        + " ms, two COMMITs a second lost on the wire, one restart",
                "where",
                "pause",
                "pool",
                "units",
                "failed",
                "unknown",
                "lost",
                "duplicated",
                "run again",
                "p50 ms",
                "p99 ms",
                "kills + lost COMMITs",
                "verdict");
    }

    /** One that trusts its connections, as most people have it, and one that asks the server, in careful hands. */
    private static boolean isQuick(Way.Runner pool) {
        return switch (pool.way()) {
            case OWN -> true;
            case AS_IT_IS -> pool.contender().peer() == Peer.HIKARI;
            case LOOP -> pool.contender().peer() == Peer.DBCP2;
        };
    }

    static void run(Card card) throws Exception {
        KillStorm scenario = new KillStorm(card);
        for (Place place : card.places()) {
            for (Pace pace : Pace.values()) {
                card.report().progress("E, " + pace.description() + ", " + place.label());
                scenario.at(place, pace);
            }
        }
        card.report().show(scenario.table);
    }

    private void at(Place place, Pace pace) throws Exception {
        Map<String, Rounds.Turn<Ordeal>> turns = new LinkedHashMap<>();
        pools.forEach(pool -> turns.put(pool.label(), () -> StormTurn.of(place, pace, pool, lasts, card.seed())));
        Map<String, Rounds.Outcome<Ordeal>> outcomes =
                Rounds.play(card, card.extent().rounds(3, 1), turns);
        pools.forEach(pool -> {
            Rounds.Outcome<Ordeal> outcome = outcomes.get(pool.label());
            outcome.samples().forEach(ordeal -> report(place, pace, pool, ordeal));
            if (!outcome.broken().isEmpty()) {
                notMeasured(place, pace, pool, outcome.brokenNote());
            }
        });
    }

    private void notMeasured(Place place, Pace pace, Way.Runner pool, String note) {
        String name = pool.label();
        String verdict =
                card.verdict(pool.contender(), PROMISE, place.label() + ", " + pace.description(), note, false);
        table.add(place.label(), pace.description(), name, note, verdict);
        card.report().row(Card.judged(row(place, pace, pool).with("notMeasured", 1), pool.contender(), false));
    }

    private void report(Place place, Pace pace, Way.Runner pool, Ordeal ordeal) {
        String name = pool.label();
        Ledger.Count count = ordeal.check().count();
        ordeal.causes()
                .forEach((why, units) -> card.report()
                        .progress("E, " + place.label() + ", " + name + ": not committed " + units + " times: " + why));
        count.examples()
                .forEach(example -> card.report().progress("E, " + place.label() + ", " + name + ": " + example));
        long units = count.committed() + count.rolledBack() + count.unknown();
        boolean storm = ordeal.damage().kills() >= 4 * ordeal.seconds()
                && ordeal.damage().restarts() == 1
                && ordeal.commitsLost() > 0;
        boolean kept = storm
                && count.rolledBack() + count.unknown() == 0
                && count.isExact()
                && ordeal.check().countersOff() == 0;
        String seen = String.join(
                        " + ",
                        Long.toString(count.rolledBack()),
                        Long.toString(count.unknown()),
                        Long.toString(count.lost()),
                        Long.toString(count.duplicated()))
                + " of " + units + (storm ? "" : ", and it was no storm");
        table.add(
                place.label(),
                pace.description(),
                name,
                Long.toString(units),
                Long.toString(count.rolledBack()),
                Long.toString(count.unknown()),
                Long.toString(count.lost()),
                Long.toString(count.duplicated()),
                Long.toString(ordeal.again()),
                Numbers.shortly(ordeal.percentile(50)),
                Numbers.shortly(ordeal.percentile(99)),
                ordeal.damage().kills() + " + " + ordeal.commitsLost(),
                card.verdict(pool.contender(), PROMISE, place.label() + ", " + pace.description(), seen, kept));
        card.report().row(Card.judged(row(place, pace, pool, ordeal).with("units", units), pool.contender(), kept));
    }

    private static Row row(Place place, Pace pace, Way.Runner pool) {
        return Card.row(Scenario.E, place, pool.pool())
                .with("pace", pace.key())
                .with("way", pool.way().key());
    }

    private static Row row(Place place, Pace pace, Way.Runner pool, Ordeal ordeal) {
        Ledger.Count count = ordeal.check().count();
        return row(place, pace, pool)
                .with("seconds", ordeal.seconds())
                .with("threads", StormTurn.THREADS)
                .with("committed", count.committed())
                .with("failed", count.rolledBack())
                .with("unknown", count.unknown())
                .with("lost", count.lost())
                .with("duplicated", count.duplicated())
                .with("countersOff", ordeal.check().countersOff())
                .with("retried", ordeal.again())
                .with("p50Millis", ordeal.percentile(50))
                .with("p99Millis", ordeal.percentile(99))
                .with("kills", ordeal.damage().kills())
                .with("restarts", ordeal.damage().restarts())
                .with("commitsLost", ordeal.commitsLost());
    }
}
