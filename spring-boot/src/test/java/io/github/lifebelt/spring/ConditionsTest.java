package io.github.lifebelt.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.r2dbc.R2dbcAutoConfiguration;
import org.springframework.boot.context.annotation.Configurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.env.MapPropertySource;
import org.springframework.javapoet.ClassName;

/** Whether there is a pool at all; no database is needed to see that. */
class ConditionsTest {
    private static final String URL = "jdbc:postgresql://nowhere.invalid/orders";
    private static final String BOOTS = "/DataSourceConfiguration__";

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
    static class WithoutBootsDataSource {}

    private static ApplicationContextRunner runner(Class<?> application) {
        return new ApplicationContextRunner()
                .withUserConfiguration(application)
                .withPropertyValues("spring.flyway.enabled=false", "spring.liquibase.enabled=false");
    }

    @AfterEach
    void endTheBuild() {
        System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
    }

    @Test
    void whoeverExcludesBootsDataSourceGetsNone() {
        runner(WithoutBootsDataSource.class)
                .withPropertyValues("spring.datasource.url=" + URL)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(DataSource.class));
        runner(App.class)
                .withPropertyValues(
                        "spring.datasource.url=" + URL,
                        "spring.autoconfigure.exclude=" + DataSourceAutoConfiguration.class.getName())
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(DataSource.class));
        runner(App.class)
                .withPropertyValues("spring.datasource.url=" + URL)
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(ConnectionPool.class));
    }

    /** Whether there is a {@code ConnectionFactory} can only be seen after what makes one. */
    @Test
    void whatWorksByR2dbcIsAskedFirst() {
        List<Class<?>> sorted = List.of(Configurations.getClasses(AutoConfigurations.of(
                LifebeltDataSourceAutoConfiguration.class,
                DataSourceAutoConfiguration.class,
                R2dbcAutoConfiguration.class)));
        assertThat(sorted)
                .containsExactly(
                        R2dbcAutoConfiguration.class,
                        LifebeltDataSourceAutoConfiguration.class,
                        DataSourceAutoConfiguration.class);
    }

    @Test
    void anApplicationBuiltAheadOfTimeGetsThePoolWhateverTheBuildKnows() {
        assertThat(builtWith()).contains("LifebeltDataSourceAutoConfiguration").doesNotContain(BOOTS);
        assertThat(builtWith("spring.datasource.url", URL)).contains("LifebeltDataSourceAutoConfiguration");
        assertThat(builtWith("lifebelt.enabled", "false"))
                .doesNotContain("LifebeltDataSourceAutoConfiguration")
                .contains(BOOTS);
        assertThat(builtWith("spring.datasource.type", "com.example.Pool"))
                .doesNotContain("LifebeltDataSourceAutoConfiguration");
        assertThat(builtWith("spring.datasource.url", "jdbc:h2:mem:orders"))
                .doesNotContain("LifebeltDataSourceAutoConfiguration")
                .contains(BOOTS);
    }

    /** The sources that Spring writes for an application, in the environment of a build. */
    private static String builtWith(String... property) {
        System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
        Map<String, Object> properties = new HashMap<>();
        for (int i = 0; i < property.length; i += 2) {
            properties.put(property[i], property[i + 1]);
        }
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("build", properties));
            context.register(App.class);
            InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
            DefaultGenerationContext generation =
                    new DefaultGenerationContext(new ClassNameGenerator(ClassName.get(App.class)), files);
            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
            generation.writeGeneratedContent();
            return files.getGeneratedFiles(Kind.SOURCE).keySet().toString();
        }
    }
}
