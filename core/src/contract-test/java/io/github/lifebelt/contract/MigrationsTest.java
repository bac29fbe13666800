package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.contract.MigrationFiles.Tool;
import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.migration.Migrations.Entry;
import io.github.lifebelt.migration.Migrations.MigrationException;
import io.github.lifebelt.migration.Migrations.Status;
import io.github.lifebelt.testing.Cleaning;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.Stalls;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Both tools on a real server of their own, past the pool. */
@ParameterizedClass(name = "{0}")
@EnumSource(Tool.class)
class MigrationsTest {

    private static final boolean POSTGRES = Servers.PRODUCT == DatabaseProduct.POSTGRESQL;
    private static TestDatabase server;

    @Parameter
    Tool tool;

    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Stalls stalls = new Stalls();
    private MigrationFiles files;
    private Migrations migrations;
    private ConnectionPool pool;

    @BeforeAll
    static void start() {
        server = TestDatabase.of(Servers.PRODUCT).start();
        server.markClean(Cleaning.AUTOMATIC);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() throws IOException {
        server.restoreClean();
        files = new MigrationFiles(tool, folder);
        migrations = files.migrations();
        pool = builder().open();
    }

    @AfterEach
    void close() {
        server.faults().heal();
        pool.close(Duration.ZERO);
        threads.shutdownNow();
        stalls.close();
    }

    private static PoolBuilder builder() {
        return ConnectionPool.builder(server.url()).maxSize(1).listener(SecretGuard.listener());
    }

    private static String ask(String sql) throws SQLException {
        try (Connection connection = Servers.bare(server)) {
            return query(connection, sql);
        }
    }

    private static void tell(String sql) throws SQLException {
        try (Connection connection = Servers.bare(server)) {
            execute(connection, sql);
        }
    }

    private static String tables() throws SQLException {
        return ask("select count(*) from information_schema.tables where table_schema = "
                + (POSTGRES ? "'public'" : "database()"));
    }

    private static MigrationException refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        MigrationException refused = catchThrowableOfType(MigrationException.class, call);
        assertThat((Throwable) refused).isNotNull();
        assertThat(refused).hasMessageStartingWith("[" + refused.code() + "] ");
        return refused;
    }

    @Test
    void aFreshDatabaseIsToldInWordsAndStaysAsItIs() throws SQLException {
        Status status = migrations.status(pool);
        assertThat(status.ready()).isFalse();
        assertThat(status.unapplied()).isEqualTo(files.allNamed());
        assertThat(status.sentence())
                .startsWith("Found 8 unapplied migrations: " + files.named("V1__patients") + ", ")
                .endsWith(files.named("V8__uuid_is_unique"));
        assertThat(migrations.history(pool)).isEmpty();
        assertThat(tables()).isEqualTo("0");
    }

    @Test
    void whatIsAppliedIsReadyAndHasAHistory() throws SQLException {
        assertThat(migrations.apply(pool)).isEqualTo(files.allNamed());
        Status status = migrations.status(pool);
        assertThat(status.ready()).isTrue();
        assertThat(status.sentence()).isEqualTo("All migrations are applied");
        assertThat(migrations.history(pool)).extracting(Entry::name).isEqualTo(files.allNamed());
        assertThat(migrations.history(pool)).allSatisfy(entry -> {
            assertThat(entry.succeeded()).isTrue();
            assertThat(entry.at())
                    .isBetween(Instant.now().minusSeconds(86_400), Instant.now().plusSeconds(86_400));
        });
        tell("insert into patients (id, name, number, uuid) values (1, 'Ada', 'P1', 'u1')");
        tell("insert into medical_records (id, patient_id, written_on, note) values (1, 1, '2026-01-02', 'well')");
        assertThat(ask("select count(*) from medical_records r join patients p on p.id = r.patient_id"))
                .isEqualTo("1");
        assertThat(migrations.apply(pool)).isEmpty();
    }

    @Test
    void aNewMigrationIsNamedAndAppliedAlone() throws Exception {
        migrations.apply(pool);
        files.add("later", "V9__add_phone");
        assertThat(migrations.status(pool).sentence())
                .isEqualTo("Found 1 unapplied migration: " + files.named("V9__add_phone"));
        assertThat(migrations.apply(pool)).containsExactly(files.named("V9__add_phone"));
        assertThat(migrations.status(pool).ready()).isTrue();
    }

