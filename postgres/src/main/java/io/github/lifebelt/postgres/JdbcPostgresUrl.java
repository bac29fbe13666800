package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * pgjdbc's URLs, read as pgjdbc reads them.
 *
 * <pre>{@code
 * jdbc:postgresql:[//host[:port][,host[:port]...]/][database][?property=value[&...]]
 * }</pre>
 *
 * <p>Follows {@code Driver.parseURL} of pgjdbc 42.7: no user in front of the host; the {@code /} after the host must be
 * there and must be the only one; names and values by the rules of HTML forms ({@code +} is a space); the driver's
 * defaults for host and port are filled in; a bare {@code ssl} means {@code verify-full}; the last of two wins. Names
 * that the driver does not know are kept here: {@link DriverSettings} translates libpq's and refuses the rest, which the
 * driver would ignore.
 */
final class JdbcPostgresUrl {

    static final String SCHEME = "jdbc:postgresql:";
    static final String MISSPELT_SCHEME = "jdbc:postgres:";

    private static final String DEFAULT_HOST = "localhost";
    private static final String DEFAULT_PORT = "5432";
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private final UrlReader parts = LibpqParameters.reader();
    private List<String> hosts = new ArrayList<>();
    private List<String> ports = new ArrayList<>();
    private boolean sslGiven;
    private boolean databaseMissing = true;
    private @Nullable String user;

    private JdbcPostgresUrl() {}

    static UrlReading read(String url) {
        if (!url.startsWith(SCHEME)) {
            throw new ConfigurationException(
                    url.startsWith(MISSPELT_SCHEME) ? "WRONG_SCHEME" : "UNRECOGNISED_FORMAT",
                    "a JDBC URL for PostgreSQL begins with " + SCHEME + " in lower case");
        }
        return new JdbcPostgresUrl().readRest(url.substring(SCHEME.length()));
    }

    private UrlReading readRest(String rest) {
        int question = rest.indexOf('?');
        String server = question < 0 ? rest : rest.substring(0, question);
        if (server.equals("//") || server.equals("///")) {
            addHost(DEFAULT_HOST, DEFAULT_PORT);
        } else if (server.startsWith("//")) {
            authority(server.substring(2));
        } else {
            if (server.startsWith("/")) {
                throw new ConfigurationException(
                        "UNRECOGNISED_FORMAT",
                        "before the host of a JDBC URL stand two slashes, and before a database none");
            }
            addHost(DEFAULT_HOST, DEFAULT_PORT);
            database(server);
        }
        if (question >= 0) {
            query(rest.substring(question + 1));
        }
        addresses();
        if (sslGiven && !parts.hasSslMode()) {
            parts.sslMode(SslMode.VERIFY_FULL);
        }
        if (databaseMissing && user != null) {
            parts.database(user);
            parts.note("DATABASE_MISSING", "no database is named; the driver takes one by the user's name");
        }
        return parts.toReading();
    }

    private void addHost(String name, String port) {
        hosts.add(name);
        ports.add(port);
    }

    /** The driver looks at them as soon as it has read them. */
    private void addresses() {
        if (hosts.isEmpty()) {
            throw new ConfigurationException("HOST_INVALID", "there are commas where the hosts were to be");
        }
        if (hosts.size() != ports.size()) {
            throw new ConfigurationException(
                    "PORT_COUNT_MISMATCH",
                    ports.size() + " ports for " + hosts.size() + " hosts: pgjdbc wants one for each");
        }
        ports.forEach(JdbcPostgresUrl::requirePort);
        parts.setHosts(hosts);
        parts.setPorts(ports);
    }

    private static void requirePort(String port) {
        if (!NUMBER.matcher(port).matches()) {
            throw new ConfigurationException("PORT_NOT_NUMERIC", "the port of a host is not a number");
        }
        if (port.length() > 5 || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535) {
            throw new ConfigurationException("PORT_OUT_OF_RANGE", "the port of the host is not 1 to 65535");
        }
    }

    private void database(String raw) {
        if (!raw.isEmpty()) {
            databaseMissing = false;
            parts.database(parts.decodeForm(raw, "database"));
        }
    }

    private void authority(String server) {
        int slash = server.indexOf('/');
        if (slash < 0) {
            throw new ConfigurationException(
                    "JDBC_MISSING_DATABASE_SLASH",
                    "after host and port a JDBC URL needs a '/', for example jdbc:postgresql://db.example.com:5432/orders");
        }
        if (server.indexOf('/', slash + 1) >= 0) {
            throw new ConfigurationException(
                    "JDBC_EXTRA_SLASH",
                    "a JDBC URL has one '/' after the host; in a database name it is written %2F"
                            + userInfoHint(server));
        }
        for (String address : server.substring(0, slash).split(",", 0)) {
            host(address, server);
        }
        database(server.substring(slash + 1));
    }

    private void host(String address, String server) {
        int colon = address.lastIndexOf(':');
        boolean hasPort = colon >= 0 && colon > address.lastIndexOf(']');
        String name = hasPort ? address.substring(0, colon) : address;
        String port = hasPort ? address.substring(colon + 1) : DEFAULT_PORT;
        if (hasPort && (port.isEmpty() || !port.chars().allMatch(c -> c >= '0' && c <= '9'))) {
            throw new ConfigurationException(
                    "PORT_NOT_NUMERIC",
                    "what stands after the ':' of the host is not a number: leave the ':' out, or write a port after it"
                            + userInfoHint(server));
        }
        requirePort(port);
        if (name.indexOf('@') >= 0) {
            parts.note("USERINFO_IN_JDBC_URL", "the host has an '@' in it" + userInfoHint(server));
            parts.refuse(new ConfigurationException(
                    "USERINFO_IN_JDBC_URL", "the host has an '@' in it" + userInfoHint(server)));
        }
        boolean bracketed = name.startsWith("[") && name.endsWith("]");
        addHost(
                bracketed ? name.substring(1, name.length() - 1) : hasPort && name.isEmpty() ? DEFAULT_HOST : name,
                port);
    }

    private static String userInfoHint(String server) {
        return server.indexOf('@') < 0
                ? ""
                : ". A JDBC URL for PostgreSQL has no place for user and password before the host: give them as"
                        + " ?user=...&password=..., in the builder, or write the URL as postgresql://user:password@host/...";
    }

    private void query(String query) {
        boolean afterPassword = false;
        // Somebody else's factory has names of its own.
        boolean foreign = ("&" + query).contains("&socketFactory=");
        for (String pair : query.split("&", 0)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (afterPassword && !isKnown(name) && !foreign) {
                parts.refuse(new ConfigurationException(
                        "UNENCODED_AMPERSAND",
                        "after the password stands something that is no parameter (not shown): an '&' in a password is"
                                + " written %26"));
            }
            String value = equals < 0
                    ? ""
                    : parts.decodeForm(
                            pair.substring(equals + 1), "parameter " + LibpqParameters.shown(name, afterPassword));
            parts.count(name);
            parameter(name, value, equals < 0);
            afterPassword = name.equals("password");
        }
    }

    private static boolean isKnown(String name) {
        return LibpqParameters.isKnown(name)
                || DriverProperties.isKnown(name)
                || name.startsWith(DatabaseUrl.SETTING_PREFIX);
    }

    private void parameter(String name, String value, boolean bare) {
        // The driver translates libpq's names only where a value follows.
        switch (bare && (name.equals("host") || name.equals("port") || name.equals("dbname")) ? "" : name) {
            case "" -> parts.parameter(name, value);
            case "user" -> {
                user = value;
                parts.user(value);
            }
            case "host", "PGHOST" -> hosts = list(value);
            case "port", "PGPORT" -> ports = list(value);
            case "dbname", "PGDBNAME" -> {
                databaseMissing = false;
                parts.database(value);
            }
            case "sslmode" -> LibpqParameters.sslMode(parts, value, true);
            case "ssl" -> {
                sslGiven = value.isEmpty() || value.equalsIgnoreCase("true");
                parts.parameter(name, value);
            }
            default -> LibpqParameters.take(parts, name, value);
        }
    }

    private static List<String> list(String value) {
        return Arrays.asList(value.split(",", -1));
    }
}
