package io.github.lifebelt.apps.benchmarks.scorecard;

/** What can be tried, in the order in which it is. */
enum Scenario {
    /** All sessions are killed. */
    A(KillAll::run),
    /** The server stops and starts again. */
    B(StopAndStart::run),
    /** The server or the network says nothing, or too little. */
    C(Silence::run),
    /** All connections are replaced. */
    D(Refill::run),
    /** Sessions are killed and COMMITs lost while units of work run. */
    E(KillStorm::run);

    /** Tries it everywhere and reports. */
    @FunctionalInterface
    interface Trial {
        void on(Card card) throws Exception;
    }

    private final Trial trial;

    Scenario(Trial trial) {
        this.trial = trial;
    }

    void run(Card card) throws Exception {
        trial.on(card);
    }
}