    @Test
    void oneThatFailsIsToldInTheToolsWords() throws Exception {
        migrations.apply(pool);
        files.add("broken", "V9__allergies");
        MigrationException failed = refused(() -> migrations.apply(pool));
        assertThat(failed.code()).isEqualTo("MIGRATION_FAILED");
        assertThat(failed).hasMessageContaining("V9__allergies").hasMessageContaining("nowhere");
        Status status = migrations.status(pool);
        assertThat(status.ready()).isFalse();
        if (tool == Tool.FLYWAY && !POSTGRES) {
            // DDL commits there, so the half of it that worked is stored, and Flyway says so.
            assertThat(status.sentence()).isEqualTo("Found 1 failed migration: V9__allergies");
            assertThat(migrations.history(pool)).last().matches(entry -> !entry.succeeded());
        } else {
            assertThat(status.sentence()).isEqualTo("Found 1 unapplied migration: " + files.named("V9__allergies"));
        }
        String halves = "select count(*) from information_schema.tables where table_name = 'allergies'";
        assertThat(ask(halves)).isEqualTo(POSTGRES ? "0" : "1");
    }

    @Test
    void whatWasChangedAfterwardsIsNamed() throws Exception {
        migrations.apply(pool);
        files.replace("V7__add_uuid", "varchar(36)", "varchar(40)");
        Status status = migrations.status(pool);
        assertThat(status.ready()).isFalse();
        assertThat(status.sentence()).isEqualTo("Found 1 changed migration: " + files.named("V7__add_uuid"));
        assertThat(refused(() -> migrations.apply(pool)).code()).isEqualTo("MIGRATION_FAILED");
    }

    @Test
    void whatIsNotKnownHereIsNamedAndDoesNotUnsettle() throws Exception {
        migrations.apply(pool);
        files.remove("V6__born_on");
        Status status = migrations.status(pool);
        assertThat(status.ready()).isTrue();
        assertThat(status.sentence()).isEqualTo("Found 1 unknown migration: " + files.named("V6__born_on"));
    }

    @Test
    void thePreviewShowsSqlAndChangesNothing() throws Exception {
        assertThat(migrations.preview(pool))
                .contains("V7__add_uuid", "alter table patients add column uuid varchar(36)");
        assertThat(tables()).isEqualTo("0");
        migrations.apply(pool);
        files.add("later", "V9__add_phone");
        assertThat(migrations.preview(pool))
                .contains("alter table patients add column phone varchar(40)")
                .doesNotContain("alter table patients add column uuid");
        assertThat(migrations.status(pool).unapplied()).hasSize(1);
        migrations.apply(pool);
        assertThat(migrations.preview(pool)).isEmpty();
    }

    @Test
    void theLastOneIsTakenBackWhereTheToolCan() throws Exception {
        migrations.apply(pool);
        if (tool == Tool.FLYWAY) {
            MigrationException refused = refused(() -> migrations.rollBackLast(pool));
            assertThat(refused.code()).isEqualTo("MIGRATION_NOT_FREE");
            assertThat(refused).hasMessageContaining("free edition");
            assertThat(migrations.status(pool).ready()).isTrue();
            return;
        }
        assertThat(migrations.rollBackLast(pool)).isEqualTo(files.named("V8__uuid_is_unique"));
        assertThat(migrations.rollBackLast(pool)).isEqualTo(files.named("V7__add_uuid"));
        assertThat(migrations.status(pool).unapplied())
                .containsExactly(files.named("V7__add_uuid"), files.named("V8__uuid_is_unique"));
        assertThat(ask("select count(*) from information_schema.columns"
                        + " where table_name = 'patients' and column_name = 'uuid'"))
                .isEqualTo("0");
        assertThat(migrations.apply(pool)).hasSize(2);
    }

    @Test
    void itWorksWhileThePoolIsExhausted() throws Exception {
        try (Connection all = pool.getConnection()) {
            assertThat(query(all, "select 1")).isEqualTo("1");
            assertThat(migrations.status(pool).unapplied()).hasSize(8);
            assertThat(migrations.apply(pool)).hasSize(8);
            assertThat(migrations.check(pool, Duration.ofSeconds(20)).ready()).isTrue();
            assertThat(pool.stats().timeouts()).isZero();
            assertThat(pool.stats().total()).isEqualTo(1);
        }
        pool.close();
        await().until(() -> server.sessions() == 0);
    }

    @Test
    void aFrozenServerIsNotWaitedForPastTheLimit() throws Exception {
        migrations.apply(pool);
        server.faults().freeze();
        Duration limit = Duration.ofSeconds(1);
        long begin = System.nanoTime();
        MigrationException late = refused(() -> migrations.check(pool, limit));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        assertThat(late.code()).isEqualTo("MIGRATION_STATE_UNKNOWN");
        assertThat(late).hasMessageContaining("has not answered within 1000 ms");
        assertThat(took).isLessThan(stalls.allowFor(limit.plusMillis(1_000)));
        server.faults().thaw();
        assertThat(migrations.status(pool).ready()).isTrue();
    }

    @Test
    void aServerThatStopsAnsweringInTheMiddleIsNotWaitedForEither() throws Exception {
        migrations.apply(pool);
        try (var proxy = server.proxy();
                ConnectionPool slow = ConnectionPool.builder(server.url(proxy)).open()) {
            assertThat(migrations.status(slow).ready()).isTrue();
            proxy.latency(Duration.ofMillis(400));
            Duration limit = Duration.ofSeconds(2);
            long begin = System.nanoTime();
            assertThat(refused(() -> migrations.check(slow, limit)).code()).isEqualTo("MIGRATION_STATE_UNKNOWN");
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(stalls.allowFor(limit.plusMillis(1_000)));
        }
    }

