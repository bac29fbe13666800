package io.github.lifebelt.frameworks.springboot;

import io.github.lifebelt.frameworks.Application;
import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.testing.TestDatabase;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The starter, JdbcTemplate and {@code @Transactional}. */
class JdbcTest extends FaultContract {
    JdbcTest() {
        super("Spring Boot starter, JdbcTemplate", SpringApplication.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(JdbcStore.class)
    static class App {}

    @Override
    protected Application start(TestDatabase database) {
        return Running.start(App.class, Running.WITHOUT_JPA, "lifebelt.url=" + impatient(database));
    }
}
