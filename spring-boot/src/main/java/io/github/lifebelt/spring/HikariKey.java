package io.github.lifebelt.spring;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * What becomes of each property {@code spring.datasource.hikari.*}. The one place that knows; the table in
 * {@code docs/spring-boot.md} is this one.
 */
enum HikariKey {
    JDBC_URL("the URL", "goes before `spring.datasource.url`, as it does in Boot", HikariSettings::url),
    USERNAME("the user", "goes before `spring.datasource.username`", HikariSettings::user),
    PASSWORD("the password", "goes before `spring.datasource.password`", HikariSettings::password),
    MAXIMUM_POOL_SIZE("`max-size`", "5 by default, not 10", setting("max-size")),
    MINIMUM_IDLE("`min-idle`", "0 by default, not all; at most the size of the pool", HikariSettings::minIdle),
    CONNECTION_TIMEOUT(
            "`borrow-timeout`",
            "covers checking and connecting too; 0 is a day",
            millis("borrow-timeout", Duration.ofDays(1), Duration.ofMillis(1), Duration.ofDays(1))),
    MAX_LIFETIME(
            "`recycle-after`",
            "at least 30 s, or 0 for never",
            millis("recycle-after", Duration.ZERO, Duration.ofSeconds(30), Duration.ofDays(365))),
    KEEPALIVE_TIME(
            "`keepalive`",
            "at least 30 s, or 0 for none; none if connections do not live that long",
            millis("keepalive", Duration.ZERO, Duration.ofSeconds(30), Duration.ofDays(365))),
    LEAK_DETECTION_THRESHOLD(
            "`leak-detection`",
            "at least 2 s, or 0 for none; at most `recycle-after`",
            millis("leak-detection", Duration.ZERO, Duration.ofSeconds(2), Duration.ofDays(365))),
    POOL_NAME("`name`", "", setting("name")),
    AUTO_COMMIT("`auto-commit`", "", setting("auto-commit")),
    READ_ONLY("`read-only`", "", setting("read-only")),
    TRANSACTION_ISOLATION("`isolation`", "by name or number", HikariSettings::isolation),
    SCHEMA("`schema`", "", setting("schema")),
    CONNECTION_INIT_SQL("`init-sql`", "", setting("init-sql")),
    CATALOG("the database", "on MySQL; a PostgreSQL session cannot change it", HikariSettings::catalog),
    DATA_SOURCE_PROPERTIES(
            "parameters of the URL", "for the driver; what the URL has itself stays", HikariSettings::nothing),
    DRIVER_CLASS_NAME("not used", "the URL says which driver it is", HikariSettings::driver),
    IDLE_TIMEOUT("not used", "connections end by `recycle-after`, not by idleness", null),
    CONNECTION_TEST_QUERY("not used", "connections are checked by their socket and the driver's own ping", null),
    VALIDATION_TIMEOUT("not used", "a check takes its time from `borrow-timeout`", null),
    INITIALIZATION_FAIL_TIMEOUT(
            "not used", "opening a pool does not connect; `ConnectionPool.awaitReady` waits for a database", null),
    ISOLATE_INTERNAL_QUERIES("not used", "checks are no part of anybody's transaction", null),
    ALLOW_POOL_SUSPENSION("not used", "while the database is down the pool waits by itself", null),
    REGISTER_MBEANS("not used", "figures are meters of Micrometer and `/actuator/health`", null),
    METRIC_REGISTRY("not used", "the pool's meters are bound without it", null),
    METRICS_TRACKER_FACTORY("not used", "the pool's meters are bound without it", null),
    HEALTH_CHECK_REGISTRY("not used", "`/actuator/health` asks the pool", null),
    HEALTH_CHECK_PROPERTIES("not used", "`/actuator/health` asks the pool", HikariSettings::nothing),
    EXCEPTION_OVERRIDE(
            "not used", "`PoolBuilder.failureClassifier` in a `LifebeltPoolCustomizer` judges failures", null),
    EXCEPTION_OVERRIDE_CLASS_NAME(
            "not used", "`PoolBuilder.failureClassifier` in a `LifebeltPoolCustomizer` judges failures", null),
    SCHEDULED_EXECUTOR("not used", "the pool has its own threads", null),
    THREAD_FACTORY("not used", "the pool has its own threads", null),
    CREDENTIALS("refused", "write username and password, or define a bean `CredentialsProvider`", HikariKey::refuse),
    CREDENTIALS_PROVIDER("refused", "define a bean `CredentialsProvider` of Lifebelt's", HikariKey::refuse),
    CREDENTIALS_PROVIDER_CLASS_NAME("refused", "define a bean `CredentialsProvider` of Lifebelt's", HikariKey::refuse),
    DATA_SOURCE("refused", "write `spring.datasource.url`: Lifebelt connects by the driver", HikariKey::refuse),
    DATA_SOURCE_CLASS_NAME(
            "refused", "write `spring.datasource.url`: Lifebelt connects by the driver", HikariKey::refuse),
    DATA_SOURCE_JNDI("refused", "write `spring.datasource.jndi-name`, which is Boot's, or a URL", HikariKey::refuse);

