package io.github.lifebelt.spring;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.url.DatabaseUrl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
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
    private static final String MIN_IDLE = "min-idle";
    private static final String MAX_SIZE = "max-size";

    // What these may be hangs on other settings.
    private static final Set<String> FITTED = Set.of(MIN_IDLE, KEEPALIVE, LEAKS);

    /**
     * @param from the key that it stood under
     * @param differently what became of it, or null if it is as it was written
     */
    private record Given(
            HikariKey from, String value, @Nullable String differently) {}

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
        settings.put(name, new Given(key, value, null));
    }

    void minIdle(HikariKey key, String value) {
        // Below 0 is HikariCP's own word for "not set".
        if (number(key, value) >= 0) {
            set(key, MIN_IDLE, value.trim());
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
        put(
                key,
                name,
                fits,
                wanted.isZero() || fits.equals(wanted)
                        ? null
                        : key.key() + " of " + value.trim() + " ms is " + fits.toMillis() + " ms");
    }

    private void put(HikariKey key, String name, Duration duration, @Nullable String differently) {
        durations.put(name, duration);
        settings.put(name, new Given(key, duration.isZero() ? "0" : duration.toMillis() + "ms", differently));
    }

    private static long number(HikariKey key, String value) {
        try {
            return Long.parseLong(value.trim());
        } catch (NumberFormatException e) {
            throw refused(key, "is '" + value + "'; allowed: a whole number, of milliseconds where it is a time");
        }
    }

    // ------------------------------------------------------------------------------------------------ the whole

    /**
     * Gives both kinds of settings to a builder: HikariCP's as far as Lifebelt's own do not say it, and so that they can be
     * with what is in force then.
     */
    void applyTo(PoolBuilder builder, DatabaseUrl target, LifebeltSettings own) {
        settings.keySet().removeIf(own::has);
        settings.forEach((name, given) -> {
            if (!FITTED.contains(name)) {
                give(builder, name, given);
            }
        });
        own.applyTo(builder);
        fitTo(inForce(target, own));
        settings.forEach((name, given) -> {
            if (FITTED.contains(name)) {
                give(builder, name, given);
            }
        });
    }

    private static void give(PoolBuilder builder, String name, Given given) {
        try {
            builder.properties(one(name, given.value()));
        } catch (ConfigurationException e) {
            throw new ConfigurationException(e.code(), given.from().property() + ": " + e.detail(), e);
        }
    }

    /** The settings that others have to fit, from whoever has the last word on each; all else by default. */
    private PoolConfig inForce(DatabaseUrl target, LifebeltSettings own) {
        PoolBuilder builder = ConnectionPool.builder(
                        DatabaseUrl.builder(target.dialect()).build())
                .name("in-force"); // or the pool itself would not be the first of those without a name
        for (String name : List.of(MAX_SIZE, RECYCLE)) {
            Given given = settings.get(name);
            String value = own.has(name)
                    ? own.get(name)
                    : given == null ? target.settings().get(name) : given.value();
            if (value != null) {
                builder.properties(one(name, value));
            }
        }
        return builder.config();
    }

    private static Properties one(String name, String value) {
        Properties one = new Properties();
        one.setProperty(name, value);
        return one;
    }

    /** What HikariCP puts right by itself, and Lifebelt would refuse. */
    private void fitTo(PoolConfig inForce) {
        Given idle = settings.get(MIN_IDLE);
        if (idle != null && number(idle.from(), idle.value()) > inForce.maxSize()) {
            settings.put(
                    MIN_IDLE,
                    new Given(
                            idle.from(),
                            Integer.toString(inForce.maxSize()),
                            idle.from().key() + " of " + idle.value() + " is " + inForce.maxSize()
                                    + ", as the pool is no larger"));
        }
        Duration age = inForce.recycleAfter();
        if (age.isZero()) {
            return;
        }
        if (settings.containsKey(KEEPALIVE) && duration(KEEPALIVE).compareTo(age) >= 0) {
            put(
                    HikariKey.KEEPALIVE_TIME,
                    KEEPALIVE,
                    Duration.ZERO,
                    "keepalive-time is 0, as connections live for no longer than that");
        }
        if (settings.containsKey(LEAKS) && duration(LEAKS).compareTo(age) > 0) {
            put(
                    HikariKey.LEAK_DETECTION_THRESHOLD,
                    LEAKS,
                    age,
                    "leak-detection-threshold is " + age.toMillis() + " ms, as connections live for no longer");
        }
    }

    private Duration duration(String name) {
        return durations.getOrDefault(name, Duration.ZERO);
    }

    void differently(String what) {
        differently.add(what);
    }

    /** What is not as it was written, for a line of the log; empty if all is. */
    List<String> differently() {
        return Stream.concat(
                        settings.values().stream().map(Given::differently).filter(Objects::nonNull),
                        differently.stream())
                .toList();
    }

    static ConfigurationException refused(HikariKey key, String why) {
        return new ConfigurationException("INVALID_SETTING", key.property() + " " + why);
    }
}
