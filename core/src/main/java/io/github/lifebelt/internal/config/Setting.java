package io.github.lifebelt.internal.config;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.PoolConfig.Hygiene;
import io.github.lifebelt.PoolConfig.PrePing;
import java.sql.Connection;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings that can be written as text. The one place that knows their names. */
public enum Setting {
    NAME(text(PoolBuilder::name)),
    MAX_SIZE(integer(PoolBuilder::maxSize)),
    MIN_IDLE(integer(PoolBuilder::minIdle)),
    BORROW_TIMEOUT(duration(PoolBuilder::borrowTimeout)),
    CONNECT_TIMEOUT(duration(PoolBuilder::connectTimeout)),
    UNAVAILABLE_TIMEOUT(duration(PoolBuilder::unavailableTimeout)),
    UNAVAILABLE_WAITERS(integer(PoolBuilder::unavailableWaiters)),
    DNS_CHECK(duration(PoolBuilder::dnsCheck)),
    RECYCLE_AFTER(duration(PoolBuilder::recycleAfter)),
    KEEPALIVE(duration(PoolBuilder::keepalive)),
    PRE_PING(new PrePingReader()),
    PING_AFTER_IDLE(duration(PoolBuilder::pingAfterIdle)),
    CLOSE_TIMEOUT(duration(PoolBuilder::closeTimeout)),
    HYGIENE(new HygieneReader()),
    LEAK_DETECTION(duration(PoolBuilder::leakDetection)),
    MAX_HOLD(duration(PoolBuilder::maxHold)),
    HEALTH_TIMEOUT(duration(PoolBuilder::healthTimeout)),
    HEALTH_CACHE(duration(PoolBuilder::healthCache)),
    STUCK_AFTER(duration(PoolBuilder::stuckAfter)),
    REPLICAS(integer(PoolBuilder::replicas)),
    SURGE(integer(PoolBuilder::surge)),
    AUTO_COMMIT(bool(PoolBuilder::autoCommit)),
    READ_ONLY(bool(PoolBuilder::readOnly)),
    ISOLATION(new IsolationReader()),
    SCHEMA(text(PoolBuilder::schema)),
    INIT_SQL(text(PoolBuilder::initSql)),
    SSL_MODE_AS_GIVEN(bool((builder, on) -> {
        if (on) {
            builder.sslModeAsGiven();
        }
    })),
    CREDENTIALS(text(PoolBuilder::credentialsFrom));

    private static final Logger LOG = LoggerFactory.getLogger(Setting.class);
    private static final String VARIABLE = "LIFEBELT_";
    private static final String FIXTURES = VARIABLE + "TEST_";
    private static final Pattern NOT_IN_VARIABLES = Pattern.compile("[^A-Z0-9]+");

    private interface Reader {
        void read(PoolBuilder builder, String setting, String value);
    }

    @SuppressWarnings("ImmutableEnumChecker") // readers keep nothing
    private final Reader reader;

    Setting(Reader reader) {
        this.reader = reader;
    }

    /** The name in URLs and properties, for example {@code max-size}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Applies one setting.
     *
     * @param where the setting as the user wrote it, for the error
     */
    public static void apply(PoolBuilder builder, String key, String value, String where) {
        for (Setting setting : values()) {
            if (setting.key().equals(key)) {
                setting.reader.read(builder, where, value);
                return;
            }
        }
        throw new ConfigurationException(
                "UNKNOWN_SETTING",
                where + ": there is no such setting; allowed: "
                        + Arrays.stream(values()).map(Setting::key).collect(Collectors.joining(", ")));
    }

    /**
     * Applies {@code LIFEBELT_MAX_SIZE} and its like, and warns of what may have been meant as one. What is for pools of a
     * name is not applied here, since no name is known.
     */
    public static void applyEnvironment(PoolBuilder builder, Map<String, String> environment) {
        apply(builder, environment, VARIABLE);
        for (String variable : environment.keySet()) {
            if (variable.startsWith(VARIABLE) && !variable.startsWith(FIXTURES) && !isSetting(variable)) {
                LOG.warn(
                        "[UNKNOWN_SETTING] environment variable {} is no setting and changes nothing; there are {}",
                        variable,
                        Arrays.stream(values())
                                .map(setting -> VARIABLE + setting.name())
                                .collect(Collectors.joining(", ")));
            }
        }
    }

