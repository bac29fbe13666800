package io.github.lifebelt.spring;

import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReading;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/** Where an application's database is, from what Boot's properties, or else the platform's variables, say. */
final class PoolTarget {
    private static final String SPRING = "spring.datasource.";

    // Of Boot's own: embedded databases, and the driver that starts containers.
    private static final Pattern BOOTS = Pattern.compile("(?i)jdbc:(h2|hsqldb|derby|tc):.*", Pattern.DOTALL);

    private PoolTarget() {}

    /** What the application has written, but for a bean; null if it is to be looked for. */
    static @Nullable String written(Environment environment, @Nullable String hikariUrl) {
        String own = text(environment, LifebeltSettings.URL);
        if (own != null) {
            return own;
        }
        return hikariUrl == null ? text(environment, SPRING + "url") : hikariUrl;
    }

    /** Whether a URL is for a database of which Lifebelt has nothing to say, and Boot has. */
    static boolean isBoots(String url) {
        return BOOTS.matcher(url).matches();
    }

    /** The variables of the platform. */
    static UrlReading discovered(Environment environment) {
        Map<String, String> variables = new HashMap<>();
        if (environment instanceof ConfigurableEnvironment configurable) {
            configurable.getSystemEnvironment().forEach((name, value) -> variables.put(name, String.valueOf(value)));
        }
        return DatabaseUrl.readEnvironment(variables, null);
    }

    /** Reads it. What was read may be wrong; then {@link UrlReading#refusal()} says why. */
    static UrlReading read(Environment environment, HikariSettings hikari, @Nullable ServiceConnection service) {
        if (service != null) {
            return DatabaseUrl.read(service.jdbcUrl(), null);
        }
        String written = written(environment, hikari.url());
        return written == null ? discovered(environment) : DatabaseUrl.read(written, null);
    }

    /** With what stands beside it. Boot's user goes before that in the URL, as it does for its own pools. */
    static DatabaseUrl complete(
            DatabaseUrl text, Environment environment, HikariSettings hikari, @Nullable ServiceConnection service) {
        DatabaseUrl read = DriverParameters.added(text, hikari);
        DatabaseUrl.Builder url = read.toBuilder();
        if (service != null) {
            url.user(service.user() == null ? read.user() : service.user());
            url.password(service.password() == null ? read.credentials().secret() : service.password());
        } else if (written(environment, hikari.url()) != null) {
            String user = first(hikari.user(), text(environment, SPRING + "username"));
            String password = first(hikari.password(), text(environment, SPRING + "password"));
            boolean own = text(environment, LifebeltSettings.URL) != null;
            url.user(own ? first(read.user(), user) : first(user, read.user()));
            String there = read.credentials().secret();
            url.password(own ? first(there, password) : first(password, there));
        }
        String catalog = hikari.catalog();
        if (catalog != null && read.dialect().equals("mysql")) {
            url.database(catalog);
        } else if (catalog != null && !catalog.equals(read.database())) {
            hikari.differently("catalog is not used, as " + HikariKey.CATALOG.remark());
        }
        return url.build();
    }

    private static @Nullable String first(@Nullable String one, @Nullable String other) {
        return one == null ? other : one;
    }

    /** What is there and not empty. */
    static @Nullable String text(Environment environment, String property) {
        String value = environment.getProperty(property);
        return value == null || value.isBlank() ? null : value;
    }
}
