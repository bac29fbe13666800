package io.github.lifebelt.metrics;

import io.github.lifebelt.PoolListener;
import io.github.lifebelt.internal.metrics.MeterNames;
import io.github.lifebelt.internal.trace.UnitOutcomes;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What becomes of units of work. */
final class UnitMeters implements PoolListener {
    private static final int MOST_TOLD = 3;

    private final Registrar registrar;
    private final Timer committedAtOnce;
    private final Timer resolvedCommitted;
    private final Timer resolvedRolledBack;
    private final Counter unknown;
    private final Counter retries;

    UnitMeters(Registrar registrar) {
        this.registrar = registrar;
        committedAtOnce = units(UnitOutcomes.COMMITTED, 1);
        resolvedCommitted = registrar.timer(MeterNames.COMMIT_RESOLVED, Outcomes.KEY, UnitOutcomes.COMMITTED);
        resolvedRolledBack = registrar.timer(MeterNames.COMMIT_RESOLVED, Outcomes.KEY, UnitOutcomes.ROLLED_BACK);
        unknown = registrar.counter(MeterNames.COMMIT_UNKNOWN);
        retries = registrar.counter(MeterNames.UNIT_RETRIES);
    }

    private Timer units(String outcome, int attempts) {
        return registrar.timer(
                MeterNames.UNIT_TIME,
                Outcomes.KEY,
                outcome,
                "attempts",
                attempts <= MOST_TOLD ? Integer.toString(attempts) : "more");
    }

    @Override
    public void unitCommitted(String unit, Duration took, int attempts) {
        (attempts == 1 ? committedAtOnce : units(UnitOutcomes.COMMITTED, attempts)).record(took);
    }

    @Override
    public void unitFailed(String unit, Duration took, int attempts, @Nullable Throwable failure) {
        units(UnitOutcomes.of(failure), attempts).record(took);
    }

    @Override
    public void unitRetried(String unit, int attempt, Throwable failure, Duration pause) {
        retries.increment();
    }

    @Override
    public void commitResolved(String unit, boolean committed, Duration took) {
        (committed ? resolvedCommitted : resolvedRolledBack).record(took);
    }

    @Override
    public void commitUnknown(String unit, SQLException failure) {
        unknown.increment();
    }
}