    /** Applies {@code LIFEBELT_ORDERS_MAX_SIZE} and its like, for the pool that is called {@code orders}. */
    public static void applyEnvironment(PoolBuilder builder, Map<String, String> environment, String pool) {
        String inVariables =
                NOT_IN_VARIABLES.matcher(pool.toUpperCase(Locale.ROOT)).replaceAll("_");
        apply(builder, environment, VARIABLE + inVariables + "_");
    }

    private static void apply(PoolBuilder builder, Map<String, String> environment, String prefix) {
        for (Setting setting : values()) {
            String variable = prefix + setting.name();
            String value = environment.get(variable);
            if (value != null) {
                setting.reader.read(builder, "environment variable " + variable, value);
            }
        }
    }

    /** Of every pool, or of one that has a name. */
    private static boolean isSetting(String variable) {
        return Arrays.stream(values()).anyMatch(setting -> variable.endsWith("_" + setting.name()));
    }

    private static Reader text(BiConsumer<PoolBuilder, String> target) {
        return (builder, setting, value) -> target.accept(builder, value);
    }

    private static Reader integer(BiConsumer<PoolBuilder, Integer> target) {
        return (builder, setting, value) -> {
            try {
                target.accept(builder, Integer.parseInt(value.trim()));
            } catch (NumberFormatException e) {
                throw Limits.refused(setting, "'" + value + "'", "a whole number");
            }
        };
    }

    private static Reader duration(BiConsumer<PoolBuilder, Duration> target) {
        return (builder, setting, value) -> {
            Duration read = Durations.parse(value);
            if (read == null) {
                throw Limits.refused(
                        setting, "'" + value + "'", "a duration with its unit such as 250ms, 30s, 5m, PT30S, or 0");
            }
            target.accept(builder, read);
        };
    }

    private static Reader bool(BiConsumer<PoolBuilder, Boolean> target) {
        return (builder, setting, value) -> {
            switch (value.trim().toLowerCase(Locale.ROOT)) {
                case "true" -> target.accept(builder, true);
                case "false" -> target.accept(builder, false);
                default -> throw Limits.refused(setting, "'" + value + "'", "true or false");
            }
        };
    }

    private static final class PrePingReader implements Reader {
        @Override
        public void read(PoolBuilder builder, String setting, String value) {
            String wanted = value.trim().toUpperCase(Locale.ROOT).replace('-', '_');
            for (PrePing prePing : PrePing.values()) {
                if (prePing.name().equals(wanted)) {
                    builder.prePing(prePing);
                    return;
                }
            }
            throw Limits.refused(setting, "'" + value + "'", "socket, round-trip or off");
        }
    }

    private static final class HygieneReader implements Reader {
        @Override
        public void read(PoolBuilder builder, String setting, String value) {
            builder.hygiene(
                    switch (value.trim().toLowerCase(Locale.ROOT)) {
                        case "transaction" -> Hygiene.TRANSACTION;
                        case "session" -> Hygiene.SESSION;
                        case "strict" -> Hygiene.STRICT;
                        default -> throw Limits.refused(setting, "'" + value + "'", "transaction, session or strict");
                    });
        }
    }

    private static final class IsolationReader implements Reader {
        @Override
        public void read(PoolBuilder builder, String setting, String value) {
            builder.isolation(
                    switch (value.trim().toLowerCase(Locale.ROOT).replace('_', '-')) {
                        case "read-uncommitted" -> Connection.TRANSACTION_READ_UNCOMMITTED;
                        case "read-committed" -> Connection.TRANSACTION_READ_COMMITTED;
                        case "repeatable-read" -> Connection.TRANSACTION_REPEATABLE_READ;
                        case "serializable" -> Connection.TRANSACTION_SERIALIZABLE;
                        default ->
                            throw Limits.refused(
                                    setting,
                                    "'" + value + "'",
                                    "read-uncommitted, read-committed, repeatable-read, serializable");
                    });
        }
    }
}
