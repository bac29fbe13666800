package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.testing.Ledger;
import java.util.Collection;

/**
 * What became of units, one turn's or those of several.
 *
 * @param units in all
 * @param failed their callers were told that nothing is stored
 * @param unknown their callers were told that it may be stored or not
 * @param lost reported as committed, and not there
 * @param duplicated there twice, or although reported as not stored
 * @param unfinished not ended when their time was over
 * @param again runs after the first
 * @param countersOff counters that do not say what the rows say
 */
record UnitCount(
        long units,
        long failed,
        long unknown,
        long lost,
        long duplicated,
        long unfinished,
        long again,
        long countersOff) {

    static UnitCount of(StormBooks.Check check, Writers.Tally tally) {
        Ledger.Count count = check.count();
        return new UnitCount(
                tally.units(),
                count.rolledBack(),
                // The books have those under way as unknown, too.
                count.unknown() - tally.unfinished(),
                count.lost(),
                count.duplicated(),
                tally.unfinished(),
                Math.max(0, tally.runs() - tally.units()),
                check.countersOff());
    }

    static UnitCount sum(Collection<UnitCount> counts) {
        return counts.stream().reduce(new UnitCount(0, 0, 0, 0, 0, 0, 0, 0), UnitCount::plus);
    }

    private UnitCount plus(UnitCount other) {
        return new UnitCount(
                units + other.units,
                failed + other.failed,
                unknown + other.unknown,
                lost + other.lost,
                duplicated + other.duplicated,
                unfinished + other.unfinished,
                again + other.again,
                countersOff + other.countersOff);
    }

    /** Whether all units are stored, once, and everybody knows it. */
    boolean isPerfect() {
        return units > 0 && failed + unknown + lost + duplicated + unfinished + countersOff == 0;
    }

    String seen() {
        return failed + " + " + unknown + " + " + lost + " + " + duplicated
                + (unfinished == 0 ? "" : " + " + unfinished + " unfinished") + " of " + units;
    }

    Row in(Row row) {
        return row.with("units", units)
                .with("failed", failed)
                .with("unknown", unknown)
                .with("lost", lost)
                .with("duplicated", duplicated)
                .with("unfinished", unfinished)
                .with("retried", again)
                .with("countersOff", countersOff);
    }
}
