package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolExhaustedException;
import io.github.lifebelt.metrics.PoolMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** Against the real registry that dashboards are scraped from. */
class PoolMetricsTest extends PoolTest {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void theFiguresAreThoseOfThePool() throws Exception {
        ConnectionPool pool = open(builder().name("orders").maxSize(2).borrowTimeout(Duration.ofSeconds(1)));
        new PoolMetrics(pool).withHikariNames().bindTo(registry);
        fill(pool, 2);
        try (Connection one = pool.getConnection()) {
            assertThat(one.isClosed()).isFalse();
            String pools = "db_client_connection_pool_name=\"orders\"";
            assertThat(registry.scrape())
                    .contains("db_client_connection_count{" + pools + ",db_client_connection_state=\"used\"} 1.0")
                    .contains("db_client_connection_count{" + pools + ",db_client_connection_state=\"idle\"} 1.0")
                    .contains("db_client_connection_max{" + pools + "} 2.0")
                    .contains("db_client_connection_pending_requests{" + pools + "} 0.0")
                    .contains("lifebelt_connection_available{" + pools + "} 1.0")
                    .contains("db_client_connection_wait_time_seconds_count{" + pools + ",outcome=\"ok\"} 3")
                    .contains("db_client_connection_use_time_seconds_count{" + pools + "} 2")
                    .contains("db_client_connection_create_time_seconds_count{" + pools + "} 2")
                    .contains("hikaricp_connections{pool=\"orders\"} 2.0")
                    .contains("hikaricp_connections_active{pool=\"orders\"} 1.0")
                    .contains("hikaricp_connections_acquire_seconds_count{pool=\"orders\"} 3");
            try (Connection two = borrowedByAnother(pool)) {
                assertThat(two.isClosed()).isFalse();
                assertThatThrownBy(pool::getConnection).isInstanceOf(PoolExhaustedException.class);
            }
            assertThat(registry.scrape())
                    .contains("db_client_connection_timeouts_total{" + pools + "} 1.0")
                    .contains("db_client_connection_wait_time_seconds_count{" + pools + ",outcome=\"exhausted\"} 1")
                    .contains("hikaricp_connections_timeout_total{pool=\"orders\"} 1.0");
        }
    }

    @Test
    void hikarisOwnMBeansAreNotThere() throws Exception {
        ConnectionPool pool = open();
        fill(pool, 1);
        assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("com.zaxxer.hikari:*"), null))
                .isEmpty();
    }

    @Test
    void withoutHikariNamesThereAreNone() throws SQLException {
        ConnectionPool pool = open();
        new PoolMetrics(pool).bindTo(registry);
        fill(pool, 1);
        assertThat(registry.scrape()).contains("db_client_connection_").doesNotContain("hikaricp");
    }
}
