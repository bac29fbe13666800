package io.github.lifebelt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FromEnvironmentTest {

    @Test
    void theUrlAndTheSettingsComeFromTheEnvironmentWhichWinsOverTheUrl() {
        try (ConnectionPool pool = ConnectionPool.builderFromEnvironment(Map.of(
                        "DATABASE_URL",
                                "postgresql://app:s3cret@localhost:1/orders?lifebelt.max-size=3&lifebelt.name=orders",
                        "LIFEBELT_MAX_SIZE", "7",
                        "LIFEBELT_BORROW_TIMEOUT", "2s"))
                .open()) {
            assertThat(pool.config().name()).isEqualTo("orders");
            assertThat(pool.config().maxSize()).isEqualTo(7);
            assertThat(pool.config().borrowTimeout()).isEqualTo(Duration.ofSeconds(2));
            assertThat(pool).hasToString(pool.toString()).asString().doesNotContain("s3cret");
            assertThat(pool.config().toString()).doesNotContain("s3cret");
        }
    }

    @Test
    void whatTheCodeSetsWinsOverTheEnvironment() {
        try (ConnectionPool pool = ConnectionPool.builderFromEnvironment(
                        Map.of("DATABASE_URL", "postgresql://app@localhost:1/orders", "LIFEBELT_MAX_SIZE", "7"))
                .maxSize(9)
                .open()) {
            assertThat(pool.config().maxSize()).isEqualTo(9);
        }
    }

    @Test
    void aPoolOfThatNameHasItsOwnVariables() {
        Map<String, String> variables = Map.of(
                "LIFEBELT_MAX_SIZE", "3",
                "LIFEBELT_REPLICAS", "4",
                "LIFEBELT_ORDER_BOOK_MAX_SIZE", "8",
                "LIFEBELT_BILLS_MAX_SIZE", "9");
        PoolConfig before = builder().name("order-book").environment(variables).config();
        PoolConfig after = builder().environment(variables).name("order-book").config();
        PoolConfig set =
                builder().environment(variables).name("order-book").maxSize(2).config();
        PoolConfig other = builder().environment(variables).config();
        assertThat(List.of(before.maxSize(), after.maxSize(), set.maxSize(), other.maxSize()))
                .containsExactly(8, 8, 2, 3);
        assertThat(after.health().replicas()).isEqualTo(4);
    }

    @Test
    void aPoolThatTheEnvironmentNamesHasItsOwnVariables() {
        PoolConfig config = builder()
                .environment(
                        Map.of("LIFEBELT_NAME", "orders", "LIFEBELT_MAX_SIZE", "3", "LIFEBELT_ORDERS_MAX_SIZE", "8"))
                .config();
        assertThat(config.name()).isEqualTo("orders");
        assertThat(config.maxSize()).isEqualTo(8);
    }

    private static PoolBuilder builder() {
        return ConnectionPool.builder("postgresql://app@localhost/orders");
    }

    @Test
    void aMissingVariableIsNamed() {
        assertThatThrownBy(() -> ConnectionPool.builderFromEnvironment(Map.of()))
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
