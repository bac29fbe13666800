package io.github.lifebelt.postgres.observe;

import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.PoolTest;
import io.github.lifebelt.metrics.PoolMetrics;
import io.github.lifebelt.tx.UnitOfWork;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an application registers with Micrometer, and what is wrong with it. */
class BrokenHandlersTest extends PoolTest {

    @Test
    void aHandlerThatThrowsBreaksNothing() throws Exception {
        ObservationRegistry broken = ObservationRegistry.create();
        broken.observationConfig().observationHandler(new Throwing());
        suffersNothingFrom(broken);
    }

    @Test
    void anIncompatibleHandlerBreaksNothing() throws Exception {
        ObservationRegistry broken = ObservationRegistry.create();
        broken.observationConfig().observationHandler(new Incompatible());
        suffersNothingFrom(broken);
    }

    @Test
    void aPredicateThatThrowsBreaksNothing() throws Exception {
        ObservationRegistry broken = ObservationRegistry.create();
        broken.observationConfig().observationHandler(new Throwing()).observationPredicate((name, context) -> {
            throw new IllegalStateException("predicate");
        });
        suffersNothingFrom(broken);
    }

    @Test
    void aRegistryThatThrowsBreaksNothing() throws Exception {
        ObservationRegistry broken = ObservationRegistry.create();
        suffersNothing(new ObservationRegistry() {
            @Override
            public @Nullable Observation getCurrentObservation() {
                return broken.getCurrentObservation();
            }

            @Override
            public Observation.@Nullable Scope getCurrentObservationScope() {
                throw new IllegalStateException("current scope");
            }

            @Override
            public void setCurrentObservationScope(Observation.@Nullable Scope current) {
                broken.setCurrentObservationScope(current);
            }

            @Override
            public ObservationConfig observationConfig() {
                return broken.observationConfig();
            }
        });
    }

    @Test
    @SuppressWarnings({"NullAway", "DataFlowIssue"})
    void noRegistryIsRefusedAtOnceAndNotAtTheNextBorrow() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1));
        assertThatThrownBy(() -> new PoolMetrics(pool).observe(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("registry");
        pool.getConnection().close();
    }

    private void suffersNothingFrom(ObservationRegistry broken) throws SQLException {
        suffersNothing(broken);
        assertThat(broken.getCurrentObservationScope()).isNull();
    }

    private void suffersNothing(ObservationRegistry broken) throws SQLException {
        ConnectionPool suffering = open(builder().name("suffering").maxSize(1));
        new PoolMetrics(suffering).observe(broken);
        for (int i = 0; i < 2; i++) {
            try (Connection connection = suffering.getConnection()) {
                assertThat(query(connection, "select 1")).isEqualTo("1");
            }
            String got = UnitOfWork.on(suffering).call(tx -> query(tx.connection(), "select 2"));
            assertThat(got).isEqualTo("2");
        }
        assertThat(suffering.stats().active()).isZero();
    }

    /** Compiled against another version of something. */
    private static final class Incompatible implements ObservationHandler<Observation.Context> {
        @Override
        public void onStop(Observation.Context context) {
            throw new NoSuchMethodError("stop");
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }

    private static final class Throwing implements ObservationHandler<Observation.Context> {
        @Override
        public void onStart(Observation.Context context) {
            throw new IllegalStateException("start");
        }

        @Override
        public void onScopeOpened(Observation.Context context) {
            throw new IllegalStateException("scope opened");
        }

        @Override
        public void onScopeClosed(Observation.Context context) {
            throw new IllegalStateException("scope closed");
        }

        @Override
        public void onEvent(Observation.Event event, Observation.Context context) {
            throw new IllegalStateException("event");
        }

        @Override
        public void onError(Observation.Context context) {
            throw new IllegalStateException("error");
        }

        @Override
        public void onStop(Observation.Context context) {
            throw new IllegalStateException("stop");
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }
}
