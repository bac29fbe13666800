package io.github.lifebelt.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.internal.config.Setting;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What becomes of HikariCP's settings. */
class HikariKeyTest {

    private static HikariSettings read(String... pairs) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        for (int i = 0; i < pairs.length; i += 2) {
            source.put(HikariSettings.PREFIX + "." + pairs[i], pairs[i + 1]);
        }
        return HikariSettings.read(new Binder(source));
    }

    private static PoolConfig config(String... pairs) {
        return config(read(pairs));
    }

    private static PoolConfig config(HikariSettings read) {
        DatabaseUrl target = DatabaseUrl.parse("postgresql://app@db/orders");
        PoolBuilder builder = ConnectionPool.builder(target);
        read.applyTo(builder, target, LifebeltSettings.read(new StandardEnvironment()));
        return builder.config();
    }

    @Test
    void everySetterOfHikariConfigHasItsKeyAndNothingElseHas() {
        List<String> setters = Arrays.stream(HikariConfig.class.getMethods())
                .map(Method::getName)
                .filter(name -> name.startsWith("set"))
                .map(name -> name.substring("set".length()).toLowerCase(Locale.ROOT))
                .distinct()
                .toList();
        assertThat(Arrays.stream(HikariKey.values()).map(key -> key.key().replace("-", "")))
                .containsExactlyInAnyOrderElementsOf(setters);
    }

    @Test
    void theDocumentsTableIsThisOne() throws IOException {
        List<String> table = Files.readAllLines(Path.of("..", "docs", "spring-boot.md")).stream()
                .filter(line ->
                        Arrays.stream(HikariKey.values()).anyMatch(key -> line.startsWith("| `" + key.key() + "` |")))
                .toList();
        assertThat(table)
                .containsExactlyElementsOf(Arrays.stream(HikariKey.values())
                        .map(key -> "| `" + key.key() + "` | " + key.becomes() + " | " + key.remark() + " |")
                        .toList());
    }

    @Test
    void everySettingOfLifebeltCanBeAProperty() {
        assertThat(LifebeltSettings.KEYS)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Setting.values()).map(Setting::key).toList());
    }

    @Test
    void everySettingOfLifebeltIsKnownToEditors() throws IOException {
        String metadata =
                Files.readString(Path.of("src", "main", "resources", "META-INF", "spring-configuration-metadata.json"));
        assertThat(LifebeltSettings.KEYS).allSatisfy(key -> assertThat(metadata).contains("\"lifebelt." + key + "\""));
    }

    @Test
    void whatBothHaveIsTakenOver() {
        PoolConfig config = config(
                "maximum-pool-size", "20",
                "minimum-idle", "4",
                "connection-timeout", "3000",
                "max-lifetime", "600000",
                "keepalive-time", "60000",
                "leak-detection-threshold", "5000",
                "pool-name", "orders",
                "auto-commit", "false",
                "read-only", "true",
                "transaction-isolation", "TRANSACTION_SERIALIZABLE",
                "schema", "shop",
                "connection-init-sql", "set x = 1");
        assertThat(config.maxSize()).isEqualTo(20);
        assertThat(config.minIdle()).isEqualTo(4);
        assertThat(config.borrowTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.recycleAfter()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.keepalive()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.leakDetection()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.name()).isEqualTo("orders");
        assertThat(config.autoCommit()).isFalse();
        assertThat(config.readOnly()).isTrue();
        assertThat(config.isolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
        assertThat(config.schema()).isEqualTo("shop");
        assertThat(config.initSql()).isEqualTo("set x = 1");
    }

    @Test
    void whatCannotBeGivesWayToTheNearestAndIsTold() {
        HikariSettings read = read(
                "max-lifetime", "10000",
                "keepalive-time", "1000",
                "leak-detection-threshold", "60000",
                "minimum-idle", "9",
                "connection-timeout", "0");
        PoolConfig config = config(read);
        assertThat(config.recycleAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.keepalive()).isZero();
        assertThat(config.leakDetection()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.minIdle()).isEqualTo(5);
        assertThat(config.borrowTimeout()).isEqualTo(Duration.ofDays(1));
        assertThat(String.join("; ", read.differently()))
                .contains("max-lifetime of 10000 ms is 30000 ms")
                .contains("keepalive-time is 0")
                .contains("leak-detection-threshold is 30000 ms")
                .contains("minimum-idle of 9 is 5");
    }

    @Test
    void whatMeansNothingHereIsTold() {
        for (HikariKey key : HikariKey.values()) {
            if (key.becomes().equals("not used") && key != HikariKey.HEALTH_CHECK_PROPERTIES) {
                assertThat(read(key.key(), "1000").differently())
                        .as(key.key())
                        .singleElement()
                        .asString()
                        .startsWith(key.key())
                        .contains("is not used");
            }
        }
    }

    @Test
    void whatHikariCpDoesNotKnowIsNamed() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "file",
                        Map.of(
                                HikariSettings.PREFIX + ".maximum-pool-sise", "9",
                                HikariSettings.PREFIX + ".maximumPoolSize", "9",
                                HikariSettings.PREFIX + ".pool.size", "9",
                                HikariSettings.PREFIX + ".data-source-properties.prepareThreshold", "3")));
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        "test-systemEnvironment", Map.of("SPRING_DATASOURCE_HIKARI_MINIMUM_IDLE", "1")));
        assertThat(HikariKey.unknown(environment)).containsExactly("maximum-pool-sise", "pool.size");
    }

    @Test
    void aDriverThatIsNotTheUrlsIsNotUsed() {
        assertThat(HikariKey.isDriver("postgresql", "org.postgresql.Driver")).isTrue();
        assertThat(HikariKey.isDriver("mysql", "com.mysql.cj.jdbc.Driver")).isTrue();
        assertThat(HikariKey.isDriver("mysql", "org.postgresql.Driver")).isFalse();
        assertThat(HikariKey.isDriver("mysql", "software.amazon.jdbc.Driver")).isFalse();
    }

    @Test
    void whatIsNotDifferentIsNotTold() {
        assertThat(read("register-mbeans", "false", "driver-class-name", "org.postgresql.Driver")
                        .differently())
                .isEmpty();
    }

    @Test
    void whatWouldConnectInAnotherWayIsRefusedByName() {
        for (HikariKey key : HikariKey.values()) {
            if (key.becomes().equals("refused")) {
                assertThatThrownBy(() -> read(key.key(), "x"))
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContaining(key.property());
            }
        }
    }

    @Test
    void anErrorNamesThePropertyThatWasWritten() {
        assertThatThrownBy(() -> config("maximum-pool-size", "0"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("spring.datasource.hikari.maximum-pool-size");
        assertThatThrownBy(() -> config("max-lifetime", "30s"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("spring.datasource.hikari.max-lifetime");
    }

    @Test
    void namesAreRelaxedAsBootHasThem() {
        assertThat(config("maximumPoolSize", "7").maxSize()).isEqualTo(7);
        assertThat(read("data-source-properties.prepareThreshold", "3").driverProperties())
                .isEqualTo(Map.of("prepareThreshold", "3"));
    }
}
