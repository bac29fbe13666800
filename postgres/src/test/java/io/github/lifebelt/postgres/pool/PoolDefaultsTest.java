package io.github.lifebelt.postgres.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Defaults that depend on whose host it is. */
class PoolDefaultsTest {

    private static final String NEON = "postgresql://app@ep-cool-name-123456.eu-central-1.aws.neon.tech/orders";

    private static Duration keepalive(PoolBuilder builder) {
        try (ConnectionPool pool = builder.open()) {
            return pool.config().keepalive();
        }
    }

    @Test
    void aDatabaseThatSleepsWhenNobodyTalksToItIsNotKeptAwake() {
        assertThat(keepalive(ConnectionPool.builder(NEON))).isZero();
        assertThat(keepalive(ConnectionPool.builder("postgresql://app@srv.postgres.database.azure.com/orders")))
                .isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void whoAsksForAKeepaliveHasIt() {
        assertThat(keepalive(ConnectionPool.builder(NEON).keepalive(Duration.ofMinutes(3))))
                .isEqualTo(Duration.ofMinutes(3));
    }
}
