package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Database;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import io.github.lifebelt.apps.benchmarks.report.Table;
import io.github.lifebelt.apps.benchmarks.scorecard.PromotionTurn.Move;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * The second half of scenario F: the primary steps down and stays, its replica is promoted, and the pool knows both hosts.
 */
final class Promotion {

    private static final String PROMISE = "F, replica promoted: 0 units failed, unknown, lost or duplicated,"
            + " and no connection left on the old primary";

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration QUICKLY = Duration.ofSeconds(3);
    // Two that keep a connection for as long as it lives, and one that gives it up after an error.
    private static final Set<Peer> IN_A_HURRY =
            EnumSet.of(Peer.LIFEBELT, Peer.HIKARI_VALIDATED, Peer.DBCP2, Peer.VIBUR);

    private final Card card;
    private final Duration patience;
    private final List<Way.Runner> runners;
    private final Table table;

    private Promotion(Card card) {
        this.card = card;
        this.patience = card.extent().of(PATIENCE, QUICKLY);
        this.runners = Way.of(card.peers()).stream().filter(this::takesPart).toList();
        this.table = new Table(
                "F, promotion: the primary steps down and stays, its replica is promoted; both are in the pool's URL, for"
                        + " the peers with " + Pair.WRITERS_ONLY + "; " + patience.toSeconds() + " s to get there",
                "where",
                "pool",
                "units",
                "failed",
                "unknown",
                "lost",
                "duplicated",
                "unfinished",
                "new primary to first commit, ms",
                "connections on the old 1 s later",
                "left the old",
                "borrows of " + PromotionTurn.BORROWS + " that give the old",
                "verdict");
    }

    private boolean takesPart(Way.Runner runner) {
        return !card.extent().quick() || (IN_A_HURRY.contains(runner.contender().peer()) && runner.way() != Way.LOOP);
    }

    static void run(Card card) throws Exception {
        Promotion half = new Promotion(card);
        if (half.runners.isEmpty()) {
            return;
        }
        for (Place place : card.places()) {
            if (place.servers().kind() == Database.POSTGRES) {
                card.report().progress("F, promotion, " + place.label());
                half.at(place);
            } else {
                card.report().say("F, promotion, " + place.label() + ": not tried, only PostgreSQL has a replica here");
            }
        }
        card.report().show(half.table);
    }

    private void at(Place place) throws Exception {
        Map<String, Rounds.Turn<Move>> turns = new LinkedHashMap<>();
        runners.forEach(
                runner -> turns.put(runner.label(), () -> PromotionTurn.of(place, runner, patience, card.seed())));
        Map<String, Rounds.Outcome<Move>> outcomes =
                Rounds.play(card, card.extent().rounds(3, 1), turns);
        runners.forEach(runner -> report(place, runner, outcomes.get(runner.label())));
    }

    private void report(Place place, Way.Runner runner, Rounds.Outcome<Move> outcome) {
        List<Move> moves = outcome.samples();
        Contender pool = runner.contender();
        Row row = Card.row(Scenario.F, place, runner.pool())
                .with("part", "promotion")
                .with("way", runner.way().key())
                .with("rounds", moves.size())
                .with("notMeasured", outcome.broken().size());
        if (moves.isEmpty()) {
            String note = outcome.brokenNote();
            table.add(place.label(), runner.label(), note, card.verdict(pool, PROMISE, place.label(), note, false));
            card.report().row(Card.judged(row, pool, false));
            return;
        }
        moves.forEach(move -> tell("F, " + place.label() + ", " + runner.label() + ": ", move));
        UnitCount count = UnitCount.sum(moves.stream().map(Move::count).toList());
        Spread first = Spread.of(moves.stream().mapToDouble(Move::firstMillis).toArray());
        int oldConnections = sum(moves, Move::oldConnections);
        int borrowsOfOld = sum(moves, Move::borrowsOfOld);
        int borrowErrors = sum(moves, Move::borrowErrors);
        boolean leftOld = moves.stream().allMatch(Move::leftOld);
        boolean kept = outcome.broken().isEmpty()
                && count.isPerfect()
                && Double.isFinite(first.max())
                && leftOld
                && oldConnections + borrowsOfOld + borrowErrors == 0;
        String seen = count.seen() + "; on the old primary " + oldConnections + " connections, " + borrowsOfOld
                + " borrows" + outcome.brokenNote();
        table.add(
                place.label(),
                runner.label(),
                Long.toString(count.units()),
                Long.toString(count.failed()),
                Long.toString(count.unknown()),
                Long.toString(count.lost()),
                Long.toString(count.duplicated()),
                Long.toString(count.unfinished()),
                first(first) + outcome.brokenNote(),
                Integer.toString(oldConnections),
                leftOld ? "yes" : "no",
                borrowsOfOld + (borrowErrors == 0 ? "" : ", errors " + borrowErrors),
                card.verdict(pool, PROMISE, place.label(), seen, kept));
        card.report()
                .row(Card.judged(
                        count.in(row)
                                .with(
                                        "promotionMillis",
                                        Spread.of(moves.stream()
                                                        .mapToDouble(Move::primaryMillis)
                                                        .toArray())
                                                .median())
                                .with("firstCommitMillis", first.median())
                                .with("firstCommitMillisMin", first.min())
                                .with("firstCommitMillisMax", first.max())
                                .with("oldConnections", oldConnections)
                                .with("leftOld", leftOld)
                                .with("borrows", PromotionTurn.BORROWS * moves.size())
                                .with("borrowsOfOld", borrowsOfOld)
                                .with("borrowErrors", borrowErrors),
                        pool,
                        kept));
    }

    private void tell(String who, Move move) {
        String first = Double.isFinite(move.firstMillis())
                ? "first commit after " + Numbers.shortly(move.firstMillis()) + " ms"
                : "no commit";
        card.report()
                .progress(who + first + ", " + move.oldConnections() + " connections on the old primary, "
                        + (move.leftOld() ? "left in the end" : "not left in the end") + ", " + move.borrowsOfOld()
                        + " borrows of them, errors of borrows " + move.borrowErrors());
        move.causes()
                .forEach((why, units) -> card.report().progress(who + "not committed " + units + " times: " + why));
    }

    private String first(Spread millis) {
        if (Double.isFinite(millis.max())) {
            return millis.toString();
        }
        String never = "not within " + patience.toSeconds() + " s";
        return Double.isFinite(millis.min()) ? Numbers.shortly(millis.min()) + " at best, once " + never : never;
    }

    private static int sum(List<Move> moves, ToIntFunction<Move> figure) {
        return moves.stream().mapToInt(figure).sum();
    }
}
