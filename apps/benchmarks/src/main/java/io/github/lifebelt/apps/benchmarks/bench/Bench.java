package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.Servers;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.apps.benchmarks.report.Report;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What every scenario works with.
 *
 * @param peers whom to measure
 * @param servers to measure against
 * @param effort how long
 * @param report where the results go
 */
record Bench(Set<Peer> peers, Servers servers, Effort effort, Report report) {

    /** Alone, and more threads than connections. */
    static final List<Integer> THREADS = List.of(1, 8);

    private static final Set<Peer> USUAL = EnumSet.of(Peer.LIFEBELT, Peer.HIKARI, Peer.HIKARI_VALIDATED);

    static final List<Boolean> PLAIN_AND_TLS = List.of(false, true);

    /** Plain and TLS, or only plain in a quick run. */
    List<Boolean> wires() {
        return effort.whole() ? PLAIN_AND_TLS : List.of(false);
    }

    /** All numbers of threads, or only the largest in a quick run. */
    List<Integer> threads() {
        return effort.whole() ? THREADS : THREADS.subList(THREADS.size() - 1, THREADS.size());
    }

    /** Where each pool takes seconds: all of them, or in a quick run the usual three. */
    List<Peer> fewPeers() {
        return peers.stream()
                .filter(peer -> effort.whole() || USUAL.contains(peer))
                .toList();
    }

    /** The names of {@link #fewPeers()}. */
    List<String> fewPools() {
        return fewPeers().stream().map(Peer::label).toList();
    }

    static String describe(Wire wire, int threads) {
        return describe(wire) + ", " + (threads == 1 ? "1 thread" : threads + " threads");
    }

    static String describe(Wire wire) {
        return wire.tls() ? "TLS" : "plain";
    }
}
