package io.github.lifebelt.tx;

import java.util.ArrayList;
import java.util.List;

/** What is to be done once a transaction is committed, in the order in which it was asked for. */
final class AfterCommit {
    private final List<Transaction.Action> actions = new ArrayList<>(0);

    void add(Transaction.Action action) {
        actions.add(action);
    }

    /** How many there are: what is added later belongs to what began now. */
    int mark() {
        return actions.size();
    }

    /** Drops what was added since, because it was rolled back. */
    void dropSince(int mark) {
        actions.subList(mark, actions.size()).clear();
    }

    /** Runs all of them, whatever some of them throw. Returns what they threw. */
    List<Throwable> run() {
        List<Throwable> failures = new ArrayList<>(0);
        for (Transaction.Action action : actions) {
            try {
                action.run();
            } catch (Throwable t) {
                if (t instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                failures.add(t);
            }
        }
        actions.clear();
        return failures;
    }
}
