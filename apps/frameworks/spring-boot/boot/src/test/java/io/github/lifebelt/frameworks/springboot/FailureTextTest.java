package io.github.lifebelt.frameworks.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** What somebody reads whose application does not start. */
class FailureTextTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {
        @Bean
        ApplicationRunner first(JdbcTemplate jdbc) {
            return arguments -> jdbc.queryForObject("select 1", Integer.class);
        }
    }

    private static String textOf(String... properties) {
        PrintStream console = System.out;
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        System.setOut(new PrintStream(text, true, StandardCharsets.UTF_8));
        try {
            List<String> all = new ArrayList<>(List.of(properties));
            all.add(Running.WITHOUT_JPA);
            all.add("logging.config=classpath:logback-console.xml");
            assertThat(catchThrowable(() ->
                            Running.start(App.class, all.toArray(String[]::new)).close()))
                    .isNotNull();
        } finally {
            System.setOut(console);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aWrongSettingIsNamedWithWhatIsAllowed() {
        assertThat(textOf("lifebelt.url=postgresql://app:geheim@localhost/x", "lifebelt.max-size=0"))
                .contains("APPLICATION FAILED TO START")
                .contains("lifebelt.max-size")
                .contains("INVALID_SETTING is explained in")
                .doesNotContain("geheim");
    }

    @Test
    void aRejectedLoginComesWithItsCure() {
        try (TestDatabase database = TestDatabase.postgres().start()) {
            assertThat(textOf(
                            "spring.datasource.url=" + database.jdbcUrl(),
                            "spring.datasource.username=" + database.user(),
                            "spring.datasource.password=not-" + database.password()))
                    .contains("APPLICATION FAILED TO START")
                    .contains("Action:")
                    .contains("CONNECT_REFUSED is explained in")
                    .doesNotContain(database.password());
        }
    }

    @Test
    void aDatabaseThatIsDownIsLookedAtByTheDoctor() {
        try (TestDatabase database = TestDatabase.postgres().start()) {
            database.faults().stop(StopMode.FAST);
            assertThat(textOf("lifebelt.url=" + database.url(), "lifebelt.unavailable-timeout=0"))
                    .contains("APPLICATION FAILED TO START")
                    .contains("The doctor has looked")
                    .contains("Action:")
                    .doesNotContain(database.password());
        }
    }
}
