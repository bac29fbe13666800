package io.github.lifebelt.frameworks.springboot;

import io.github.lifebelt.frameworks.Application;
import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
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
        List<String> properties = new ArrayList<>(List.of("lifebelt.url=" + impatient(database)));
        if (PRODUCT == DatabaseProduct.MARIADB) {
            // Connector/J asks it for a column that it does not have, so Hibernate learns nothing of the database.
            properties.add("spring.jpa.database-platform=org.hibernate.dialect.MariaDBDialect");
        }
        return Running.start(App.class, properties.toArray(String[]::new));
    }
}
