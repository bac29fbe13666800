package io.github.lifebelt.guide;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolExhaustedException;
import io.github.lifebelt.metrics.PoolMetrics;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.DatabaseTest;
import io.github.lifebelt.testing.Faults;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** docs/moving-from-hikaricp.md. */
@DatabaseTest(DatabaseProduct.POSTGRESQL)
class HikariTest {

    @Test
    void bothPoolsLendConnectionsOfTheSameKindAndShowTheSameMeters(TestDatabase database) throws SQLException {
        String jdbcUrl = database.jdbcUrl();
        String user = database.user();
        String password = database.password();
        MeterRegistry before = new SimpleMeterRegistry();
        MeterRegistry after = new SimpleMeterRegistry();

        try (HikariDataSource pool = hikari(jdbcUrl, user, password, before)) {
            assertThat(session(pool)).isEqualTo("read committed UTC");
            assertThat(before.get("hikaricp.connections.max").gauge().value()).isEqualTo(10);
        }
        try (ConnectionPool pool = lifebelt(jdbcUrl, user, password, after)) {
            assertThat(session(pool)).isEqualTo("read committed UTC");
            assertThat(after.get("hikaricp.connections.max").gauge().value()).isEqualTo(10);
        }
    }

    private static HikariDataSource hikari(String jdbcUrl, String user, String password, MeterRegistry registry) {
        // snippet: before
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(jdbcUrl);
        config.setUsername(user);
        config.setPassword(password);
        config.setPoolName("orders");
        config.setMaximumPoolSize(10);
        config.setMinimumIdle(2);
        config.setConnectionTimeout(5_000);
        config.setMaxLifetime(1_800_000);
        config.setKeepaliveTime(120_000);
        config.setLeakDetectionThreshold(30_000);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setConnectionInitSql("set time zone 'UTC'");
        config.setMetricRegistry(registry);
        HikariDataSource pool = new HikariDataSource(config);
        // end: before
        return pool;
    }

    private static ConnectionPool lifebelt(String jdbcUrl, String user, String password, MeterRegistry registry) {
        // snippet: after
        ConnectionPool pool = ConnectionPool.builder(jdbcUrl)
                .credentials(() -> Credentials.of(user, password))
                .name("orders")
                .maxSize(10)
                .minIdle(2)
                .borrowTimeout(Duration.ofSeconds(5))
                .recycleAfter(Duration.ofMinutes(30))
                .keepalive(Duration.ofMinutes(2))
                .leakDetection(Duration.ofSeconds(30))
                .isolation(Connection.TRANSACTION_READ_COMMITTED)
                .initSql("set time zone 'UTC'")
                .open();
        new PoolMetrics(pool).withHikariNames().bindTo(registry);
        // end: after
        return pool;
    }

    @Test
    void theExceptionSaysWhoIsToBlame(TestDatabase database, Faults faults) throws SQLException {
        try (ConnectionPool pool = ConnectionPool.builder(database.url())
                .maxSize(1)
                .borrowTimeout(Duration.ofSeconds(2))
                .failFast()
                .open()) {
            try (Connection held = pool.getConnection()) {
                assertThat(held.isValid(1)).isTrue();
                assertThat(use(pool)).isEqualTo("all connections are in use");
            }
            assertThat(use(pool)).isEqualTo("lent");
            faults.stop(StopMode.FAST);
            assertThat(use(pool)).isEqualTo("the database is down");
            pool.close();
            assertThat(use(pool)).isEqualTo("refused, or the pool is closed");
        }
    }

    private static String use(DataSource pool) throws SQLException {
        // snippet: exceptions
        try (Connection connection = pool.getConnection()) {
            return "lent";
        } catch (PoolExhaustedException e) {
            return "all connections are in use"; // the message names who holds them
        } catch (DatabaseUnavailableException e) {
            return "the database is down"; // since when, and why
        } catch (SQLNonTransientConnectionException e) {
            return "refused, or the pool is closed"; // trying again does not help
        }
        // end: exceptions
    }

    private static String session(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                ResultSet row = connection
                        .createStatement()
                        .executeQuery("select current_setting('transaction_isolation') || ' '"
                                + " || current_setting('TimeZone')")) {
            row.next();
            return row.getString(1);
        }
    }
}
