package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.internal.config.Dialects;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.url.UrlReader.Format;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells the format of a connection string, and who reads it. */
final class Formats {

    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9_.+-]*)://.*", Pattern.DOTALL);
    private static final Pattern GO = Pattern.compile(
            "(?:.*@)?(?:tcp[46]?|unix|cloudsql|mysql)\\(.*\\).*|[^=;\\s]*@/.*",
            Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
    private static final Pattern FIRST_KEY =
            Pattern.compile("[\\s;]*([A-Za-z][A-Za-z0-9_ -]*?)\\s*=.*", Pattern.DOTALL);
    private static final Pattern TWO_PAIRS = Pattern.compile(
            "\\s*\\w+\\s*=\\s*(?:'[^'\\\\]*+(?:\\\\.[^'\\\\]*+)*+'|[^\\s;]*)\\s+\\w+\\s*=.*", Pattern.DOTALL);
    private static final Pattern ONE_WORD_KEY = Pattern.compile("\\s*\\w+(?:\\s*=.*|\\s+.*=.*)", Pattern.DOTALL);

    // What people connect to elsewhere, by scheme.
    private static final Set<String> OTHERS = Set.of(
            "mssql",
            "sqlserver",
            "oracle",
            "sqlite",
            "sqlite3",
            "snowflake",
            "bigquery",
            "mongodb",
            "mongodb+srv",
            "redis",
            "rediss",
            "db2",
            "firebird",
            "access",
            "sybase",
            "cockroachdb",
            "clickhouse",
            "duckdb",
            "hive",
            "presto",
            "trino",
            "databricks",
            "amqp",
            "amqps",
            "h2",
            "derby",
            "hsqldb",
            "informix-sqli",
            "jtds",
            "file",
            "spatialite",
            "hdbcli",
            "oracledb",
            "mssqlms",
            "postgres+srv");
    private static final Set<String> SQL_SERVER_KEYS = Set.of(
            "integrated security", "trusted_connection", "multipleactiveresultsets", "encrypt", "attachdbfilename");

    /** A text whose format is known. */
    record Known(Format format, Dialect dialect) {}

    private Formats() {}

    static Known of(String text, @Nullable String family) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("jdbc:")) {
            String other = lower.substring(5).split("[:/]", 2)[0];
            if (OTHERS.contains(other)) {
                throw unsupported(other);
            }
            return new Known(Format.URL, Dialects.forUrl(text));
        }
        if (GO.matcher(text).matches() && !SCHEME.matcher(text).matches()) {
            return new Known(Format.GO_DSN, Dialects.named("mysql"));
        }
        Matcher scheme = SCHEME.matcher(text);
        if (scheme.matches()) {
            return byScheme(text, scheme.group(1).toLowerCase(Locale.ROOT));
        }
        if (lower.startsWith("sqlite:")) {
            throw unsupported("sqlite");
        }
        Matcher key = FIRST_KEY.matcher(text);
        if (key.matches() && text.indexOf(';') >= 0 && !TWO_PAIRS.matcher(text).matches()) {
            return new Known(Format.ADO_NET, Dialects.named(AdoNetFamily.of(text, family)));
        }
        if (ONE_WORD_KEY.matcher(text).matches() || (key.matches() && text.indexOf(';') < 0)) {
            boolean oneAdoPair = key.matches() && !TWO_PAIRS.matcher(text).matches() && isAdoNet(key.group(1));
            if (oneAdoPair || "mysql".equals(family)) {
                return new Known(Format.ADO_NET, Dialects.named(AdoNetFamily.of(text, family)));
            }
            return new Known(Format.KEY_VALUE, Dialects.named("postgresql"));
        }
        return new Known(Format.URL, Dialects.forUrl(text));
    }

    private static boolean isAdoNet(String key) {
        return List.of("server", "data source", "datasource", "initial catalog", "user id", "uid")
                .contains(key.toLowerCase(Locale.ROOT));
    }

    private static Known byScheme(String text, String scheme) {
        int plus = scheme.indexOf('+');
        String base = plus < 0 ? scheme : scheme.substring(0, plus);
        if (OTHERS.contains(scheme) || (plus >= 0 && OTHERS.contains(base))) {
            throw unsupported(base);
        }
        if (plus >= 0) {
            return switch (base) {
                case "postgresql" -> new Known(Format.SQLALCHEMY, Dialects.named("postgresql"));
                case "mysql", "mariadb" -> new Known(Format.SQLALCHEMY, Dialects.named("mysql"));
                // SQLAlchemy knows no dialect of this name since 1.4.
                case "postgres" -> throw unsupported(base);
                default -> throw unknown(base);
            };
        }
        return new Known(Format.URL, Dialects.forUrl(text));
    }

    /** Refuses what only SQL Server's strings have. */
    static void refuseSqlServer(Set<String> keys, String host) {
        if (keys.stream().anyMatch(SQL_SERVER_KEYS::contains) || host.contains(".database.windows.net")) {
            throw unsupported("mssql");
        }
    }

    private static ConfigurationException unsupported(String name) {
        return new ConfigurationException(
                "UNSUPPORTED_DIALECT",
                "the connection string is for '" + name + "'; Lifebelt connects to PostgreSQL, MySQL and MariaDB"
                        + (name.equals("postgres") ? ": for SQLAlchemy write postgresql+driver://" : ""));
    }

    private static ConfigurationException unknown(String name) {
        return new ConfigurationException(
                "UNKNOWN_SCHEME",
                "the connection string begins with '" + name + "+', and no database of that name is known");
    }
}
