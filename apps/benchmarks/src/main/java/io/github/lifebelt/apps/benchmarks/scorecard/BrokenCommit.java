package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Table;
import io.github.lifebelt.apps.benchmarks.report.Verdict;
import io.github.lifebelt.apps.benchmarks.scorecard.BrokenCommitTurn.Loss;
import io.github.lifebelt.apps.benchmarks.scorecard.BrokenCommitTurn.Told;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scenario G: the answer of a COMMIT is lost, or its request, with the connection. What is the caller told, and is it true?
 */
final class BrokenCommit {

    private static final String KNOWS = "G, COMMIT lost on the wire: the caller is told the truth each time";
    private static final String ADMITS =
            "G, COMMIT lost on the wire, outcome OFF: the caller is told nothing that is wrong";

    private static final int LOSSES = 10;
    private static final int QUICKLY = 5;

    private final Card card;
    private final int losses;
    private final Table table;

    private BrokenCommit(Card card) {
        this.card = card;
        this.losses = card.extent().of(LOSSES, QUICKLY);
        this.table = new Table(
                "G, broken COMMIT: " + losses + " answers and " + losses
                        + " requests of COMMITs lost with their connections, one after the other",
                "where",
                "pool",
                "lost is the",
                "COMMITs",
                "stored",
                "told right",
                "told wrong",
                "told unknown",
                "an error that says nothing",
                "what it says",
                "verdict");
    }

    static void run(Card card) throws Exception {
        BrokenCommit scenario = new BrokenCommit(card);
        for (Place place : card.places()) {
            card.report().progress("G, " + place.label());
            scenario.at(place);
        }
        card.report().show(scenario.table);
    }

    private void at(Place place) throws Exception {
        List<Teller> tellers = Teller.at(place, card.peers());
        Map<String, Rounds.Turn<Map<Loss, Told>>> turns = new LinkedHashMap<>();
        tellers.forEach(teller -> turns.put(teller.label(), () -> BrokenCommitTurn.of(place, teller, losses)));
        Map<String, Rounds.Outcome<Map<Loss, Told>>> outcomes =
                Rounds.play(card, card.extent().rounds(3, 1), turns);
        for (Teller teller : tellers) {
            for (Loss loss : Loss.values()) {
                report(place, teller, loss, outcomes.get(teller.label()));
            }
        }
    }

    private void report(Place place, Teller teller, Loss loss, Rounds.Outcome<Map<Loss, Told>> outcome) {
        Told told = outcome.samples().stream().map(turn -> turn.get(loss)).reduce(Told.NOTHING, Told::plus);
        boolean kept = outcome.broken().isEmpty()
                && told.losses() > 0
                && told.before() + told.wrong() + told.silent() == 0
                && (!teller.finds() || told.right() == told.losses());
        Row row = Card.row(Scenario.G, place, teller.pool())
                .with("way", teller.way().key())
                .with("loss", loss.key())
                .with("rounds", outcome.samples().size())
                .with("notMeasured", outcome.broken().size())
                .with("losses", told.losses())
                .with("stored", told.stored())
                .with("toldRight", told.right())
                .with("toldWrong", told.wrong())
                .with("saidNotStored", told.denied())
                .with("duplicated", told.duplicated())
                .with("missing", told.missing())
                .with("toldUnknown", told.unknown())
                .with("errors", told.silent())
                .with("failedBefore", told.before())
                .with("said", String.join("; ", told.errors()));
        card.report().row(teller.hasPromised() ? row.with("kept", kept) : row);
        table.add(
                place.label(),
                teller.label(),
                loss.key(),
                told.losses() + outcome.brokenNote(),
                Integer.toString(told.stored()),
                Integer.toString(told.right()),
                wrong(told),
                Integer.toString(told.unknown()),
                Integer.toString(told.silent()),
                String.join("; ", told.errors()),
                verdict(place, teller, loss, told, outcome.brokenNote(), kept));
    }

    private static String wrong(Told told) {
        List<String> kinds = new ArrayList<>();
        add(kinds, "stored twice", told.duplicated());
        add(kinds, "said not stored, and is", told.denied());
        add(kinds, "said stored, and is not", told.missing());
        return told.wrong() + (kinds.isEmpty() ? "" : ": " + String.join(", ", kinds));
    }

    private static void add(List<String> kinds, String kind, int times) {
        if (times > 0) {
            kinds.add(kind + " " + times);
        }
    }

    private String verdict(Place place, Teller teller, Loss loss, Told told, String note, boolean kept) {
        if (!teller.hasPromised()) {
            return "";
        }
        Verdict verdict = new Verdict(
                teller.finds() ? KNOWS : ADMITS,
                place.label() + ", " + teller.label() + ", " + loss.key() + " lost",
                told.right() + " right, " + told.wrong() + " wrong, " + told.unknown() + " unknown of " + told.losses()
                        + note,
                kept);
        card.report().verdict(verdict);
        return verdict.word();
    }
}
