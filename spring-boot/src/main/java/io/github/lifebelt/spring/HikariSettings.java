package io.github.lifebelt.spring;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.PoolBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;

/**
 * What an application has set HikariCP to by {@code spring.datasource.hikari.*}, as settings of Lifebelt's. It was written
 * for another pool: what cannot be here gives way to the nearest that can, and is told in one line of the log.
 */
final class HikariSettings {
    static final String PREFIX = "spring.datasource.hikari";

    private static final String KEEPALIVE = "keepalive";
    private static final String RECYCLE = "recycle-after";
    private static final String LEAKS = "leak-detection";
    private static final Duration DEFAULT_RECYCLE = Duration.ofMinutes(30);
    private static final int DEFAULT_SIZE = 5;

    /** @param from the key that it stood under */
    private record Given(HikariKey from, String value) {}

    private final Map<String, Given> settings = new LinkedHashMap<>();
    private final Map<String, Duration> durations = new LinkedHashMap<>();
    private final Map<String, String> driverProperties;
    private final List<String> differently = new ArrayList<>();
    private @Nullable String url;
    private @Nullable String user;
    private @Nullable String password;
    private @Nullable String catalog;

    private HikariSettings(Map<String, String> driverProperties) {
        this.driverProperties = driverProperties;
    }

    /** Reads them by Boot's own rules for names. */
    static HikariSettings read(Binder binder) {
        HikariSettings read = new HikariSettings(
                binder.bind(HikariKey.DATA_SOURCE_PROPERTIES.property(), Bindable.mapOf(String.class, String.class))
                        .orElse(Map.of()));
        for (HikariKey key : HikariKey.values()) {
            if (key != HikariKey.DATA_SOURCE_PROPERTIES && key != HikariKey.HEALTH_CHECK_PROPERTIES) {
                binder.bind(key.property(), String.class).ifBound(value -> key.take(read, value));
            }
        }
        read.fitTogether();
        return read;
    }

    // ------------------------------------------------------------------------------------------------ where to

    @Nullable
    String url() {
        return url;
    }

    @Nullable
    String user() {
        return user;
    }

    @Nullable
    String password() {
        return password;
    }

    @Nullable
    String catalog() {
        return catalog;
    }

    Map<String, String> driverProperties() {
        return driverProperties;
    }

    // ------------------------------------------------------------------------------------------------ steps

    void url(HikariKey key, String value) {
        url = value;
    }

    void user(HikariKey key, String value) {
        user = value;
    }

    void password(HikariKey key, String value) {
        password = value;
    }

    void catalog(HikariKey key, String value) {
        catalog = value;
    }

    void nothing(HikariKey key, String value) {
        // These are bound as a whole.
    }

    void driver(HikariKey key, String value) {
        if (!HikariKey.isDriver(null, value)) {
            differently(key.key() + " " + value.trim() + " is not used, as " + key.remark());
        }
    }

    void set(HikariKey key, String name, String value) {
        settings.put(name, new Given(key, value));
    }

    void minIdle(HikariKey key, String value) {
        // Below 0 is HikariCP's own word for "not set".
        if (number(key, value) >= 0) {
            set(key, "min-idle", value.trim());
        }
    }

    void isolation(HikariKey key, String value) {
        String level = value.trim().toUpperCase(Locale.ROOT);
        String name = switch (level) {
            case "1" -> "READ_UNCOMMITTED";
            case "2" -> "READ_COMMITTED";
            case "4" -> "REPEATABLE_READ";
            case "8" -> "SERIALIZABLE";
            default -> level.startsWith("TRANSACTION_") ? level.substring("TRANSACTION_".length()) : level;
        };
        set(key, "isolation", name);
    }

    void millis(HikariKey key, String name, String value, Duration zero, Duration min, Duration max) {
        Duration wanted = Duration.ofMillis(number(key, value));
        Duration fits = wanted.isZero() ? zero : wanted.compareTo(min) < 0 ? min : wanted;
        fits = fits.compareTo(max) > 0 ? max : fits;
        if (!wanted.isZero() && !fits.equals(wanted)) {
            differently(key.key() + " of " + value.trim() + " ms is " + fits.toMillis() + " ms");
        }
        put(key, name, fits);
    }

    private void put(HikariKey key, String name, Duration duration) {
        durations.put(name, duration);
        set(key, name, duration.isZero() ? "0" : duration.toMillis() + "ms");
    }

    private static long number(HikariKey key, String value) {
        try {
            return Long.parseLong(value.trim());
        } catch (NumberFormatException e) {
            throw refused(key, "is '" + value + "'; allowed: a whole number, of milliseconds where it is a time");
        }
    }

    // ------------------------------------------------------------------------------------------------ the whole

    /** What HikariCP puts right by itself, and Lifebelt would refuse. */
    private void fitTogether() {
        Given size = settings.get("max-size");
        Given idle = settings.get("min-idle");
        if (idle != null) {
            long most = size == null ? DEFAULT_SIZE : number(size.from(), size.value());
            if (number(idle.from(), idle.value()) > most) {
                set(idle.from(), "min-idle", Long.toString(most));
                differently(idle.from().key() + " of " + idle.value() + " is " + most + ", as the pool is no larger");
            }
        }
        Duration age = durations.getOrDefault(RECYCLE, DEFAULT_RECYCLE);
        Duration keepalive = durations.get(KEEPALIVE);
        if (keepalive != null && !age.isZero() && keepalive.compareTo(age) >= 0) {
            put(HikariKey.KEEPALIVE_TIME, KEEPALIVE, Duration.ZERO);
            differently("keepalive-time is 0, as connections live for no longer than that");
        }
        Duration leaks = durations.get(LEAKS);
        if (leaks != null && !age.isZero() && leaks.compareTo(age) > 0) {
            put(HikariKey.LEAK_DETECTION_THRESHOLD, LEAKS, age);
            differently("leak-detection-threshold is " + age.toMillis() + " ms, as connections live for no longer");
        }
    }

    /** Gives them to a builder. */
    void applyTo(PoolBuilder builder) {
        settings.forEach((name, given) -> {
            Properties one = new Properties();
            one.setProperty(name, given.value());
            try {
                builder.properties(one);
            } catch (ConfigurationException e) {
                throw new ConfigurationException(e.code(), given.from().property() + ": " + e.detail(), e);
            }
        });
    }

    void differently(String what) {
        differently.add(what);
    }

    /** What is not as it was written, for a line of the log; empty if all is. */
    List<String> differently() {
        return List.copyOf(differently);
    }

    static ConfigurationException refused(HikariKey key, String why) {
        return new ConfigurationException("INVALID_SETTING", key.property() + " " + why);
    }
}