    @Test
    void aServerThatIsDownIsAnErrorAtOnce() {
        server.faults().stop(StopMode.FAST);
        MigrationException down = refused(() -> migrations.apply(pool));
        assertThat(down.code()).isEqualTo("MIGRATION_FAILED");
        assertThat(refused(() -> migrations.status(pool)).code()).isEqualTo("MIGRATION_STATE_UNKNOWN");
    }

    @Test
    void aLostConnectionEndsTheMigrationWithAnError() throws Exception {
        migrations.apply(pool);
        files.write("V9__slow", POSTGRES ? "select pg_sleep(120);" : "do sleep(120);");
        Future<List<String>> slow = threads.submit(() -> migrations.apply(pool));
        String running = POSTGRES
                ? "select count(*) from pg_stat_activity where query like '%pg_sleep(120)%' and state = 'active'"
                        + " and pid <> pg_backend_pid()"
                : "select count(*) from information_schema.processlist where state like 'User sleep%'";
        await().atMost(Duration.ofSeconds(60)).until(() -> !ask(running).equals("0"));
        server.faults().killSessions();
        MigrationException lost = refused(() -> {
            try {
                slow.get(60, TimeUnit.SECONDS);
            } catch (java.util.concurrent.ExecutionException e) {
                throw e.getCause();
            }
        });
        assertThat(lost.code()).isEqualTo("MIGRATION_FAILED");
    }

    @Test
    void twoAtOnceApplyEachMigrationOnce() throws Exception {
        try (ConnectionPool other = builder().open()) {
            CyclicBarrier start = new CyclicBarrier(2);
            List<Future<List<String>>> both = new ArrayList<>();
            for (ConnectionPool one : List.of(pool, other)) {
                both.add(threads.submit(() -> {
                    start.await(30, TimeUnit.SECONDS);
                    return files.migrations().apply(one);
                }));
            }
            List<String> applied = new ArrayList<>();
            for (Future<List<String>> one : both) {
                applied.addAll(one.get(90, TimeUnit.SECONDS));
            }
            // Flyway takes its lock for each migration, so the two may take turns.
            assertThat(applied).containsExactlyInAnyOrderElementsOf(files.allNamed());
            assertThat(migrations.history(pool)).extracting(Entry::name).isEqualTo(files.allNamed());
        }
    }

    @Test
    void aServerThatOnlyReadsCanBeAsked() throws Exception {
        migrations.apply(pool);
        server.faults().makeReadOnly();
        assertThat(migrations.status(pool).ready()).isTrue();
        assertThat(migrations.history(pool)).hasSize(8);
    }

    @Test
    void whatThePoolDoesForRequestsIsNotDone() {
        PoolBuilder strict = builder().initSql("select nonsense").onConnect(connection -> {
            throw new SQLException("is for the application's requests");
        });
        try (ConnectionPool requests = strict.open()) {
            assertThat(migrations.apply(requests)).hasSize(8);
        }
    }

    @Test
    void nothingIsPrintedAndTheLogIsSlf4js() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        List<Appender<ILoggingEvent>> console = new ArrayList<>();
        root.iteratorForAppenders().forEachRemaining(console::add);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        root.addAppender(log);
        console.forEach(root::detachAppender);
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            migrations.apply(pool);
            migrations.status(pool);
            files.add("later", "V9__add_phone");
            migrations.preview(pool);
        } finally {
            System.setOut(out);
            console.forEach(root::addAppender);
            root.detachAppender(log);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(List.copyOf(log.list))
                .extracting(ILoggingEvent::getLoggerName)
                .anyMatch(name -> name.startsWith(tool == Tool.FLYWAY ? "org.flywaydb." : "liquibase."));
    }

    @Test
    void thePoolIsReadyWhenAllIsApplied() {
        try (ConnectionPool ready =
                builder().migrations(migrations).healthCache(Duration.ZERO).open()) {
            HealthReport before = await().atMost(Duration.ofSeconds(30))
                    .until(
                            ready::health,
                            health -> health.schema() != null
                                    && health.schema().message().startsWith("Found "));
            assertThat(before.ready()).isFalse();
            assertThat(before.live()).isTrue();
            assertThat(before.database().reached()).isTrue();
            assertThat(before.reasons().get(0).code()).isEqualTo(HealthReport.Code.SCHEMA_NOT_READY);
            assertThat(before.reasons().get(0).message()).contains("add_uuid");
            migrations.apply(ready);
            HealthReport after = await().atMost(Duration.ofSeconds(30)).until(ready::health, HealthReport::ready);
            assertThat(after.schema()).isEqualTo(new HealthReport.Schema(true, "All migrations are applied"));
        }
    }
}
