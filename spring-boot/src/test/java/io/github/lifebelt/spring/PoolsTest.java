package io.github.lifebelt.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.metrics.PoolMetrics;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.DatabaseTest;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.UnitOfWork;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import javax.sql.DataSource;
import org.crac.Core;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** What goes with a pool, where its bean is no pool, is another database, or is one of several. */
@DatabaseTest(DatabaseProduct.POSTGRESQL)
class PoolsTest {

    private ApplicationContextRunner runner;
    private TestDatabase database;

    /** As OpenTelemetry's starter has it, and ahead of all that has no order. */
    static final class Wrapping implements BeanPostProcessor, PriorityOrdered {
        @Override
        public int getOrder() {
            return Ordered.LOWEST_PRECEDENCE;
        }

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            return bean instanceof DataSource source ? new DelegatingDataSource(source) : bean;
        }
    }

    /** As {@code @AutoConfigureTestDatabase} does, which looks after all conditions were asked. */
    static final class Replacing implements BeanDefinitionRegistryPostProcessor {
        private final TestDatabase other;

        Replacing(TestDatabase other) {
            this.other = other;
        }

        @Override
        public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
            registry.removeBeanDefinition("dataSource");
            BeanDefinition replacement = BeanDefinitionBuilder.genericBeanDefinition(
                            DataSource.class,
                            () -> new SimpleDriverDataSource(
                                    new org.postgresql.Driver(), other.jdbcUrl(), other.user(), other.password()))
                    .getBeanDefinition();
            registry.registerBeanDefinition("dataSource", replacement);
        }

        @Override
        public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
            // Definitions are all there is to replace.
        }
    }

    @BeforeEach
    void point(TestDatabase server) {
        database = server;
        runner = Applications.on(server).withPropertyValues("lifebelt.name=orders");
    }

    private static SimpleMeterRegistry meters(ApplicationContext context) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        context.getBeanProvider(MeterBinder.class).orderedStream().forEach(binder -> binder.bindTo(registry));
        return registry;
    }

    private static String pool(HealthIndicator health) {
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
        return String.valueOf(health.health().getDetails().get("pool"));
    }

    @Test
    void aPoolInAWrapperIsServedAllTheSame() {
        runner.withBean(Wrapping.class).run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(DataSource.class);
            assertThat(context.getBean(DataSource.class)).isNotInstanceOf(ConnectionPool.class);
            context.getBean(UnitOfWork.class)
                    .run(tx -> tx.connection().createStatement().execute("select 1"));
            assertThat(pool(context.getBean("dbHealthContributor", HealthIndicator.class)))
                    .isEqualTo("orders");
            assertThat(meters(context)
                            .find("hikaricp.connections.max")
                            .tag("pool", "orders")
                            .gauge())
                    .isNotNull();
            assertThat(context.getBean("lifebeltPoolMetadataProvider", DataSourcePoolMetadataProvider.class)
                            .getDataSourcePoolMetadata(context.getBean(DataSource.class)))
                    .isInstanceOf(PoolMetadata.class);
        });
    }

    @Test
    void aPoolInAWrapperIsSuspendedAtACheckpoint() {
        runner.withBean(Wrapping.class).run(context -> {
            context.getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class);
            ConnectionPool pool = context.getBean(DataSource.class).unwrap(ConnectionPool.class);
            assertThat(pool.stats().total()).isEqualTo(1);
            Checkpoints checkpoints = context.getBean(Checkpoints.class);
            checkpoints.beforeCheckpoint(Core.getGlobalContext());
            assertThat(pool.stats().total()).isZero();
            checkpoints.afterRestore(Core.getGlobalContext());
        });
    }

    @Test
    void anotherDatabaseInThePoolsPlaceIsNoneOfItsBusiness() {
        runner.withBean(Replacing.class, () -> new Replacing(database)).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class))
                    .isEqualTo(1);
            assertThat(context.getBeansOfType(UnitOfWork.class)).isEmpty();
            assertThat(meters(context).getMeters()).isEmpty();
            assertThat(context.getBean("dbHealthContributor", HealthIndicator.class)
                            .health()
                            .getDetails())
                    .containsEntry("database", "PostgreSQL");
        });
    }

    @Test
    void ofSeveralPoolsEachHasMetersAndIsSuspended() {
        ApplicationContextRunner two = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(LifebeltAutoConfiguration.class))
                .withBean("a", ConnectionPool.class, () -> named("a"))
                .withBean("b", ConnectionPool.class, () -> named("b"));
        two.run(context -> {
            assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(UnitOfWork.class)
                    .hasSingleBean(CommitMark.Marker.class)
                    .hasSingleBean(DataSourcePoolMetadataProvider.class);
            assertServed(context);
        });
        Applications.bare()
                .withBean("a", ConnectionPool.class, () -> named("a"), definition -> definition.setPrimary(true))
                .withBean("b", ConnectionPool.class, () -> named("b"))
                .run(context -> {
                    assertThat(context).hasSingleBean(UnitOfWork.class);
                    assertServed(context);
                });
        // As Boot's manual has a second data source.
        runner.withBean(
                        "b",
                        ConnectionPool.class,
                        () -> named("b"),
                        definition -> ((org.springframework.beans.factory.support.AbstractBeanDefinition) definition)
                                .setDefaultCandidate(false))
                .run(context -> {
                    assertThat(context).hasSingleBean(UnitOfWork.class);
                    assertThat(meters(context).find("hikaricp.connections.max").gauges())
                            .extracting(gauge -> gauge.getId().getTag("pool"))
                            .containsExactlyInAnyOrder("orders", "b");
                });
    }

    private ConnectionPool named(String name) {
        return ConnectionPool.builder(database.url()).name(name).open();
    }

    private static void assertServed(ApplicationContext context) throws Exception {
        assertThat(meters(context).find("hikaricp.connections.max").gauges())
                .extracting(gauge -> gauge.getId().getTag("pool"))
                .containsExactlyInAnyOrder("a", "b");
        for (String name : new String[] {"a", "b"}) {
            context.getBean(name, ConnectionPool.class).getConnection().close();
        }
        context.getBean(Checkpoints.class).beforeCheckpoint(Core.getGlobalContext());
        for (String name : new String[] {"a", "b"}) {
            assertThat(context.getBean(name, ConnectionPool.class).stats().total())
                    .isZero();
        }
        context.getBean(Checkpoints.class).afterRestore(Core.getGlobalContext());
    }

    @Test
    void anApplicationsOwnMetersStay() {
        runner.withBean(PoolMetrics.class, () -> new PoolMetrics(named("own")))
                .run(context -> assertThat(
                                meters(context).find("db.client.connection.max").gauges())
                        .singleElement()
                        .matches(gauge -> "own".equals(gauge.getId().getTag("db.client.connection.pool.name"))));
    }
}
