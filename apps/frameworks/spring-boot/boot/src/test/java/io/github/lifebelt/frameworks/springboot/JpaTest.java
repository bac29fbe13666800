package io.github.lifebelt.frameworks.springboot;

import io.github.lifebelt.frameworks.Application;
import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.testing.TestDatabase;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The starter, Hibernate and {@code @Transactional}. */
class JpaTest extends FaultContract {
    JpaTest() {
        super("Spring Boot starter, JPA", SpringApplication.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(JpaStore.class)
    static class App {}

    @Override
    protected Application start(TestDatabase database) {
        return Running.start(App.class, "lifebelt.url=" + impatient(database));
    }
}
