package io.github.lifebelt.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.DatabaseTest;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.UnitOfWork;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationTextPublisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Which beans there are, and from which properties. */
@DatabaseTest(DatabaseProduct.POSTGRESQL)
class AutoConfigurationTest {

    private final ApplicationContextRunner bare = Applications.bare();
    private ApplicationContextRunner runner;
    private TestDatabase database;

    @BeforeEach
    void point(TestDatabase server) {
        database = server;
        runner = Applications.on(server);
    }

    @Test
    void thePoolIsTheDataSourceAndClosesWithItsContext() {
        List<ConnectionPool> seen = new ArrayList<>();
        runner.run(context -> {
            assertThat(context).hasSingleBean(DataSource.class).hasSingleBean(UnitOfWork.class);
            seen.add(context.getBean(ConnectionPool.class));
            assertThat(context.getBean(JdbcTemplate.class).queryForObject("select 41 + 1", Integer.class))
                    .isEqualTo(42);
        });
        assertThat(seen).singleElement().matches(ConnectionPool::isClosed);
    }

    @Test
    void bothKindsOfSettingsCountAndLifebeltsOwnGoFirst() {
        runner.withPropertyValues(
                        "spring.datasource.hikari.maximum-pool-size=7",
                        "spring.datasource.hikari.connection-timeout=1000",
                        "spring.datasource.hikari.data-source-properties.ApplicationName=orders",
                        "lifebelt.borrow-timeout=2s",
                        "lifebelt.unavailableTimeout=0")
                .run(context -> {
                    var config = context.getBean(ConnectionPool.class).config();
                    assertThat(config.maxSize()).isEqualTo(7);
                    assertThat(config.borrowTimeout()).isEqualTo(Duration.ofSeconds(2));
                    assertThat(config.unavailableTimeout()).isZero();
                    assertThat(context.getBean(JdbcTemplate.class)
                                    .queryForObject("select current_setting('application_name')", String.class))
                            .isEqualTo("orders");
                });
    }

