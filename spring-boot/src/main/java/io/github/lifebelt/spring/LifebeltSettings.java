package io.github.lifebelt.spring;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.PoolBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;

/** The pool's own settings, {@code lifebelt.*}, from wherever Boot has its properties. */
final class LifebeltSettings {
    static final String PREFIX = "lifebelt";
    static final String URL = PREFIX + ".url";
    static final String ENABLED = PREFIX + ".enabled";
    static final String OBSERVE = PREFIX + ".observe";

    /** All that a pool can be set to by text. */
    static final List<String> KEYS = List.of(
            "name",
            "max-size",
            "min-idle",
            "borrow-timeout",
            "connect-timeout",
            "unavailable-timeout",
            "unavailable-waiters",
            "dns-check",
            "recycle-after",
            "keepalive",
            "pre-ping",
            "ping-after-idle",
            "close-timeout",
            "hygiene",
            "leak-detection",
            "max-hold",
            "health-timeout",
            "health-cache",
            "stuck-after",
            "replicas",
            "surge",
            "auto-commit",
            "read-only",
            "isolation",
            "schema",
            "init-sql",
            "ssl-mode-as-given",
            "credentials");

    // Their names are anybody's: tests and tools say -Dlifebelt.testing.provider.
    private static final Set<String> OTHERS = Set.of(
            StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME,
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);

    private final Map<String, String> given;

    private LifebeltSettings(Map<String, String> given) {
        this.given = given;
    }

    /** Reads them by Boot's own rules for names. */
    static LifebeltSettings read(Environment environment) {
        Binder binder = Binder.get(environment);
        Map<String, String> given = new LinkedHashMap<>();
        KEYS.forEach(key -> binder.bind(PREFIX + "." + key, String.class).ifBound(value -> given.put(key, value)));
        unknown(environment).forEach(name -> given.put(name, ""));
        return new LifebeltSettings(given);
    }

    boolean has(String key) {
        return given.containsKey(key);
    }

    /** As it is written; null if it is not. */
    @Nullable
    String get(String key) {
        return given.get(key);
    }

    /** Gives what is set to a builder. An error names the property. */
    void applyTo(PoolBuilder builder) {
        given.forEach((key, value) -> {
            String name = PREFIX + "." + key;
            Properties one = new Properties();
            one.setProperty(name, value);
            try {
                builder.properties(one);
            } catch (ConfigurationException e) {
                String detail = e.detail();
                throw detail.contains(name) ? e : new ConfigurationException(e.code(), name + ": " + detail, e);
            }
        });
    }

    /** What is written with the prefix and is no setting: a slip of the pen that must not pass in silence. */
    private static Set<String> unknown(Environment environment) {
        Set<String> known = KEYS.stream().map(PropertyNames::uniform).collect(Collectors.toSet());
        known.addAll(Set.of("url", "enabled", "observe"));
        return PropertyNames.below(PREFIX, environment, source -> !OTHERS.contains(source))
                .filter(name -> !known.contains(PropertyNames.uniform(name)))
                .collect(Collectors.toSet());
    }
}
