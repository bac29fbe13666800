package io.github.lifebelt.frameworks.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.lifebelt.ConnectionPool;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** An embedded database is Boot's own affair, with its own pool. */
class EmbeddedTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {}

    @Test
    void anEmbeddedDatabaseIsLeftToBootWithAndWithoutUrl() {
        for (String property : List.of("spring.datasource.url=jdbc:h2:mem:orders", "spring.datasource.name=orders")) {
            try (Running running = Running.start(App.class, Running.WITHOUT_JPA, property)) {
                assertThat(running.context().getBean(DataSource.class)).isInstanceOf(HikariDataSource.class);
                assertThat(running.context().getBeansOfType(ConnectionPool.class))
                        .isEmpty();
                assertThat(running.context()
                                .getBean(JdbcTemplate.class)
                                .queryForObject("select h2version()", String.class))
                        .startsWith("2.");
            }
        }
    }
}
