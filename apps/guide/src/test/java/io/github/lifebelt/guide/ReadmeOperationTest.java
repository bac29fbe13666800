package io.github.lifebelt.guide;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.security.CredentialsProvider;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.DatabaseTest;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.UnitOfWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** README.md: credentials, health, migrations, the token table; and testing/README.md's resource for Quarkus. */
@DatabaseTest(DatabaseProduct.POSTGRESQL)
class ReadmeOperationTest {

    @Test
    void eachSourceOfCredentialsIsTaken(TestDatabase database) {
        PoolBuilder builder = ConnectionPool.builder(database.url());

        // snippet: credentials
        builder.credentials(CredentialsProvider.azureEntra("app-identity")); // com.azure:azure-identity-extensions
        builder.credentials(CredentialsProvider.fromFile("app", Path.of("/run/secrets/db"))); // exchanged at any time
        String azureCli = "az account get-access-token --resource-type oss-rdbms --query accessToken --output tsv";
        // The clouds' tools; for RDS it is aws rds generate-db-auth-token.
        builder.credentials(
                CredentialsProvider.fromCommand("app", List.of(azureCli.split(" ")), Duration.ofSeconds(20)));
        // end: credentials

        assertThat(builder.config().toString()).doesNotContain(database.password());
    }

    @Test
    void aHealthyPoolIsLiveAndReady(ConnectionPool pool) {
        // snippet: health
        HealthReport health = pool.health(); // within 2 s, whatever the server does; it is asked once a second at most
        boolean ready = health.ready(); // send requests here?
        boolean live = health.live(); // false only for a closed pool
        String json = health.toJson();
        // end: health

        assertThat(ready).isTrue();
        assertThat(live).isTrue();
        assertThat(json).startsWith("{\"status\":\"UP\",\"live\":true,\"ready\":true");
    }

    @Test
    void theJsonOfTheReadmeHasTheMembersOfABusyPoolsReport(TestDatabase database) throws Exception {
        Migrations none = Migrations.flyway(flyway -> flyway.locations("classpath:db/none"));
        JsonNode shown = new ObjectMapper().readTree(Files.readString(Path.of("src/test/resources/health.json")));
        CountDownLatch over = new CountDownLatch(1);
        ExecutorService callers = Executors.newFixedThreadPool(3);
        try (ConnectionPool pool = ConnectionPool.builder(database.url())
                .name("orders")
                .maxSize(2)
                .borrowTimeout(Duration.ofMinutes(2))
                .healthTimeout(Duration.ofSeconds(20))
                .migrations(none)
                .open()) {
            CountDownLatch locked = new CountDownLatch(1);
            Future<?> first = callers.submit(() -> {
                UnitOfWork.on(pool).named("blocker").run(tx -> {
                    tx.connection().createStatement().execute("select pg_advisory_xact_lock(4711)");
                    locked.countDown();
                    over.await();
                });
                return null;
            });
            locked.await();
            Future<?> second = callers.submit(() -> UnitOfWork.on(pool)
                    .named("report")
                    .run(tx -> tx.connection().createStatement().execute("select pg_advisory_xact_lock(4711)")));
            Awaitility.await().until(() -> pool.stats().active() == 2);
            Future<?> third = callers.submit(() -> {
                pool.getConnection().close();
                return null;
            });
            try {
                Set<String> wanted = members("", shown);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(members(
                                        "",
                                        new ObjectMapper()
                                                .readTree(pool.health().toJson())))
                                .containsAll(wanted));
            } finally {
                over.countDown();
            }
            first.get();
            second.get();
            third.get();
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void migrationsAreAppliedAndTold(TestDatabase database, ConnectionPool pool) throws SQLException {
        Migrations.flyway(flyway -> flyway.locations("classpath:db/migration").target("6"))
                .apply(pool);

        // snippet: migrations
        Migrations migrations = Migrations.flyway(flyway -> flyway.locations("classpath:db/migration"));
        // or Migrations.liquibase("db/changelog.xml")

        Migrations.Status status = migrations.status(pool); // within 10 s; creates nothing, a read-only user will do
        status.ready(); // false
        status.sentence(); // Found 2 unapplied migrations: V7__add_uuid, V8__uuid_is_unique
        migrations.preview(pool); // the SQL; by Flyway the pending scripts as they are written
        migrations.apply(pool); // several processes at once: each is applied once
        migrations.history(pool); // and rollBackLast(pool) by Liquibase; Flyway's undo is in its paid editions
        // end: migrations

        assertThat(status.ready()).isFalse();
        assertThat(status.sentence()).isEqualTo("Found 2 unapplied migrations: V7__add_uuid, V8__uuid_is_unique");
        assertThat(migrations.status(pool).ready()).isTrue();
    }

    @Test
    void theTokenTableIsMadeByTheStatementsShown(ConnectionPool pool) throws Exception {
        List<String> shown = Files.readAllLines(Path.of("src/test/resources/token-table.sql"));
        assertThat(shown.get(0)).startsWith(UnitOfWork.on(pool).tokenTableStatement() + " ");
        try (ConnectionPool mySql = ConnectionPool.fromUrl("mysql://app@localhost/orders")) {
            assertThat(shown.get(1)).startsWith(UnitOfWork.on(mySql).tokenTableStatement() + " ");
        }
    }

    @Test
    void quarkusIsToldWhereTheServerIs() throws SQLException {
        DatabaseResource resource = new DatabaseResource();
        Map<String, String> told = resource.start();
        try (Connection connection = DriverManager.getConnection(
                        told.get("quarkus.datasource.jdbc.url"),
                        told.get("quarkus.datasource.username"),
                        told.get("quarkus.datasource.password"));
                ResultSet row = connection.createStatement().executeQuery("select 1")) {
            assertThat(row.next()).isTrue();
        } finally {
            resource.stop();
        }
    }

    /** The paths of all members; arrays by what their elements have. */
    private static Set<String> members(String path, JsonNode node) {
        Set<String> paths = new TreeSet<>();
        if (node.isObject()) {
            node.properties().forEach(member -> {
                String name = path + "/" + member.getKey();
                paths.add(name);
                paths.addAll(members(name, member.getValue()));
            });
        }
        node.elements().forEachRemaining(element -> {
            if (node.isArray()) {
                paths.addAll(members(path, element));
            }
        });
        return paths;
    }
}
