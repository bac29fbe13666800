package io.github.lifebelt.frameworks.springboot;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.frameworks.Application;
import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.spring.LifebeltAutoConfiguration;
import io.github.lifebelt.spring.LifebeltDataSourceAutoConfiguration;
import io.github.lifebelt.testing.TestDatabase;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The pool as a bean of the application's own, without what the starter configures. */
class ByHandTest extends FaultContract {
    ByHandTest() {
        super("Spring Boot, a bean by hand", SpringApplication.class);
    }

    @Import(JdbcStore.class)
    @EnableAutoConfiguration(exclude = {LifebeltDataSourceAutoConfiguration.class, LifebeltAutoConfiguration.class})
    // snippet: bean
    @Configuration(proxyBeanMethods = false)
    static class Database {
        @Bean
        ConnectionPool dataSource(@Value("${orders.database}") String url) {
            return ConnectionPool.fromUrl(url);
        }
    }
    // end: bean

    @Override
    protected Application start(TestDatabase database) {
        return Running.start(Database.class, Running.WITHOUT_JPA, "orders.database=" + impatient(database));
    }
}
