package io.github.lifebelt.apps.benchmarks.bench;

import java.util.Locale;

/** What can be measured, in the order in which it is. */
enum Scenario {
    PROBE(ProbeScenario::run),
    BORROW(PooledScenario::borrow),
    QUERY(PooledScenario::query),
    LATENCY(PooledScenario::latency),
    CONTENTION(ContentionScenario::run),
    METRICS(MetricsScenario::run),
    ALLOC(AllocScenario::run),
    UNIT(UnitScenario::run),
    SCALE(ScaleScenario::run),
    FLEET(FleetScenario::run);

    /** Measures and reports. */
    @FunctionalInterface
    interface Run {
        void on(Bench bench) throws Exception;
    }

    private final Run run;

    Scenario(Run run) {
        this.run = run;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    void run(Bench bench) throws Exception {
        run.on(bench);
    }
}
