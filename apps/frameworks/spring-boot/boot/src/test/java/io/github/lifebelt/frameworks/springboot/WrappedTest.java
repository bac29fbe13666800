package io.github.lifebelt.frameworks.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.UnitOfWork;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Applications in which the bean that was a pool is something else, or is asked for more than connections. */
class WrappedTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Plain {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Traced {
        /** As OpenTelemetry's starter does. */
        @Bean
        static BeanPostProcessor wrapping() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return bean instanceof DataSource source ? new DelegatingDataSource(source) : bean;
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class OnAnotherDatabase {
        /** As {@code @AutoConfigureTestDatabase} does. */
        @Bean
        static BeanDefinitionRegistryPostProcessor replacing() {
            return new BeanDefinitionRegistryPostProcessor() {
                @Override
                public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
                    registry.removeBeanDefinition("dataSource");
                    registry.registerBeanDefinition(
                            "dataSource",
                            BeanDefinitionBuilder.genericBeanDefinition(
                                            DataSource.class, () -> new DriverManagerDataSource("jdbc:h2:mem:another"))
                                    .getBeanDefinition());
                }

                @Override
                public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
                    // Definitions are all there is to replace.
                }
            };
        }
    }

    @Test
    void aPoolInAWrapperIsServed() {
        try (TestDatabase database = TestDatabase.postgres().start();
                Running running = Running.start(Traced.class, Running.WITHOUT_JPA, "lifebelt.url=" + database.url())) {
            assertThat(running.context().getBeansOfType(ConnectionPool.class)).isEmpty();
            running.context().getBean(UnitOfWork.class).run(tx -> {});
            assertThat(running.context()
                            .getBean("dbHealthContributor")
                            .getClass()
                            .getName())
                    .contains("lifebelt");
        }
    }

    /** Boot derives that connection from the pool. */
    @Test
    void scriptsMayHaveAUserOfTheirOwn() {
        try (TestDatabase database = TestDatabase.postgres().start();
                Running running = Running.start(
                        Plain.class,
                        Running.WITHOUT_JPA,
                        "lifebelt.url=" + database.url(),
                        "spring.sql.init.mode=always",
                        "spring.sql.init.schema-locations=classpath:schema-apart.sql",
                        "spring.sql.init.username=" + database.user(),
                        "spring.sql.init.password=" + database.password())) {
            assertThat(running.context()
                            .getBean(JdbcTemplate.class)
                            .queryForObject("select count(*) from apart", Integer.class))
                    .isZero();
        }
    }

    @Test
    void anotherDatabaseInItsPlaceHasBootsHealth() {
        try (Running running = Running.start(
                OnAnotherDatabase.class, Running.WITHOUT_JPA, "lifebelt.url=postgresql://nowhere.invalid/orders")) {
            assertThat(running.context().getBeansOfType(UnitOfWork.class)).isEmpty();
            assertThat(running.context()
                            .getBean("dbHealthContributor")
                            .getClass()
                            .getSimpleName())
                    .isEqualTo("DataSourceHealthIndicator");
        }
    }
}
