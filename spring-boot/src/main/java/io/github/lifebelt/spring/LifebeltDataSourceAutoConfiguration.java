package io.github.lifebelt.spring;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.security.CredentialsProvider;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * The pool as the application's {@link DataSource}, in the place of Boot's own.
 *
 * <p>Backs off where the application defines a {@code DataSource} itself or works by R2DBC, with
 * {@code lifebelt.enabled=false}, for another {@code spring.datasource.type}, where Boot's {@code DataSourceAutoConfiguration}
 * is excluded, and for embedded databases. Where the database is, the first of these says that does: a
 * bean {@code JdbcConnectionDetails}, {@code lifebelt.url}, {@code spring.datasource.url}, the platform's variables as for
 * {@link ConnectionPool#fromEnvironment()}.
 */
@AutoConfiguration(
        beforeName = {
            "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration"
        },
        afterName = {
            "org.springframework.boot.autoconfigure.jdbc.JndiDataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.JndiDataSourceAutoConfiguration",
            "org.springframework.boot.autoconfigure.jdbc.XADataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.XADataSourceAutoConfiguration",
            "org.springframework.boot.autoconfigure.r2dbc.R2dbcAutoConfiguration",
            "org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration"
        })
@ConditionalOnProperty(name = LifebeltSettings.ENABLED, matchIfMissing = true)
@ConditionalOnMissingBean(value = DataSource.class, type = "io.r2dbc.spi.ConnectionFactory")
@Conditional(OnPoolTarget.class)
public final class LifebeltDataSourceAutoConfiguration {

    /** For Spring. */
    public LifebeltDataSourceAutoConfiguration() {}

    @Bean(destroyMethod = "close")
    ConnectionPool dataSource(
            Environment environment,
            ObjectProvider<ServiceConnection.Source> services,
            ObjectProvider<CredentialsProvider> credentials,
            ObjectProvider<PoolListener> listeners,
            ObjectProvider<Migrations> migrations,
            ObjectProvider<LifebeltPoolCustomizer> customizers) {
        ServiceConnection service = services.stream()
                .map(ServiceConnection.Source::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        PoolBuilder builder = PoolMaker.builder(environment, service);
        credentials.ifUnique(builder::credentials);
        migrations.ifUnique(builder::migrations);
        listeners.orderedStream().forEach(builder::listener);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return builder.open();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails")
    static class ServiceConnectionOfBoot3 {
        @Bean
        ServiceConnection.Source lifebeltServiceConnection(
                ObjectProvider<org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails> beans) {
            return () -> {
                var details = beans.getIfAvailable();
                return details == null
                        ? null
                        : new ServiceConnection(details.getJdbcUrl(), details.getUsername(), details.getPassword());
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails")
    static class ServiceConnectionOfBoot4 {
        @Bean
        ServiceConnection.Source lifebeltServiceConnection(
                ObjectProvider<org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails> beans) {
            return () -> {
                var details = beans.getIfAvailable();
                return details == null
                        ? null
                        : new ServiceConnection(details.getJdbcUrl(), details.getUsername(), details.getPassword());
            };
        }
    }
}
