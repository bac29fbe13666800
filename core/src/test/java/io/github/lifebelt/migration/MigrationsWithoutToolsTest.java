package io.github.lifebelt.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConfigurationException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Neither tool is on the class path, as it is for those who want none. */
class MigrationsWithoutToolsTest {

    /** All that this test has, without the jars of the two. */
    private static URLClassLoader withoutTools() {
        URL[] jars = Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .filter(jar -> !jar.contains("flyway") && !jar.contains("liquibase-core"))
                .map(jar -> {
                    try {
                        return Path.of(jar).toUri().toURL();
                    } catch (java.net.MalformedURLException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toArray(URL[]::new);
        return new URLClassLoader(jars, ClassLoader.getPlatformClassLoader());
    }

    private static void assertMissing(Method factory, Object argument, String message) {
        assertThatThrownBy(() -> {
                    try {
                        factory.invoke(null, argument);
                    } catch (InvocationTargetException e) {
                        throw Objects.requireNonNull(e.getCause());
                    }
                })
                .hasToString(ConfigurationException.class.getName() + ": [MIGRATION_TOOL_MISSING] " + message);
    }

    @Test
    void theyAreMissedOnlyByThoseWhoAskForThem() throws Exception {
        try (URLClassLoader loader = withoutTools()) {
            Class<?> pool = Class.forName("io.github.lifebelt.ConnectionPool", true, loader);
            Class<?> migrations = Class.forName("io.github.lifebelt.migration.Migrations", true, loader);
            assertThat(migrations.getClassLoader()).isSameAs(loader).isSameAs(pool.getClassLoader());
            assertThat(migrations.getMethods()).hasSizeGreaterThan(8);
            assertMissing(
                    migrations.getMethod("flyway", UnaryOperator.class),
                    UnaryOperator.identity(),
                    "Flyway is not on the class path: add the dependency"
                            + " org.flywaydb:flyway-core, and with it org.flywaydb:flyway-database-postgresql or"
                            + " org.flywaydb:flyway-mysql, which Lifebelt does not bring");
            assertMissing(
                    migrations.getMethod("liquibase", String.class),
                    "db/changelog.xml",
                    "Liquibase is not on the class path: add the dependency"
                            + " org.liquibase:liquibase-core, which Lifebelt does not bring");
        }
    }
}
