package io.github.lifebelt.frameworks.libraries;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.migration.Migrations.MigrationException;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;
import org.junit.jupiter.api.Test;

class FlywayTest extends MigrationTest {
    FlywayTest() {
        super("Flyway", Flyway.class);
    }

    private static Flyway flyway(ConnectionPool pool) {
        return migrations(Flyway.configure().dataSource(pool)).load();
    }

    private static FluentConfiguration migrations(FluentConfiguration flyway) {
        return flyway.locations(new String[0])
                .javaMigrations(
                        migration("1", "create table first (id int)"),
                        migration("2", "create table if not exists second (id int)"),
                        migration("3", "create table third (id int)"));
    }

    @Test
    void migratesThroughThePool() {
        assertEquals(3, flyway(pool).migrate().migrationsExecuted);
        assertEquals(0, flyway(pool).migrate().migrationsExecuted);
    }

    /** On a pool whose limit on holding a connection gives back what Flyway leaves lent. */
    @Test
    void aMigrationWhoseSessionIsKilledIsNotInTheHistoryAndTheNextRunGoesThrough(TestDatabase database) {
        AtomicInteger takenAway = new AtomicInteger();
        PoolListener listener = new PoolListener() {
            @Override
            public void leaked(String holder, Duration held, boolean taken) {
                if (taken) {
                    takenAway.incrementAndGet();
                }
            }
        };
        try (ConnectionPool limited = FaultContract.pool(database)
                .maxHold(Duration.ofSeconds(5)) // Flyway's first use takes a while
                .listener(listener)
                .open()) {
            Flyway flyway = flyway(limited);
            killInSecondMigration();
            assertThrows(FlywayException.class, flyway::migrate);
            await("Flyway closes no connection whose state it cannot restore").until(() -> takenAway.get() > 0);
            await().until(() -> limited.stats().active() == 0);
            assertEquals(List.of("1"), applied(flyway));
            assertEquals(2, flyway.migrate().migrationsExecuted);
            assertEquals(List.of("1", "2", "3"), applied(flyway));
            assertEquals(0, flyway.info().pending().length);
            assertTrue(Arrays.stream(flyway.info().all()).allMatch(one -> one.getState() == MigrationState.SUCCESS));
        }
    }

    @Test
    void byLifebeltsMigrationsAKilledSessionLeavesNothingLent() {
        Migrations migrations = Migrations.flyway(FlywayTest::migrations);
        killInSecondMigration();
        assertThrows(MigrationException.class, () -> migrations.apply(pool));
        assertEquals(0, pool.stats().active());
        assertEquals(2, migrations.apply(pool).size());
        assertTrue(migrations.status(pool).ready());
    }

    @Test
    void sessionsKilledBetweenTwoRunsFailNeither() {
        Flyway flyway = flyway(pool);
        flyway.migrate();
        killAndWait();
        assertEquals(0, flyway.migrate().migrationsExecuted);
    }

    private static List<String> applied(Flyway flyway) {
        return Arrays.stream(flyway.info().applied())
                .map(one -> one.getVersion().getVersion())
                .toList();
    }

    /** In Java, because only there is a place for a fault. */
    private static JavaMigration migration(String version, String sql) {
        return new BaseJavaMigration() {
            @Override
            protected void init() {}

            @Override
            public MigrationVersion getVersion() {
                return MigrationVersion.fromVersion(version);
            }

            @Override
            public String getDescription() {
                return "tables";
            }

            @Override
            public void migrate(Context context) throws SQLException {
                try (Statement statement = context.getConnection().createStatement()) {
                    statement.execute(sql);
                }
                if (version.equals("2")) {
                    fault();
                }
            }
        };
    }
}