    @Test
    void anUnknownOrWrongSettingIsRefusedByItsName() {
        runner.withPropertyValues("lifebelt.max-sise=7")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("[UNKNOWN_SETTING]")
                        .hasStackTraceContaining("lifebelt.max-sise"));
        runner.withPropertyValues("lifebelt.max-size=0")
                .run(context -> assertThat(context.getStartupFailure()).hasStackTraceContaining("lifebelt.max-size: "));
    }

    @Test
    void itBacksOffWhereItIsNotWanted() {
        runner.withPropertyValues("lifebelt.enabled=false")
                .run(context -> assertThat(context).hasSingleBean(HikariDataSource.class));
        runner.withPropertyValues("spring.datasource.type=org.springframework.jdbc.datasource.SimpleDriverDataSource")
                .run(context -> assertThat(context).doesNotHaveBean(ConnectionPool.class));
        runner.withBean("own", DataSource.class, database::dataSource)
                .run(context -> assertThat(context)
                        .hasSingleBean(DataSource.class)
                        .doesNotHaveBean(ConnectionPool.class)
                        .doesNotHaveBean(UnitOfWork.class));
    }

    @Test
    void aPoolMadeByHandGetsWhatGoesWithAPool() {
        bare.withBean(ConnectionPool.class, () -> ConnectionPool.fromUrl(database.url()))
                .run(context -> assertThat(context)
                        .hasSingleBean(DataSource.class)
                        .hasSingleBean(UnitOfWork.class)
                        .hasSingleBean(MeterBinder.class)
                        .hasBean("dbHealthContributor"));
    }

    @Test
    void aServiceConnectionGoesBeforeAnyUrl() {
        bare.withPropertyValues("spring.datasource.url=jdbc:postgresql://nowhere.invalid/x")
                .withBean(JdbcConnectionDetails.class, () -> new JdbcConnectionDetails() {
                    @Override
                    public String getUsername() {
                        return database.user();
                    }

                    @Override
                    public String getPassword() {
                        return database.password();
                    }

                    @Override
                    public String getJdbcUrl() {
                        return database.jdbcUrl();
                    }
                })
                .run(context -> assertThat(
                                context.getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class))
                        .isEqualTo(1));
    }

    @Test
    void lifebeltsOwnUrlGoesBeforeBoots() {
        bare.withPropertyValues(
                        "spring.datasource.url=jdbc:postgresql://nowhere.invalid/x", "lifebelt.url=" + database.url())
                .run(context -> assertThat(
                                context.getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class))
                        .isEqualTo(1));
    }

    @Test
    void beansTakePartInSettingItUp() {
        List<String> heard = new ArrayList<>();
        runner.withBean(PoolListener.class, () -> new PoolListener() {
                    @Override
                    public void connected(Duration took) {
                        heard.add("connected");
                    }
                })
                .withBean(LifebeltPoolCustomizer.class, () -> builder -> builder.maxSize(3))
                .withPropertyValues("lifebelt.max-size=9")
                .run(context -> {
                    assertThat(context.getBean(ConnectionPool.class).config().maxSize())
                            .isEqualTo(3);
                    context.getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class);
                    assertThat(heard).contains("connected");
                });
    }

    @Test
    void healthComesFromThePoolAndCanBeSwitchedOff() {
        runner.run(context -> {
            HealthIndicator health = context.getBean("dbHealthContributor", HealthIndicator.class);
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            assertThat(health.health().getDetails())
                    .containsEntry("status", "UP")
                    .containsEntry("ready", true);
            assertThat(health.health().getDetails().toString()).doesNotContain(database.password());
            context.getBean(ConnectionPool.class).close();
            assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        });
        for (String off : List.of("management.health.db.enabled=false", "management.health.defaults.enabled=false")) {
            runner.withPropertyValues(off).run(context -> assertThat(context).doesNotHaveBean("dbHealthContributor"));
        }
    }

    @Test
    void aUnitJoinsSpringsTransactionOrIsRefused() {
        runner.run(context -> {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            TransactionTemplate transaction = context.getBean(TransactionTemplate.class);
            UnitOfWork unit = context.getBean(UnitOfWork.class).named("order");
            jdbc.execute("create table entry (n int)");
            transaction.setName("Orders.place");
            transaction.executeWithoutResult(status -> assertThat(catchThrowable(() -> unit.run(tx -> {})))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll("[UNIT_INSIDE_TRANSACTION]", "Orders.place"));
            List<String> done = new ArrayList<>();
            transaction.executeWithoutResult(status -> {
                jdbc.update("insert into entry values (1)");
                run(unit.joining(), 2, done);
                assertThat(done).isEmpty();
            });
            assertThat(done).containsExactly("stored 2");
            transaction.executeWithoutResult(status -> {
                run(unit.joining(), 3, done);
                status.setRollbackOnly();
            });
            assertThat(done).containsExactly("stored 2");
            assertThat(jdbc.queryForObject("select count(*) from entry", Integer.class))
                    .isEqualTo(2);
            run(unit, 4, done);
            assertThat(jdbc.queryForObject("select count(*) from entry", Integer.class))
                    .isEqualTo(3);
        });
    }

    @Test
    void aUnitInAnAfterCommitCallbackIsATransactionOfItsOwn() {
        runner.run(context -> {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            UnitOfWork unit = context.getBean(UnitOfWork.class);
            jdbc.execute("create table later (n int)");
            List<UnitOfWork> units = List.of(unit, unit.joining());
            for (UnitOfWork each : units) {
                context.getBean(TransactionTemplate.class)
                        .executeWithoutResult(status -> TransactionSynchronizationManager.registerSynchronization(
                                new TransactionSynchronization() {
                                    @Override
                                    public void afterCommit() {
                                        insert(each, "later");
                                    }

                                    @Override
                                    public void afterCompletion(int how) {
                                        insert(each, "later");
                                    }
                                }));
            }
            assertThat(jdbc.queryForObject("select count(*) from later", Integer.class))
                    .isEqualTo(2 * units.size());
            assertThat(context.getBean(ConnectionPool.class).stats().active()).isZero();
        });
    }

    @Test
    void aUnitInATransactionWithinAnAfterCommitCallbackJoinsThatOne() {
        runner.run(context -> {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            UnitOfWork unit = context.getBean(UnitOfWork.class).joining();
            TransactionTemplate again = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
            again.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
            jdbc.execute("create table again (n int)");
            context.getBean(TransactionTemplate.class)
                    .executeWithoutResult(status ->
                            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                                @Override
                                public void afterCommit() {
                                    again.executeWithoutResult(inner -> {
                                        insert(unit, "again");
                                        inner.setRollbackOnly();
                                    });
                                }
                            }));
            assertThat(jdbc.queryForObject("select count(*) from again", Integer.class))
                    .isZero();
        });
    }

    @Test
    void thePlatformsVariablesSayWhereTheDatabaseIs() {
        Map<String, Object> variables = Map.of("DATABASE_URL", database.url());
        bare.withInitializer(context -> context.setEnvironment(new StandardEnvironment() {
                    @Override
                    public Map<String, Object> getSystemEnvironment() {
                        return variables;
                    }
                }))
                .run(context -> assertThat(
                                context.getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class))
                        .isEqualTo(1));
    }

    @Test
    void anApplicationsOwnHealthStays() {
        HealthIndicator own = () -> Health.up().withDetail("own", true).build();
        for (String name : List.of("dbHealthContributor", "dbHealthIndicator")) {
            for (boolean enabled : List.of(true, false)) {
                runner.withBean(name, HealthIndicator.class, () -> own)
                        .withPropertyValues("management.health.db.enabled=" + enabled)
                        .run(context -> assertThat(context.getBeansOfType(HealthIndicator.class))
                                .containsEntry(name, own)
                                .doesNotContainKey(
                                        name.equals("dbHealthIndicator")
                                                ? "dbHealthContributor"
                                                : "dbHealthIndicator"));
            }
        }
    }

    @Test
    void borrowsAndUnitsAreObservedIfThatIsWanted() {
        List<String> observed = new ArrayList<>();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationTextPublisher(observed::add));
        ApplicationContextRunner with = runner.withBean(ObservationRegistry.class, () -> registry);
        with.run(context -> context.getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class));
        assertThat(observed).isEmpty();
        with.withPropertyValues("lifebelt.observe=true")
                .run(context -> context.getBean(UnitOfWork.class).run(tx -> {}));
        assertThat(observed)
                .anyMatch(line -> line.contains("name='lifebelt.unit'"))
                .anyMatch(line -> line.contains("name='lifebelt.borrow'"));
    }

    private static void insert(UnitOfWork unit, String table) {
        unit.run(tx -> {
            try (var statement = tx.connection().createStatement()) {
                statement.executeUpdate("insert into " + table + " values (1)");
            }
        });
    }

    private static void run(UnitOfWork unit, int n, List<String> done) {
        unit.run(tx -> {
            try (var statement = tx.connection().createStatement()) {
                statement.executeUpdate("insert into entry values (" + n + ")");
            }
            tx.afterCommit(() -> done.add("stored " + n));
        });
    }
}
