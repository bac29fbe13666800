package io.github.lifebelt.metrics;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.PoolExhaustedException;
import io.github.lifebelt.internal.metrics.MeterNames;
import io.github.lifebelt.internal.trace.Tracing;
import io.github.lifebelt.internal.trace.UnitTrace;
import io.github.lifebelt.url.DatabaseUrl;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Makes Micrometer's observations of borrows and units. What each is given is in {@code docs/observability.md}. */
final class Observations implements Tracing {
    private static final String BORROW = "lifebelt.borrow";
    private static final String UNIT = "lifebelt.unit";
    private static final String UNIT_NAME = "lifebelt.unit.name";

    private final ObservationRegistry registry;
    private final String pool;
    private final DatabaseUrl url;
    private final AtomicBoolean complained = new AtomicBoolean();

    Observations(ObservationRegistry registry, PoolConfig config) {
        this.registry = registry;
        pool = config.name();
        url = config.url();
    }

    private Observation observation(String name) {
        Observation made = Observation.createNotStarted(name, registry)
                .lowCardinalityKeyValue(MeterNames.POOL, pool)
                .lowCardinalityKeyValue("db.system.name", url.dialect());
        if (url.database() != null) {
            made.highCardinalityKeyValue("db.namespace", url.database());
        }
        DatabaseUrl.Host host = url.hosts().size() == 1 ? url.hosts().get(0) : null;
        if (host != null && !host.name().isEmpty()) {
            made.highCardinalityKeyValue("server.address", host.name());
            if (host.port() != null) {
                made.highCardinalityKeyValue("server.port", String.valueOf(host.port()));
            }
        }
        return made;
    }

    private Observed begin(Supplier<Observation> notStarted) {
        return new Observed(registry, complained, notStarted);
    }

    @Override
    public Borrow borrow() {
        return new ObservedBorrow(begin(() -> observation(BORROW).contextualName("borrow " + pool)));
    }

    @Override
    public UnitTrace unit(String name) {
        return new ObservedUnit(() ->
                begin(() -> observation(UNIT).contextualName("unit " + name).lowCardinalityKeyValue(UNIT_NAME, name)));
    }

    private record ObservedBorrow(Observed observed) implements Borrow {

        @Override
        public void served(long sessionId) {
            observed.tell(one -> one.lowCardinalityKeyValue(Outcomes.KEY, Outcomes.OK));
            if (sessionId != 0) {
                observed.tell(one -> one.highCardinalityKeyValue("lifebelt.session", Long.toString(sessionId)));
            }
            observed.stop();
        }

        @Override
        public void failed(SQLException failure) {
            end(BorrowMeters.outcome(failure), failure);
        }

        @Override
        public void broken(Throwable failure) {
            end("failed", failure);
        }

        private void end(String outcome, Throwable failure) {
            observed.tell(one -> one.lowCardinalityKeyValue(Outcomes.KEY, outcome));
            SqlStates.of(failure, state -> observed.tell(one -> one.highCardinalityKeyValue(SqlStates.KEY, state)));
            // Nothing was sent for the caller: what the failure says is the pool's and the login's. Others have sent
            // something.
            Throwable told = failure instanceof PoolExhaustedException full ? full.withoutHolders() : failure;
            observed.tell(one -> one.error(told));
            observed.stop();
        }
    }
}
