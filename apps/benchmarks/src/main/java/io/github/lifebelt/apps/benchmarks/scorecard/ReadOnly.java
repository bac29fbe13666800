package io.github.lifebelt.apps.benchmarks.scorecard;

/** Scenario F: the primary takes no writes, for a while or for good. */
final class ReadOnly {

    private ReadOnly() {}

    static void run(Card card) throws Exception {
        Flip.run(card);
        Promotion.run(card);
    }
}
