package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.PoolSetup;
import io.github.lifebelt.apps.benchmarks.pools.Work;
import io.github.lifebelt.apps.benchmarks.report.Table;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Scenario A: the server kills all sessions of a pool of idle connections, and then they are borrowed. */
final class KillAll {

    private static final int IDLE = 10;
    private static final int BORROWS = 40;
    // Less than the 500 ms for which HikariCP trusts a connection unasked.
    private static final Duration SHORTLY = Duration.ofMillis(400);
    private static final String PROMISE =
            "A: all " + IDLE + " idle connections killed: 0 errors in the next " + BORROWS;

    /**
     * One round.
     *
     * @param errors of all borrows
     * @param shortly how many of the borrows were over shortly after the fill, which was the last use of the connections
     */
    private record Sample(int errors, int shortly) {}

    private final Card card;
    private final Table table = new Table(
            "A, kill all: " + IDLE + " idle connections killed, " + Card.SOON_MILLIS + " ms later " + BORROWS
                    + " times borrow + SELECT 1 + return",
            "where",
            "pool",
            "errors in each round",
            "verdict");

    private KillAll(Card card) {
        this.card = card;
    }

    static void run(Card card) throws Exception {
        KillAll scenario = new KillAll(card);
        for (Place place : card.places()) {
            card.report().progress("A, " + place.label());
            scenario.at(place);
        }
        card.report().show(scenario.table);
    }

    private void at(Place place) throws Exception {
        Map<String, Rounds.Turn<Sample>> turns = new LinkedHashMap<>();
        Contender.of(card.peers()).forEach(pool -> turns.put(pool.peer().label(), () -> play(place, pool)));
        Map<String, Rounds.Outcome<Sample>> outcomes =
                Rounds.play(card, card.extent().rounds(3, 2), turns);
        for (Contender pool : Contender.of(card.peers())) {
            report(place, pool, outcomes.get(pool.peer().label()));
        }
    }

    private static Sample play(Place place, Contender contender) throws Exception {
        try (OpenPool pool = contender.open(place.endpoint(), PoolSetup.of(IDLE))) {
            pool.filled(IDLE);
            long filled = System.nanoTime();
            int killed = place.server().faults().killSessions();
            if (killed < IDLE) {
                throw new IllegalStateException("only " + killed + " sessions were there to be killed");
            }
            Thread.sleep(Card.SOON_MILLIS);
            int errors = 0;
            int shortly = 0;
            for (int i = 0; i < BORROWS; i++) {
                try {
                    Work.borrowAndAsk(pool.dataSource());
                } catch (SQLException e) {
                    errors++;
                }
                if (System.nanoTime() - filled < SHORTLY.toNanos()) {
                    shortly++;
                }
            }
            return new Sample(errors, shortly);
        }
    }

    private void report(Place place, Contender pool, Rounds.Outcome<Sample> outcome) {
        String name = pool.peer().label();
        int[] errors = outcome.samples().stream().mapToInt(Sample::errors).toArray();
        int sum = 0;
        int most = 0;
        StringBuilder each = new StringBuilder();
        for (int count : errors) {
            sum += count;
            most = Math.max(most, count);
            each.append(each.length() == 0 ? "" : ", ").append(count);
        }
        String seen = each + outcome.brokenNote();
        boolean kept = errors.length > 0 && sum == 0 && outcome.broken().isEmpty();
        table.add(place.label(), name, seen, card.verdict(pool, PROMISE, place.label(), seen, kept));
        card.report()
                .row(Card.judged(
                        Card.row(Scenario.A, place, name)
                                .with("rounds", errors.length)
                                .with("borrowsPerRound", BORROWS)
                                .with(
                                        "borrowsShortlyAfterFill",
                                        outcome.samples().stream()
                                                .mapToInt(Sample::shortly)
                                                .sum())
                                .with("errors", sum)
                                .with("errorsMax", most)
                                .with("notMeasured", outcome.broken().size()),
                        pool,
                        kept));
    }
}
