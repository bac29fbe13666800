package io.github.lifebelt.metrics;

import io.github.lifebelt.PoolListener;
import io.github.lifebelt.PoolStats.State;
import io.github.lifebelt.internal.metrics.MeterNames;
import io.github.lifebelt.spi.ConnectRequest.Phase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What becomes of physical connections, and of the database behind them. */
final class ConnectionMeters implements PoolListener {
    private static final String OUTCOME = "outcome";
    private static final String NO_STATE = "none";
    private static final int CLASS_LENGTH = 2;
    private static final long UP = Long.MIN_VALUE;

    private final Registrar registrar;
    private final Timer created;
    private final Timer outage;
    private final Timer recovery;
    private final Counter suspicions;
    private final Counter refreshed;
    private final Counter refreshFailed;
    private final AtomicLong downSince = new AtomicLong(UP);

    ConnectionMeters(Registrar registrar) {
        this.registrar = registrar;
        created = registrar.timer(MeterNames.CREATE_TIME);
        outage = registrar.timer(MeterNames.OUTAGE_TIME);
        recovery = registrar.timer(MeterNames.OUTAGE_RECOVERY);
        suspicions = registrar.counter(MeterNames.SUSPICIONS);
        refreshed = registrar.counter(MeterNames.CREDENTIALS_REFRESHES, OUTCOME, "ok");
        refreshFailed = registrar.counter(MeterNames.CREDENTIALS_REFRESHES, OUTCOME, "failed");
        // There from the start, so that their first increase is seen.
        for (CloseReason reason : CloseReason.values()) {
            closes(reason, NO_STATE);
        }
        for (Phase phase : Phase.values()) {
            connects(phase, true);
            connects(phase, false);
        }
    }

    private Counter closes(CloseReason reason, String sqlStateClass) {
        return registrar.counter(MeterNames.CLOSED, "reason", lower(reason), "sqlstate.class", sqlStateClass);
    }

    private Timer connects(Phase phase, boolean failed) {
        return registrar.timer(MeterNames.CONNECT_TIME, "phase", lower(phase), OUTCOME, failed ? "failed" : "ok");
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void connected(Duration took) {
        created.record(took);
    }

    @Override
    public void connectTimed(ConnectTiming timing) {
        timing.phases()
                .forEach((phase, took) ->
                        connects(phase, phase == timing.failedIn()).record(took));
    }

    @Override
    public void closed(CloseReason reason, @Nullable String sqlState, Duration age) {
        String sqlStateClass =
                sqlState == null || sqlState.length() < CLASS_LENGTH ? NO_STATE : sqlState.substring(0, CLASS_LENGTH);
        closes(reason, sqlStateClass).increment();
    }

    @Override
    public void poolSuspected(String reason) {
        suspicions.increment();
    }

    @Override
    public void databaseDown(SQLException cause) {
        downSince.compareAndSet(UP, System.nanoTime());
    }

    @Override
    public void databaseUp(Duration lasted) {
        outage.record(lasted);
    }

    @Override
    public void stateChanged(State from, State to, String reason) {
        if (to == State.UP) {
            long since = downSince.getAndSet(UP);
            if (since != UP) {
                recovery.record(Duration.ofNanos(System.nanoTime() - since));
            }
        }
    }

    @Override
    public void credentialsRefreshed(@Nullable Duration validFor) {
        refreshed.increment();
    }

    @Override
    public void credentialsRefreshFailed(SQLException failure, @Nullable Duration validFor) {
        refreshFailed.increment();
    }
}
