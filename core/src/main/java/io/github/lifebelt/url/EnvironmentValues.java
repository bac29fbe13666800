package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.EnvironmentFamily.Part;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is set of one family. Values of single variables are literal: nothing is decoded.
 *
 * @param family whose variables they are
 * @param prefix of all names, for example {@code PROD_}; empty for none
 * @param values what is set and not blank
 * @param all all variables, with the names after the prefix
 */
record EnvironmentValues(EnvironmentFamily family, String prefix, Map<Part, Value> values, Map<String, String> all) {

    /** A variable by the name under which it is set. */
    record Value(String variable, String text) {
        @Override
        public String toString() {
            return variable;
        }
    }

    /** Finds what is set, without what {@code isNoise} says is no value. */
    static EnvironmentValues of(EnvironmentFamily family, String prefix, Map<String, String> all, List<String> noise) {
        Map<Part, Value> values = new EnumMap<>(Part.class);
        family.names().forEach((part, names) -> {
            for (String name : names) {
                String text = all.get(name);
                if (text != null && !text.isBlank() && !noise.contains(name) && !values.containsKey(part)) {
                    values.put(part, new Value(prefix + name, text));
                }
            }
        });
        return new EnvironmentValues(family, prefix, values, all);
    }

    boolean leadsSomewhere() {
        return values.containsKey(Part.URL) || values.containsKey(Part.HOST);
    }

    boolean has(Part part) {
        return values.containsKey(part);
    }

    /** Names of the variables that count, for messages. */
    String shown() {
        Value url = values.get(Part.URL);
        return url != null && !hasOwnCredentials()
                ? url.variable()
                : values.values().stream().map(Value::variable).collect(Collectors.joining(", "));
    }

    private boolean hasOwnCredentials() {
        return has(Part.USER) || has(Part.PASSWORD);
    }

    private @Nullable String text(Part part) {
        Value value = values.get(part);
        return value == null ? null : value.text();
    }

    UrlReading read() {
        for (Value value : values.values()) {
            UrlReading.Diagnosis reference = Unresolved.reference(value.text());
            if (reference != null) {
                throw new ConfigurationException(
                        reference.code(), "environment variable " + value + ": " + reference.message());
            }
        }
        String url = text(Part.URL);
        return url == null ? separate() : withCredentials(DatabaseUrl.read(url, family.dialect()));
    }

    /** User and password beside a URL without them. Two that contradict each other are not chosen from. */
    private UrlReading withCredentials(UrlReading reading) {
        DatabaseUrl url = reading.url();
        if (url == null || !hasOwnCredentials()) {
            return reading;
        }
        refuseContradiction(url.user(), Part.USER);
        refuseContradiction(url.credentials().secret(), Part.PASSWORD);
        return reading.with(text(Part.USER), text(Part.PASSWORD));
    }

    private void refuseContradiction(@Nullable String inUrl, Part part) {
        Value beside = values.get(part);
        if (beside != null && inUrl != null && !inUrl.equals(beside.text())) {
            throw new ConfigurationException(
                    "CONTRADICTING_VARIABLES",
                    "the " + (part == Part.USER ? "user" : "password") + " in " + values.get(Part.URL)
                            + " is another than that in " + beside + ": remove one of them");
        }
    }

    private UrlReading separate() {
        String dialect = dialect();
        UrlReader reader = new UrlReader(dialect, dialect.equals(FamilyHints.MYSQL) ? "MySQL" : "PostgreSQL");
        addresses(reader);
        Map<Part, Consumer<String>> takers = Map.of(
                Part.DATABASE, reader::database,
                Part.USER, reader::user,
                Part.PASSWORD, reader::password,
                Part.SSL_ROOT_CERT, reader::sslRootCert,
                Part.OPTIONS, reader::options);
        takers.forEach((part, taker) -> {
            String text = text(part);
            if (text != null) {
                taker.accept(text);
            }
        });
        reader.sslMode(sslMode());
        if (family.name().equals("PG*")) {
            EnvironmentFamily.LIBPQ_PARAMETERS.forEach((variable, parameter) -> {
                String text = all.get(variable);
                if (text != null && !text.isBlank()) {
                    reader.parameter(parameter, text);
                }
            });
        }
        return reader.toReading();
    }

    private void addresses(UrlReader reader) {
        String hosts = String.valueOf(text(Part.HOST));
        String ports = text(Part.PORT);
        if (ports == null) {
            // No host name has a colon, and no IPv6 address has a single one.
            reader.addHosts(hosts, "");
        } else {
            reader.setHosts(Arrays.asList(hosts.split(",", -1)));
            reader.setPorts(Arrays.asList(ports.trim().split(",", -1)));
        }
    }

    private @Nullable SslMode sslMode() {
        Value value = values.get(Part.SSL_MODE);
        if (value == null) {
            String ssl = text(Part.SSL);
            return ssl == null || ssl.equalsIgnoreCase("false") || ssl.equals("0") ? null : SslMode.REQUIRE;
        }
        return switch (value.text().trim().toLowerCase(Locale.ROOT).replace('_', '-')) {
            case "disabled", "none" -> SslMode.DISABLE;
            case "preferred" -> SslMode.PREFER;
            case "required" -> SslMode.REQUIRE;
            case "verify-identity" -> SslMode.VERIFY_FULL;
            default -> {
                SslMode mode = SslMode.of(value.text().trim());
                if (mode == null) {
                    throw new ConfigurationException(
                            "INVALID_SSLMODE",
                            "environment variable " + value + " is none of disable, allow, prefer, require, verify-ca,"
                                    + " verify-full");
                }
                yield mode;
            }
        };
    }

    /** Which databases these are for: by the family's name, the engine's, the port, or because only one is there. */
    private String dialect() {
        if (family.dialect() != null) {
            return family.dialect();
        }
        Value engine = values.get(Part.ENGINE);
        if (engine != null) {
            return ofEngine(engine);
        }
        String port = text(Part.PORT);
        for (String found : Arrays.asList(
                FamilyHints.byPort(port == null ? servicePort() : port),
                FamilyHints.byHost(String.valueOf(text(Part.HOST))),
                FamilyHints.byPresence())) {
            if (found != null) {
                return found;
            }
        }
        throw new ConfigurationException(
                "DIALECT_AMBIGUOUS",
                "the environment variables " + shown() + " do not say what kind of database this is; set "
                        + (family.names().containsKey(Part.ENGINE)
                                ? prefix + family.names().get(Part.ENGINE).get(0) + "=postgresql (or mysql), or "
                                : "")
                        + "DATABASE_URL instead");
    }

    /** What Kubernetes sets is no port to connect to, and still says what listens there. */
    private String servicePort() {
        for (String name : family.names().getOrDefault(Part.PORT, List.of())) {
            String text = all.get(name);
            if (text != null && Environment.isKubernetes(name, text)) {
                return text.substring(text.lastIndexOf(':') + 1);
            }
        }
        return "";
    }

    private static String ofEngine(Value engine) {
        String text = engine.text().toLowerCase(Locale.ROOT);
        if (text.contains("postg") || text.contains("pgsql")) {
            return FamilyHints.POSTGRES;
        }
        if (text.contains("mysql") || text.contains("mariadb")) {
            return FamilyHints.MYSQL;
        }
        throw new ConfigurationException(
                "UNSUPPORTED_DIALECT",
                "environment variable " + engine + " names a database that Lifebelt has no dialect for; known are"
                        + " postgresql and mysql");
    }
}
