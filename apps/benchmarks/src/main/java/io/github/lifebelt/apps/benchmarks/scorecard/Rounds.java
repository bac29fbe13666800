package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.report.Report;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * Gives everybody a turn in each round, in an order that is shuffled anew. A turn that breaks is kept as broken: one pool
 * that cannot be measured is a result, and not the end of the run.
 */
final class Rounds {

    /** One pool's turn. */
    @FunctionalInterface
    interface Turn<S> {
        S take() throws Exception;
    }

    /**
     * What came of all turns of one.
     *
     * @param samples of the turns that were measured
     * @param broken why the others were not
     */
    record Outcome<S>(List<S> samples, List<String> broken) {

        Outcome() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        /** For a cell of a table. */
        String brokenNote() {
            if (broken.isEmpty()) {
                return "";
            }
            // Drivers write whole stories into a message.
            String line = broken.get(0).lines().findFirst().orElse("");
            String shortly = line.length() > NOTE_LENGTH ? line.substring(0, NOTE_LENGTH) + "..." : line;
            return "; not measured " + broken.size() + " times: " + shortly;
        }
    }

    private static final int NOTE_LENGTH = 80;

    private Rounds() {}

    /** What came of them, in the order given. */
    static <S> Map<String, Outcome<S>> play(Card card, int rounds, Map<String, Turn<S>> turns) throws Exception {
        Map<String, Outcome<S>> outcomes = new LinkedHashMap<>();
        turns.keySet().forEach(name -> outcomes.put(name, new Outcome<>()));
        List<String> order = new ArrayList<>(turns.keySet());
        Random random = new Random(card.seed());
        for (int round = 0; round < rounds; round++) {
            Collections.shuffle(order, random);
            for (String name : order) {
                take(card.report(), name, turns.get(name), Objects.requireNonNull(outcomes.get(name)));
            }
        }
        return outcomes;
    }

    private static <S> void take(Report report, String name, Turn<S> turn, Outcome<S> outcome) throws Exception {
        try {
            outcome.samples().add(turn.take());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            outcome.broken().add(String.valueOf(e.getMessage()));
            report.progress(name + " was not measured: " + e);
        }
    }
}
