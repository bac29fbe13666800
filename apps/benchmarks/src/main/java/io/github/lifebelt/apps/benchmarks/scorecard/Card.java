package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.report.Report;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Verdict;
import io.github.lifebelt.testing.Stalls;
import java.time.Duration;
import java.util.List;

/**
 * What every scenario works with.
 *
 * @param places to try everything at
 * @param peers who takes part
 * @param extent how often and how long
 * @param seed of the order in which pools have their turns
 * @param report where the results go
 */
record Card(List<Place> places, List<Peer> peers, Extent extent, long seed, Report report) {

    /** In the middle of a promise's way: what was killed has gone, and nothing has looked yet. */
    static final long SOON_MILLIS = 20;

    /** What a busy machine may have added to something bounded: several turns of several threads. */
    static Duration fourStalls(Stalls stalls) {
        return stalls.longest().multipliedBy(4);
    }

    static Row row(Scenario scenario, Place place, String pool) {
        return new Row(scenario.name(), pool, place.database()).with("wire", place.wire());
    }

    /** With the verdict, if there is one. */
    static Row judged(Row row, Contender pool, boolean kept) {
        return pool.hasPromised() ? row.with("kept", kept) : row;
    }

    /** Keeps a verdict on a pool that has promised something, and gives what the table says of it. */
    String verdict(Contender pool, String promise, String where, String measured, boolean kept) {
        if (!pool.hasPromised()) {
            return "";
        }
        Verdict verdict = new Verdict(promise, where, measured, kept);
        report.verdict(verdict);
        return verdict.word();
    }
}
