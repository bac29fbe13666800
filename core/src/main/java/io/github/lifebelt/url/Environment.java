package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.EnvironmentFamily.Part;
import io.github.lifebelt.url.UrlReading.Diagnosis;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the database among the environment's variables: the first family that leads somewhere, in the order of {@link
 * #families}, and of no other family anything.
 */
final class Environment {

    private static final String SWITCH = "ENVIRONMENT";

    /** Prefixes of the variables for each of the switch's values; the unprefixed ones are development's. */
    private static final Map<String, List<String>> STAGES = Map.of(
            "production", List.of("PROD_", "PRODUCTION_"),
            "prod", List.of("PROD_", "PRODUCTION_"),
            "staging", List.of("STAGING_", "STAGE_"),
            "stage", List.of("STAGING_", "STAGE_"),
            "development", List.of("DEV_", "DEVELOPMENT_", ""),
            "dev", List.of("DEV_", "DEVELOPMENT_", ""),
            "local", List.of("LOCAL_", "DEV_", ""),
            "test", List.of("TEST_", "TESTING_", ""),
            "testing", List.of("TEST_", "TESTING_", ""));

    private static final List<String> ALL_PREFIXES =
            List.of("PROD_", "PRODUCTION_", "STAGING_", "STAGE_", "DEV_", "DEVELOPMENT_");

    private static final String CUSTOM = "CUSTOMCONNSTR_";

    /** App Service's prefixes, by kind. A "custom" one may be anything, also no database. */
    private static final Map<String, @Nullable String> APP_SERVICE = appService();

    private static final Pattern HEROKU_COLOR = Pattern.compile("HEROKU_POSTGRESQL_[A-Z]+_URL");

    // What Kubernetes sets in every pod for a service that happens to be called "db".
    private static final Pattern KUBERNETES = Pattern.compile("(tcp|udp|sctp)://\\S+");

    private final Map<String, String> variables;
    private final @Nullable String hint;

    private Environment(Map<String, String> variables, @Nullable String hint) {
        this.variables = variables;
        this.hint = hint;
    }

    /** The hint says what the database is, where the variables do not. */
    static UrlReading read(Map<String, String> variables, @Nullable String hint) {
        try {
            return new Environment(variables, hint).read();
        } catch (ConfigurationException e) {
            return UrlReading.refused(e);
        }
    }

    private static Map<String, @Nullable String> appService() {
        Map<String, @Nullable String> kinds = new HashMap<>();
        kinds.put("POSTGRESQLCONNSTR_", FamilyHints.POSTGRES);
        kinds.put("MYSQLCONNSTR_", FamilyHints.MYSQL);
        kinds.put(CUSTOM, null);
        return kinds;
    }

