package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.pools.Servers;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.apps.benchmarks.report.Report;
import java.util.List;

/**
 * What every scenario works with.
 *
 * @param servers to measure against
 * @param effort how long
 * @param report where the results go
 */
record Bench(Servers servers, Effort effort, Report report) {

    /** Alone, and more threads than connections. */
    static final List<Integer> THREADS = List.of(1, 8);

    static final List<Boolean> PLAIN_AND_TLS = List.of(false, true);

    /** Plain and TLS, or only plain in a quick run. */
    List<Boolean> wires() {
        return effort.whole() ? PLAIN_AND_TLS : List.of(false);
    }

    /** All numbers of threads, or only the largest in a quick run. */
    List<Integer> threads() {
        return effort.whole() ? THREADS : THREADS.subList(THREADS.size() - 1, THREADS.size());
    }

    static String describe(Wire wire, int threads) {
        return describe(wire) + ", " + (threads == 1 ? "1 thread" : threads + " threads");
    }

    static String describe(Wire wire) {
        return wire.tls() ? "TLS" : "plain";
    }
}
