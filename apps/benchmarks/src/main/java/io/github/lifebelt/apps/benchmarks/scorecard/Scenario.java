package io.github.lifebelt.apps.benchmarks.scorecard;

import java.util.ArrayList;
import java.util.Arrays;

/** What can be tried, in the order in which it is. */
enum Scenario {
    /** All sessions are killed. */
    A("all sessions killed", KillAll::run),
    /** The server stops and starts again. */
    B("server stopped and started", StopAndStart::run),
    /** The server or the network says nothing, or too little. */
    C("no answer", Silence::run),
    /** All connections are replaced. */
    D("refill", Refill::run),
    /** Sessions are killed and COMMITs lost while units of work run. */
    E("units of work in a storm", KillStorm::run),
    /** The primary takes no writes for a while, or for good. */
    F("read-only flip and promotion", ReadOnly::run),
    /** COMMITs are lost on the wire. */
    G("broken COMMIT", BrokenCommit::run),
    /** Connections are idle until the network has forgotten them. */
    H("flows forgotten while idle", LongIdle::run),
    /** Each setting of a check on borrow meets each fault. */
    M("what each check on borrow sees", Matrix::run);

    /** Tries it everywhere and reports. */
    @FunctionalInterface
    interface Trial {
        void on(Card card) throws Exception;
    }

    private final String title;
    private final Trial trial;

    Scenario(String title, Trial trial) {
        this.title = title;
        this.trial = trial;
    }

    void run(Card card) throws Exception {
        trial.on(card);
    }

    /** All there are, for help. */
    static final class Candidates extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Candidates() {
            super(Arrays.stream(values())
                    .map(scenario -> scenario + " (" + scenario.title + ")")
                    .toList());
        }
    }
}