    private UrlReading read() {
        String stage = variables.get(SWITCH);
        if (stage == null || stage.isBlank()) {
            return choose(unprefixed());
        }
        String name = stage.trim().toLowerCase(Locale.ROOT);
        List<String> prefixes =
                STAGES.getOrDefault(name, List.of(name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_") + "_"));
        for (String prefix : prefixes) {
            List<EnvironmentValues> found = found(prefix);
            if (!prefix.isEmpty() && found.stream().anyMatch(EnvironmentValues::leadsSomewhere)) {
                return choose(found);
            }
        }
        List<String> others = ALL_PREFIXES.stream()
                .flatMap(prefix -> found(prefix).stream())
                .filter(EnvironmentValues::leadsSomewhere)
                .map(EnvironmentValues::shown)
                .toList();
        // Who has a database for each stage would find this stage's data in another's.
        if (!prefixes.contains("") && !others.isEmpty()) {
            throw new ConfigurationException(
                    "STAGE_NOT_SET",
                    SWITCH + " is '" + shortened(name) + "', but " + prefixes.get(0)
                            + "DATABASE_URL is not set (there is " + String.join(", ", others)
                            + "); set it, or another " + SWITCH);
        }
        return choose(unprefixed());
    }

    private static String shortened(String name) {
        return name.matches("[a-z0-9_-]{1,20}") ? name : "(not shown)";
    }

    private List<EnvironmentValues> unprefixed() {
        List<EnvironmentValues> found = found("");
        boolean lost = found.stream().noneMatch(EnvironmentValues::leadsSomewhere);
        if (lost && variables.get(SWITCH) == null) {
            for (String prefix : ALL_PREFIXES) {
                for (EnvironmentValues values : found(prefix)) {
                    if (values.leadsSomewhere()) {
                        throw new ConfigurationException(
                                "STAGE_NOT_SET",
                                values.shown() + " is set, but the environment variable " + SWITCH
                                        + " that chooses among such (production, staging, development) is not");
                    }
                }
            }
        }
        return found;
    }

    /** What is set of each family, in the order of preference. */
    private List<EnvironmentValues> found(String prefix) {
        Map<String, String> view = new TreeMap<>();
        variables.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                view.put(name.substring(prefix.length()), value);
            }
        });
        List<String> noise = kubernetes(view);
        List<EnvironmentValues> found = new ArrayList<>();
        for (EnvironmentFamily family : families(view)) {
            EnvironmentValues values = EnvironmentValues.of(family.orElse(hint), prefix, view, noise);
            if (!values.values().isEmpty()) {
                found.add(values);
            }
        }
        return found;
    }

    private static List<EnvironmentFamily> families(Map<String, String> view) {
        List<EnvironmentFamily> all = new ArrayList<>();
        List<EnvironmentFamily> last = new ArrayList<>();
        for (EnvironmentFamily family : EnvironmentFamily.KNOWN) {
            all.add(family);
            if (family.name().equals("SPRING_DATASOURCE_*")) {
                view.keySet()
                        .forEach(variable -> APP_SERVICE.forEach((prefix, dialect) -> {
                            if (variable.regionMatches(true, 0, prefix, 0, prefix.length())
                                    && (dialect != null || isForDatabase(view.get(variable)))) {
                                all.add(EnvironmentFamily.url(variable, dialect));
                            }
                        }));
            }
        }
        view.keySet().stream()
                .filter(variable -> HEROKU_COLOR.matcher(variable).matches())
                .forEach(variable -> last.add(EnvironmentFamily.url(variable, FamilyHints.POSTGRES)));
        all.addAll(last);
        return all;
    }

    private static boolean isForDatabase(@Nullable String text) {
        return text != null && DatabaseUrl.read(text, null).strict() != null;
    }

    private static List<String> kubernetes(Map<String, String> view) {
        return view.entrySet().stream()
                .filter(entry -> isKubernetes(entry.getKey(), entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Whether a variable holds what Kubernetes sets for a service of that name. */
    static boolean isKubernetes(String name, String value) {
        return name.endsWith("_PORT") && KUBERNETES.matcher(value.trim()).matches();
    }

    private UrlReading choose(List<EnvironmentValues> found) {
        EnvironmentValues winner = found.stream()
                .filter(EnvironmentValues::leadsSomewhere)
                .findFirst()
                .orElseThrow(() -> nothing(found));
        List<EnvironmentValues> others =
                found.stream().filter(values -> !values.equals(winner)).toList();
        refuseRivals(winner, others);
        UrlReading reading = named(winner);
        refuseMixture(winner, reading, others);
        List<Diagnosis> notes = new ArrayList<>();
        List<String> noise = kubernetes(new TreeMap<>(variables));
        if (!noise.isEmpty()) {
            notes.add(
                    new Diagnosis(
                            "KUBERNETES_VARIABLE",
                            String.join(", ", noise)
                                    + " holds an address of a Kubernetes service, not a port, and is ignored:"
                                    + " Kubernetes sets it for every service of such a name (enableServiceLinks: false stops that)"));
        }
        return reading.from(source(winner, others), notes);
    }

    private static UrlReading named(EnvironmentValues winner) {
        try {
            return winner.read().refusedIn("in " + winner.shown());
        } catch (ConfigurationException e) {
            return UrlReading.refused(e);
        }
    }

    private static String source(EnvironmentValues winner, List<EnvironmentValues> others) {
        String unused = others.stream()
                .filter(EnvironmentValues::leadsSomewhere)
                .map(EnvironmentValues::shown)
                .collect(Collectors.joining(", "));
        return "environment: " + winner.shown() + (unused.isEmpty() ? "" : " (not used: " + unused + ")");
    }

    /** Several databases side by side, none of which comes before the other. */
    private static void refuseRivals(EnvironmentValues winner, List<EnvironmentValues> others) {
        String kind = rank(winner);
        String rivals = others.stream()
                .filter(other -> other.leadsSomewhere() && kind != null && kind.equals(rank(other)))
                .filter(other -> !other.values().equals(winner.values()))
                .map(EnvironmentValues::shown)
                .collect(Collectors.joining(", "));
        if (!rivals.isEmpty()) {
            throw new ConfigurationException(
                    "SEVERAL_DATABASES",
                    "the environment has several databases, and none comes before the other: " + winner.shown()
                            + " and " + rivals + "; say which with DATABASE_URL, or open the pool with the URL of one");
        }
    }

    private static @Nullable String rank(EnvironmentValues values) {
        String name = values.family().name();
        for (String prefix : APP_SERVICE.keySet()) {
            if (name.regionMatches(true, 0, prefix, 0, prefix.length())) {
                return "connection strings";
            }
        }
        return switch (name) {
            case "AZURE_POSTGRESQL_*", "AZURE_MYSQL_*" -> "service connector";
            case "PG*", "POSTGRES_*", "MYSQL_*" -> values.has(Part.URL) ? "urls" : "clients";
            default -> HEROKU_COLOR.matcher(name).matches() ? "add-ons" : null;
        };
    }

    /** A password of its own family without a host of its own was meant for somebody else's host: most likely this one. */
    private static void refuseMixture(EnvironmentValues winner, UrlReading reading, List<EnvironmentValues> others) {
        if (winner.has(Part.PASSWORD) || winner.has(Part.CLIENT_ID)) {
            return;
        }
        if (winner.has(Part.URL)
                && (reading.url() == null || reading.url().credentials().secret() != null)) {
            return;
        }
        for (EnvironmentValues other : others) {
            if (!other.leadsSomewhere() && other.has(Part.PASSWORD) && !isOther(winner, reading, other)) {
                throw new ConfigurationException(
                        "MIXED_VARIABLES",
                        "the database is named by " + winner.shown() + ", which has no password, and "
                                + other.values().get(Part.PASSWORD) + " is of another family ("
                                + other.family().name()
                                + "): values of two families are not mixed; put all into one, or remove the other");
            }
        }
    }

    /** Whether it is for another kind of database, so that nobody can have meant it. */
    private static boolean isOther(EnvironmentValues winner, UrlReading reading, EnvironmentValues other) {
        String dialect = winner.has(Part.URL) && reading.url() != null
                ? reading.url().dialect()
                : winner.family().dialect();
        return dialect != null
                && other.family().dialect() != null
                && !dialect.equals(other.family().dialect());
    }

    private ConfigurationException nothing(List<EnvironmentValues> found) {
        for (String name : List.of("JDBC_DATABASE_URL", "DATABASE_URL", "SPRING_DATASOURCE_URL")) {
            String text = variables.get(name);
            if (text != null && text.isBlank()) {
                return new ConfigurationException(
                        "EMPTY_VALUE",
                        "the environment variable " + name + " is set, but empty: is the variable that it was to be"
                                + " filled from not set?");
            }
        }
        // Left out above, since it may be for anything; but now it is the best guess, and what is wrong with it the
        // best answer.
        for (Map.Entry<String, String> custom : new TreeMap<>(variables).entrySet()) {
            if (custom.getKey().startsWith(CUSTOM)) {
                ConfigurationException why = DatabaseUrl.read(custom.getValue(), hint)
                        .refusedIn("in " + custom.getKey())
                        .refusal();
                if (why != null) {
                    return why;
                }
            }
        }
        if (!found.isEmpty()) {
            return new ConfigurationException(
                    "HOST_MISSING",
                    "the environment has "
                            + found.stream().map(EnvironmentValues::shown).collect(Collectors.joining(", "))
                            + ", but no host: set "
                            + found.get(0)
                                    .family()
                                    .names()
                                    .getOrDefault(Part.HOST, List.of("DATABASE_URL"))
                                    .get(0));
        }
        return new ConfigurationException(
                "URL_MISSING",
                "no environment variable names a database; looked for: DATABASE_URL"
                        + " (for example postgresql://user@host/database), JDBC_DATABASE_URL, SPRING_DATASOURCE_URL,"
                        + " POSTGRESQLCONNSTR_*, MYSQLCONNSTR_*, CUSTOMCONNSTR_*, AZURE_POSTGRESQL_*, AZURE_MYSQL_*,"
                        + " DJANGO_DATABASE_HOST, DB_HOST, PGHOST, POSTGRES_HOST, MYSQL_HOST");
    }
}
