package io.github.lifebelt.internal.config;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;

/** Finds the dialects on the class or module path. */
public final class Dialects {

    private static final String POSTGRES = "io.github.lifebelt:lifebelt-postgres (same version as lifebelt-core)";
    // Whoever adds the dialect alone would be told of the missing driver only when the dialect is loaded.
    private static final String MYSQL = "io.github.lifebelt:lifebelt-mysql (same version as lifebelt-core), and with it"
            + " MySQL Connector/J, com.mysql:mysql-connector-j, which it does not bring";

    private static final Map<String, String> KNOWN_ARTIFACTS = Map.of(
            "postgresql:", POSTGRES,
            "postgres:", POSTGRES,
            "jdbc:postgresql:", POSTGRES,
            "mysql:", MYSQL,
            "mariadb:", MYSQL,
            "jdbc:mysql:", MYSQL);

    private Dialects() {}

    /**
     * The dialect that reads a URL.
     *
     * @param url any text
     * @return the dialect
     * @throws ConfigurationException if there is none; the text itself is not repeated, it may hold a secret
     */
    public static Dialect forUrl(String url) {
        if (url.isBlank()) {
            throw new ConfigurationException(
                    "URL_MISSING",
                    "the database URL is empty; expected for example " + "postgresql://user@host/database");
        }
        Map<String, Dialect> bySchema = new LinkedHashMap<>();
        for (Dialect dialect : load()) {
            dialect.schemes().forEach(scheme -> bySchema.putIfAbsent(scheme, dialect));
        }
        String start = url.substring(0, Math.min(url.length(), 64)).toLowerCase(Locale.ROOT);
        for (Map.Entry<String, Dialect> entry : bySchema.entrySet()) {
            if (start.startsWith(entry.getKey())) {
                return usable(entry.getValue());
            }
        }
        for (Map.Entry<String, String> known : KNOWN_ARTIFACTS.entrySet()) {
            if (start.startsWith(known.getKey())) {
                throw missing(known.getKey(), known.getValue());
            }
        }
        throw new ConfigurationException(
                "UNKNOWN_SCHEME",
                "the database URL begins with " + schemeOf(url) + "; known here: "
                        + (bySchema.isEmpty()
                                ? "nothing, because no dialect is on the class path: add"
                                        + " io.github.lifebelt:lifebelt-postgres"
                                : String.join(" ", new TreeSet<>(bySchema.keySet()))));
    }

    /**
     * The dialect of a family.
     *
     * @param name its name
     * @return the dialect
     */
    public static Dialect named(String name) {
        for (Dialect dialect : load()) {
            if (dialect.name().equals(name)) {
                return usable(dialect);
            }
        }
        String artifact = KNOWN_ARTIFACTS.getOrDefault(
                name + ":", "the Lifebelt dialect of that database (same version as lifebelt-core)");
        throw missing(name, artifact);
    }

    /**
     * The families that are present.
     *
     * @return their names
     */
    public static List<String> names() {
        return load().stream().map(Dialect::name).toList();
    }

    private static ConfigurationException missing(String what, String artifact) {
        return new ConfigurationException(
                "DIALECT_MISSING",
                "no dialect for '" + what + "' is on the class path: add the dependency " + artifact);
    }

    private static List<Dialect> load() {
        // The context class loader sees the application's jars in containers where core itself sits higher up.
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        List<Dialect> found = collect(context == null ? Dialects.class.getClassLoader() : context);
        return found.isEmpty() ? collect(Dialects.class.getClassLoader()) : found;
    }

    private static List<Dialect> collect(ClassLoader loader) {
        List<Dialect> found = new ArrayList<>();
        try {
            ServiceLoader.load(Dialect.class, loader).forEach(found::add);
        } catch (ServiceConfigurationError | NoClassDefFoundError e) {
            throw unusable("a dialect", e);
        }
        return found;
    }

    /**
     * The dialect, if its driver is there. It is loaded without, so that one whose driver nobody has brought does not keep
     * others from being used; so it shows now what it can, rather than fail in the middle of something.
     */
    private static Dialect usable(Dialect dialect) {
        try {
            dialect.driverProperties(DatabaseUrl.builder(dialect.name()).build());
            dialect.workProblem(new SQLException("is this one of the driver's?"));
            return dialect;
        } catch (RuntimeException e) {
            // It was loaded. What it has against a URL without a host it will say of a real one, if at all.
            return dialect;
        } catch (LinkageError e) {
            throw unusable("the dialect of '" + dialect.name() + "'", e);
        }
    }

    private static ConfigurationException unusable(String which, Throwable cause) {
        return new ConfigurationException(
                "DIALECT_UNUSABLE",
                which + " is on the class path but cannot be loaded: " + cause.getMessage()
                        + "; usually its JDBC driver is missing (org.postgresql:postgresql, com.mysql:mysql-connector-j),"
                        + " or the Lifebelt jars are of different versions",
                cause);
    }

    private static String schemeOf(String url) {
        int colon = url.indexOf(':');
        String scheme = colon < 0 ? "" : url.substring(0, colon);
        return scheme.matches("[A-Za-z][A-Za-z0-9+.-]{0,20}")
                ? "'" + scheme + ":'"
                : "something that is no scheme (" + url.length() + " characters, not shown)";
    }
}
