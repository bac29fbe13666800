package io.github.lifebelt.apps.benchmarks.scorecard;

/** Scenario B: the server stops, connecting is refused, and then it starts again. */
final class StopAndStart {

    private StopAndStart() {}

    static void run(Card card) throws Exception {
        Waves.run(card);
        Recovery.run(card);
    }
}