    /** Takes a value over. */
    @FunctionalInterface
    interface Step {
        void take(HikariSettings settings, HikariKey key, String value);
    }

    private static final Map<String, Set<String>> DRIVERS = Map.of(
            "postgresql", Set.of("org.postgresql.Driver"),
            "mysql", Set.of("com.mysql.cj.jdbc.Driver", "com.mysql.jdbc.Driver"));

    private static final Set<HikariKey> MAPS = Set.of(DATA_SOURCE_PROPERTIES, HEALTH_CHECK_PROPERTIES);

    private final String becomes;
    private final String remark;

    @SuppressWarnings("ImmutableEnumChecker") // steps keep nothing
    private final @Nullable Step step;

    HikariKey(String becomes, String remark, @Nullable Step step) {
        this.becomes = becomes;
        this.remark = remark;
        this.step = step;
    }

    /** As it stands below {@code spring.datasource.hikari}. */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String property() {
        return HikariSettings.PREFIX + "." + key();
    }

    /** What it is for Lifebelt. */
    String becomes() {
        return becomes;
    }

    String remark() {
        return remark;
    }

    void take(HikariSettings settings, String value) {
        if (step != null) {
            step.take(settings, this, value);
        } else if (!"false".equalsIgnoreCase(value.trim())) {
            settings.differently(key() + " is not used, as " + remark);
        }
    }

    /** Whether a driver is the one that is used anyway for a dialect, or null for any dialect. */
    static boolean isDriver(@Nullable String dialect, String name) {
        return DRIVERS.entrySet().stream()
                .anyMatch(one -> (dialect == null || one.getKey().equals(dialect))
                        && one.getValue().contains(name.trim()));
    }

    /** What is written and would be nothing to HikariCP either, and in Boot is passed over. */
    static List<String> unknown(Environment environment) {
        return PropertyNames.below(HikariSettings.PREFIX, environment, source -> true)
                .filter(name -> Arrays.stream(values()).noneMatch(key -> key.isWrittenAs(PropertyNames.uniform(name))))
                .sorted()
                .toList();
    }

    private boolean isWrittenAs(String uniform) {
        String own = PropertyNames.uniform(key());
        return MAPS.contains(this) ? uniform.startsWith(own) : uniform.equals(own);
    }

    private static Step setting(String name) {
        return (settings, key, value) -> settings.set(key, name, value);
    }

    private static Step millis(String name, Duration zero, Duration min, Duration max) {
        return (settings, key, value) -> settings.millis(key, name, value, zero, min, max);
    }

    private static void refuse(HikariSettings settings, HikariKey key, String value) {
        throw HikariSettings.refused(key, "cannot be taken over: " + key.remark.replace("`", ""));
    }
}
