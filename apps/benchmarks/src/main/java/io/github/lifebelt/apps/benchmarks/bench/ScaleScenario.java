package io.github.lifebelt.apps.benchmarks.bench;

/** What grows with the work: with the size of the pool, with the queue before it, and at the start. */
final class ScaleScenario {

    private ScaleScenario() {}

    static void run(Bench bench) throws Exception {
        ScaleSizes.run(bench);
        ScaleWaiters.run(bench);
        ScaleStart.run(bench);
    }
}
