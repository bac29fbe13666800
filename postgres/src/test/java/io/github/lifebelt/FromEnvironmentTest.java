package io.github.lifebelt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FromEnvironmentTest {

    @Test
    void theUrlAndTheSettingsComeFromTheEnvironmentWhichWinsOverTheUrl() {
        try (ConnectionPool pool = ConnectionPool.fromEnvironment(Map.of(
                "DATABASE_URL", "postgresql://app:s3cret@localhost:1/orders?lifebelt.max-size=3&lifebelt.name=orders",
                "LIFEBELT_MAX_SIZE", "7",
                "LIFEBELT_BORROW_TIMEOUT", "2s"))) {
            assertThat(pool.config().name()).isEqualTo("orders");
            assertThat(pool.config().maxSize()).isEqualTo(7);
            assertThat(pool.config().borrowTimeout()).isEqualTo(Duration.ofSeconds(2));
            assertThat(pool).hasToString(pool.toString()).asString().doesNotContain("s3cret");
            assertThat(pool.config().toString()).doesNotContain("s3cret");
        }
    }

    @Test
    void aMissingVariableIsNamed() {
        assertThatThrownBy(() -> ConnectionPool.fromEnvironment(Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("[URL_MISSING]")
                .hasMessageContaining("DATABASE_URL");
    }

    @Test
    void settingsThatContradictEachOtherAreRefusedWhenThePoolIsOpened() {
        PoolBuilder builder = ConnectionPool.builder("postgresql://app@localhost/orders")
                .maxSize(2)
                .minIdle(3);
        assertThatThrownBy(builder::open).hasMessageContaining("min-idle is 3; allowed: at most max-size, which is 2");
        assertThatThrownBy(() -> builder.minIdle(0)
                        .recycleAfter(Duration.ofSeconds(40))
                        .keepalive(Duration.ofSeconds(50))
                        .open())
                .hasMessageContaining("keepalive is 50s; allowed: less than recycle-after");
    }
}
