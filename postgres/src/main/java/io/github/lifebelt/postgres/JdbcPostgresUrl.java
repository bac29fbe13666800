package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader;
import java.util.Arrays;
import java.util.List;

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

    private final UrlReader parts = LibpqParameters.reader();
    private boolean sslGiven;

    private JdbcPostgresUrl() {}

    static DatabaseUrl parse(String url) {
        UrlReader.refuseTrailingBlank(url);
        if (!url.startsWith(SCHEME)) {
            throw new ConfigurationException(
                    url.startsWith(MISSPELT_SCHEME) ? "WRONG_SCHEME" : "UNRECOGNISED_FORMAT",
                    "a JDBC URL for PostgreSQL begins with " + SCHEME + " in lower case");
        }
        return new JdbcPostgresUrl().read(url.substring(SCHEME.length()));
    }

    private DatabaseUrl read(String rest) {
        int question = rest.indexOf('?');
        String server = question < 0 ? rest : rest.substring(0, question);
        if (server.startsWith("//")) {
            authority(server.substring(2));
        } else {
            parts.addHost(DEFAULT_HOST, DEFAULT_PORT);
            parts.database(parts.decodeForm(server.startsWith("/") ? server.substring(1) : server, "database"));
        }
        if (question >= 0) {
            query(rest.substring(question + 1));
        }
        if (sslGiven && !parts.hasSslMode()) {
            parts.sslMode(SslMode.VERIFY_FULL);
        }
        return parts.toUrl();
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
        for (String address : server.substring(0, slash).split(",", -1)) {
            host(address, server);
        }
        parts.database(parts.decodeForm(server.substring(slash + 1), "database"));
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
        if (name.indexOf('@') >= 0) {
            throw new ConfigurationException(
                    "USERINFO_IN_JDBC_URL", "the host has an '@' in it" + userInfoHint(server));
        }
        boolean bracketed = name.startsWith("[") && name.endsWith("]");
        parts.addHost(
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
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (afterPassword && !isKnown(name)) {
                throw new ConfigurationException(
                        "UNENCODED_AMPERSAND",
                        "after the password stands something that is no parameter (not shown): an '&' in a password is"
                                + " written %26");
            }
            String value = equals < 0
                    ? ""
                    : parts.decodeForm(
                            pair.substring(equals + 1), "parameter " + LibpqParameters.shown(name, afterPassword));
            parameter(name, value);
            afterPassword = name.equals("password");
        }
    }

    private static boolean isKnown(String name) {
        return LibpqParameters.isKnown(name)
                || DriverProperties.isKnown(name)
                || name.startsWith(DatabaseUrl.SETTING_PREFIX);
    }

    private void parameter(String name, String value) {
        switch (name) {
            case "host", "PGHOST" -> parts.setHosts(list(value));
            case "port", "PGPORT" -> parts.setPorts(list(value));
            case "dbname", "PGDBNAME" -> parts.database(value);
            case "sslmode" -> parts.sslMode(LibpqParameters.sslMode(value, true));
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
