package io.github.lifebelt.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.url.DatabaseUrl;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class SettingTest {

    private static DatabaseUrl.Builder url() {
        return DatabaseUrl.builder("postgresql").host("db.example.com");
    }

    private static PoolBuilder builder() {
        return ConnectionPool.builder(url().build());
    }

    private static List<String> warningsOf(Map<String, String> variables) {
        Logger logger = (Logger) LoggerFactory.getLogger(Setting.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            builder().environment(variables);
        } finally {
            logger.detachAppender(log);
        }
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max-size | 0 | 1 to 10000",
                "max-size | -1 | 1 to 10000",
                "max-size | ten | a whole number",
                "min-idle | -1 | 0 to 10000",
                "borrow-timeout | 30 | a duration with its unit",
                "borrow-timeout | 0 | 1ms to 1d",
                "recycle-after | 10s | 0 (off), or 30s to 365d",
                "keepalive | 1s | 0 (off), or 30s to 365d",
                "leak-detection | 1s | 0 (off), or 2s to 365d",
                "pre-ping | always | socket, round-trip or off",
                "hygiene | clean | transaction, session or strict",
                "read-only | yes | true or false",
                "isolation | snapshot | serializable",
            })
    void aValueThatCannotWorkIsRefusedByNameValueAndLimits(String key, String value, String allowed) {
        DatabaseUrl bad = url().setting(key, value).build();
        assertThatThrownBy(() -> ConnectionPool.builder(bad))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("[INVALID_SETTING]")
                .hasMessageContaining(key)
                .hasMessageContaining(value)
                .hasMessageContaining(allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vault", "file:", "command:az account get-access-token", "azure-entra"})
    void credentialsComeFromAFileOrFromEntraForTheUrlsUserAndFromNoProgram(String value) {
        DatabaseUrl bad = url().setting("credentials", value).build();
        assertThatThrownBy(() -> ConnectionPool.builder(bad))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("[INVALID_SETTING]")
                .hasMessageContaining("azure-entra, with the Entra name in the URL as its user; or file:/path");
    }

    @Test
    void anUnknownSettingIsRefusedWithTheKnownOnes() {
        DatabaseUrl bad = url().setting("pool-size", "5").build();
        assertThatThrownBy(() -> ConnectionPool.builder(bad))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("[UNKNOWN_SETTING]")
                .hasMessageContaining("lifebelt.pool-size")
                .hasMessageContaining("max-size");
    }

    @Test
    void propertiesAreTakenWithAndWithoutPrefix() {
        Properties properties = new Properties();
        properties.setProperty("lifebelt.max-size", "7");
        properties.setProperty("borrow-timeout", "PT2S");
        assertThatCode(() -> ConnectionPool.builder(url().build()).properties(properties))
                .doesNotThrowAnyException();
        properties.setProperty("spring.max-size", "7");
        PoolBuilder builder = ConnectionPool.builder(url().build());
        assertThatThrownBy(() -> builder.properties(properties)).hasMessageContaining("property spring.max-size");
    }

    @Test
    void anEnvironmentVariableIsNamedWhenItIsWrong() {
        PoolBuilder builder = builder();
        assertThatThrownBy(() -> builder.environment(Map.of("LIFEBELT_MAX_SIZE", "many", "HOME", "x")))
                .hasMessageContaining("environment variable LIFEBELT_MAX_SIZE is 'many'");
        PoolBuilder named = builder().name("orders");
        assertThatThrownBy(() -> named.environment(Map.of("LIFEBELT_ORDERS_MAX_SIZE", "many")))
                .hasMessageContaining("environment variable LIFEBELT_ORDERS_MAX_SIZE is 'many'");
    }

    @Test
    void aVariableThatIsNoSettingIsAWarning() {
        assertThat(warningsOf(Map.of("LIFEBELT_MAXSIZE", "20")))
                .singleElement()
                .asString()
                .contains("[UNKNOWN_SETTING]", "LIFEBELT_MAXSIZE", "LIFEBELT_MAX_SIZE");
        assertThat(warningsOf(Map.of(
                        "LIFEBELT_MAX_SIZE",
                        "20",
                        "LIFEBELT_BILLS_MAX_SIZE",
                        "9",
                        "LIFEBELT_TEST_PROVIDER",
                        "embedded")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"250ms, 250", "30s, 30000", "5m, 300000", "2h, 7200000", "1d, 86400000", "PT0.5S, 500", "0, 0"})
    void durationsAreReadAsPeopleWriteThem(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"30", "s", "-5s", "1.5s", "PT", "99999999999999999999s", "999999999999999d"})
    void whatIsNoDurationIsNone(String text) {
        assertThat(Durations.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "250, 250ms", "1500, 1500ms", "30000, 30s", "300000, 5m", "86400000, 1d", "90000, 90s"})
    void durationsAreShownTheWayTheyAreRead(long millis, String text) {
        assertThat(Durations.text(Duration.ofMillis(millis))).isEqualTo(text);
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }
}
