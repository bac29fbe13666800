package io.github.lifebelt.spring;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.metrics.PoolMetrics;
import io.github.lifebelt.tx.UnitOfWork;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * What goes with a {@link ConnectionPool}, auto-configured or defined by the application: units of work, health, metrics,
 * checkpoints. Each backs off where the application has its own. Metrics and checkpoints are of all pools that are beans,
 * units and health of the only or primary one.
 */
@AutoConfiguration(
        after = LifebeltDataSourceAutoConfiguration.class,
        beforeName = {
            "org.springframework.boot.actuate.autoconfigure.jdbc.DataSourceHealthContributorAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.health.DataSourceHealthContributorAutoConfiguration"
        })
@ConditionalOnBean(ConnectionPool.class)
public final class LifebeltAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(LifebeltAutoConfiguration.class);

    /** For Spring. */
    public LifebeltAutoConfiguration() {}

    /** There is none if a test has put another database in the pool's place. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnSingleCandidate(ConnectionPool.class)
    @Nullable
    UnitOfWork unitOfWork(ObjectProvider<DataSource> primary, ConfigurableListableBeanFactory beans) {
        ConnectionPool pool = Pools.one(primary, beans);
        return pool == null ? null : SpringTransaction.units(pool);
    }

    @Bean
    static CommitMark.Marker lifebeltCommitMarker() {
        return new CommitMark.Marker();
    }

    /** For Boot's own {@code jdbc.connections.*}. */
    @Bean
    @SuppressWarnings("NullAway") // null is Boot's word for "not mine", which only the newer line writes down
    DataSourcePoolMetadataProvider lifebeltPoolMetadataProvider() {
        return source -> {
            ConnectionPool pool = Pools.in(source);
            return pool == null ? null : new PoolMetadata(pool);
        };
    }

    /** Meters. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "io.micrometer.core.instrument.binder.MeterBinder")
    static class Metrics {
        @Bean
        @ConditionalOnMissingBean(PoolMetrics.class)
        MeterBinder lifebeltPoolMetrics(ConfigurableListableBeanFactory beans) {
            return registry -> Pools.all(beans)
                    .forEach(pool -> new PoolMetrics(pool).withHikariNames().bindTo(registry));
        }

        /** When all beans are there: a registry may be made after the pool, which it may need itself. */
        @Bean
        @ConditionalOnProperty(LifebeltSettings.OBSERVE)
        SmartInitializingSingleton lifebeltObservation(
                ConfigurableListableBeanFactory beans, ObjectProvider<ObservationRegistry> registry) {
            return () -> {
                ObservationRegistry one = registry.getIfUnique();
                if (one == null) {
                    LOG.warn("{} is not used, as there is no one bean ObservationRegistry", LifebeltSettings.OBSERVE);
                } else {
                    Pools.all(beans).forEach(pool -> new PoolMetrics(pool).observe(one));
                }
            };
        }
    }

    /** Checkpoints of the process. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.crac.Core")
    static class Checkpointing {
        @Bean
        static Checkpoints lifebeltCheckpoints() {
            return Checkpoints.registered();
        }
    }

    /**
     * Boot's own contributor of this name, which borrows a connection, backs off. It is back where a test has put another
     * database in the pool's place.
     */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.actuate.health.HealthIndicator")
    @ConditionalOnMissingBean(name = {"dbHealthIndicator", "dbHealthContributor"})
    @ConditionalOnSingleCandidate(ConnectionPool.class)
    @Conditional(OnOnlyDataSource.class)
    static class HealthOfBoot3 {
        @Bean
        @org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator("db")
        org.springframework.boot.actuate.health.HealthIndicator dbHealthContributor(DataSource source) {
            ConnectionPool pool = Pools.in(source);
            if (pool == null) {
                return new org.springframework.boot.actuate.jdbc.DataSourceHealthIndicator(source);
            }
            return () -> {
                HealthReport report = pool.health();
                var health = HealthDetails.isUp(report)
                        ? org.springframework.boot.actuate.health.Health.up()
                        : org.springframework.boot.actuate.health.Health.down();
                return health.withDetails(HealthDetails.of(report)).build();
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.health.contributor.HealthIndicator")
    @ConditionalOnMissingBean(name = {"dbHealthIndicator", "dbHealthContributor"})
    @ConditionalOnSingleCandidate(ConnectionPool.class)
    @Conditional(OnOnlyDataSource.class)
    static class HealthOfBoot4 {
        @Bean
        @org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator("db")
        org.springframework.boot.health.contributor.HealthIndicator dbHealthContributor(DataSource source) {
            ConnectionPool pool = Pools.in(source);
            if (pool == null) {
                return new org.springframework.boot.jdbc.health.DataSourceHealthIndicator(source);
            }
            return () -> {
                HealthReport report = pool.health();
                var health = HealthDetails.isUp(report)
                        ? org.springframework.boot.health.contributor.Health.up()
                        : org.springframework.boot.health.contributor.Health.down();
                return health.withDetails(HealthDetails.of(report)).build();
            };
        }
    }
}
