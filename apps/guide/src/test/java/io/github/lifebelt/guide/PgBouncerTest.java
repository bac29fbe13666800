package io.github.lifebelt.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.postgres.AzurePostgres;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.DatabaseTest;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import org.junit.jupiter.api.Test;

/** docs/pgbouncer.md. What happens behind a real PgBouncer is tested by lifebelt-postgres, where one is installed. */
@DatabaseTest(DatabaseProduct.POSTGRESQL)
class PgBouncerTest {

    @Test
    void azuresPoolerIsOnAPortOfItsOwn() {
        // snippet: azure
        DatabaseUrl url = AzurePostgres.flexibleServer("orders-db")
                .database("shop")
                .user("app")
                .pgBouncer()
                .build();
        // end: azure
        assertThat(url.target()).isEqualTo("postgresql://app@orders-db.postgres.database.azure.com:6432/shop");
    }

    @Test
    void migrationsTakeTheWayThatTheyAreTold(TestDatabase database, FaultProxy way) {
        String url = database.url(way);
        String directUrl = database.url();
        try (ConnectionPool pool = ConnectionPool.fromUrl(url)) {
            // snippet: migrations
            Migrations migrations = Migrations.flyway(flyway -> flyway.locations("classpath:db/migration"))
                    .directUrl(directUrl); // postgresql://owner:...@server/orders
            migrations.apply(pool);
            // end: migrations

            assertThat(pool.stats().total()).isZero();
            assertThat(migrations.status(pool).ready()).isTrue();
        }
    }
}
