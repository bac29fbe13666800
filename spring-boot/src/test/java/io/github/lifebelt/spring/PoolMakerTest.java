package io.github.lifebelt.spring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.lifebelt.PoolConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** What becomes of properties that are about the same thing. */
class PoolMakerTest {
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(PoolMaker.class);

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        LOG.addAppender(log);
    }

    @AfterEach
    void noMore() {
        LOG.detachAppender(log);
    }

    private PoolConfig config(String... pairs) {
        return config(Map.of(), pairs);
    }

    private PoolConfig config(Map<String, Object> variables, String... pairs) {
        Map<String, Object> properties = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            properties.put(pairs[i], pairs[i + 1]);
        }
        StandardEnvironment environment = new StandardEnvironment() {
            @Override
            public Map<String, Object> getSystemEnvironment() {
                return variables;
            }
        };
        environment.getPropertySources().addFirst(new MapPropertySource("file", properties));
        return PoolMaker.builder(environment, null).config();
    }

    private List<String> told() {
        return log.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.contains(HikariSettings.PREFIX))
                .toList();
    }

    @Test
    void hikariCpsSettingsAreFittedToWhatIsInForce() {
        PoolConfig roomy = config(
                "lifebelt.url", "postgresql://app@db/orders",
                "lifebelt.max-size", "20",
                "lifebelt.recycle-after", "2h",
                "spring.datasource.hikari.minimum-idle", "10",
                "spring.datasource.hikari.keepalive-time", "2400000",
                "spring.datasource.hikari.leak-detection-threshold", "2400000");
        assertThat(roomy.minIdle()).isEqualTo(10);
        assertThat(roomy.keepalive()).isEqualTo(Duration.ofMinutes(40));
        assertThat(roomy.leakDetection()).isEqualTo(Duration.ofMinutes(40));
        PoolConfig byUrl = config(
                "lifebelt.url",
                "postgresql://app@db/orders?lifebelt.max-size=20",
                "spring.datasource.hikari.minimum-idle",
                "10");
        assertThat(byUrl.minIdle()).isEqualTo(10);
        assertThat(told()).isEmpty();
    }

    @Test
    void hikariCpsSettingsGiveWayToSmallerOnesOfLifebelt() {
        PoolConfig config = config(
                "lifebelt.url", "postgresql://app@db/orders",
                "lifebelt.max-size", "5",
                "lifebelt.recycle-after", "1m",
                "spring.datasource.hikari.maximum-pool-size", "20",
                "spring.datasource.hikari.minimum-idle", "10",
                "spring.datasource.hikari.keepalive-time", "90000",
                "spring.datasource.hikari.leak-detection-threshold", "90000");
        assertThat(config.minIdle()).isEqualTo(5);
        assertThat(config.keepalive()).isZero();
        assertThat(config.leakDetection()).isEqualTo(Duration.ofMinutes(1));
        assertThat(told())
                .singleElement()
                .asString()
                .contains("minimum-idle of 10 is 5", "keepalive-time is 0", "leak-detection-threshold is 60000 ms");
    }

    @Test
    void ofWhatLifebeltsOwnSettingReplacesNothingIsTold() {
        PoolConfig config = config(
                "lifebelt.url", "postgresql://app@db/orders",
                "lifebelt.recycle-after", "10m",
                "lifebelt.min-idle", "2",
                "lifebelt.keepalive", "1m",
                "spring.datasource.hikari.max-lifetime", "1000",
                "spring.datasource.hikari.minimum-idle", "9",
                "spring.datasource.hikari.keepalive-time", "2400000");
        assertThat(config.recycleAfter()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.minIdle()).isEqualTo(2);
        assertThat(config.keepalive()).isEqualTo(Duration.ofMinutes(1));
        assertThat(told()).isEmpty();
    }

    @Test
    void driverPropertiesAreNoPartOfAPassword() {
        PoolConfig config = config(
                "lifebelt.url",
                "Server=h;Port=5432;Database=orders;User Id=app;Password=geheim",
                "spring.datasource.hikari.data-source-properties.ApplicationName",
                "orders");
        assertThat(config.url().credentials().secret()).isEqualTo("geheim");
        assertThat(config.url().driverProperties()).containsEntry("ApplicationName", "orders");
    }

    @Test
    void driverPropertiesGoWithThePlatformsVariablesToo() {
        PoolConfig config = config(
                Map.of("DATABASE_URL", "postgresql://app@db/orders"),
                "spring.datasource.hikari.data-source-properties.reWriteBatchedInserts",
                "true");
        assertThat(config.url().driverProperties()).containsEntry("reWriteBatchedInserts", "true");
    }
}
