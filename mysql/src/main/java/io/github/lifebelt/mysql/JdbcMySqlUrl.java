package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.mysql.ParameterNames.Meaning;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReading;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Connector/J's URLs, read as Connector/J reads them.
 *
 * <pre>{@code
 * jdbc:mysql://[user[:password]@][host[:port]][,host[:port]...]/[database][?property=value[&...]]
 * }</pre>
 *
 * <p>Follows {@code ConnectionUrlParser} of Connector/J 9.7: the scheme without regard to case; the user ends at the first
 * {@code @}; names and values by the rules of HTML forms ({@code +} is a space), without blanks around them; hosts also as
 * {@code address=(host=h)(port=3306)} and {@code (host=h,port=3306)}; the driver's defaults for host and port are filled
 * in; the last of two wins; {@code useSSL} and its kin count where no {@code sslMode} is given. It is stricter in what the
 * driver drops in silence, and in one thing more helpful: {@code sslmode}, which the driver ignores and which Azure's
 * Service Connector writes all the same, is read as what it was meant to be.
 */
final class JdbcMySqlUrl {

    static final String SCHEME = "jdbc:mysql:";
    static final String SRV_SCHEME = "jdbc:mysql+srv:";
    static final String X_SCHEME = "mysqlx:";
    static final String MARIADB_SCHEME = "jdbc:mariadb:";

    private static final String DEFAULT_HOST = "localhost";
    private static final String DEFAULT_PORT = String.valueOf(DriverSettings.DEFAULT_PORT);

    // Within brackets and parentheses a comma separates no hosts.
    private static final Pattern IN_PARENTHESES = Pattern.compile("(?i)(?:address\\s*=\\s*)?\\((.*)\\)");
    private static final Pattern BETWEEN_KEYS = Pattern.compile("\\)\\s*\\(|,");
    private static final Pattern HOST_AND_PORT = Pattern.compile("(?:\\[([^\\]]*)\\]|([^:]*))(?::(.*))?");

    private final UrlReader parts = ParameterNames.reader();
    // What stands before the host counts before what stands in the query.
    private boolean userGiven;
    private boolean passwordGiven;

    private JdbcMySqlUrl() {}

    /** What the driver reads in it, and what can be connected to. */
    static UrlReading read(String url) {
        if (url.regionMatches(true, 0, MARIADB_SCHEME, 0, MARIADB_SCHEME.length())) {
            throw new ConfigurationException(
                    "WRONG_SCHEME",
                    MARIADB_SCHEME
                            + " is that of MariaDB's own driver; Lifebelt connects to MariaDB with MySQL's: write "
                            + SCHEME + "//..., and leave out what only MariaDB's driver knows");
        }
        try {
            return DriverReading.of(url, () -> parse(url));
        } catch (ConfigurationException e) {
            // What the driver refuses, we refuse in better words.
            parse(url);
            throw e;
        }
    }

    private static DatabaseUrl parse(String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        if (lower.startsWith(SRV_SCHEME)
                || lower.startsWith(X_SCHEME)
                || lower.startsWith(SCHEME + "loadbalance:")
                || lower.startsWith(SCHEME + "replication:")) {
            throw new ConfigurationException(
                    "UNRECOGNISED_FORMAT",
                    "with this scheme the driver would exchange the server below a connection without the pool's"
                            + " knowledge; write " + SCHEME + "//host1,host2/database: Lifebelt tries the hosts in"
                            + " their order, and prefers one that writes");
        }
        if (!lower.startsWith(SCHEME + "//")) {
            throw new ConfigurationException(
                    "UNRECOGNISED_FORMAT", "a JDBC URL for MySQL begins with " + SCHEME + "// and has no blanks in it");
        }
        ParameterNames.refuseFragment(url);
        return new JdbcMySqlUrl().readRest(url.substring(SCHEME.length() + 2));
    }

    private DatabaseUrl readRest(String rest) {
        int question = rest.indexOf('?');
        String server = question < 0 ? rest : rest.substring(0, question);
        int slash = server.indexOf('/');
        authority(slash < 0 ? server : server.substring(0, slash));
        if (slash >= 0) {
            String database = server.substring(slash + 1);
            if (database.indexOf('@') >= 0) {
                throw new ConfigurationException(
                        "UNENCODED_SLASH",
                        "the database name has an '@' in it: a '/' in the password ended the host too early. There '/' is"
                                + " written %2F and '@' %40; an '@' that belongs to a database name %40 as well");
            }
            parts.database(parts.decodeForm(database, "database").trim());
        }
        if (question >= 0) {
            query(rest.substring(question + 1));
        }
        if (!parts.hasSslMode()) {
            Map<String, String> legacy = new HashMap<>();
            for (String name : List.of("useSSL", "verifyServerCertificate", "requireSSL")) {
                String value = parts.parameter(name);
                if (value != null) {
                    legacy.put(name, value);
                }
            }
            parts.sslMode(legacySslMode(legacy));
        }
        return parts.toUrl();
    }

    private void authority(String text) {
        int userEnd = text.indexOf('@');
        if (userEnd >= 0) {
            String userInfo = text.substring(0, userEnd);
            int colon = userInfo.indexOf(':');
            user(parts.decodeForm(colon < 0 ? userInfo : userInfo.substring(0, colon), "user"));
            if (colon >= 0) {
                password(parts.decodeForm(userInfo.substring(colon + 1), "password"));
            }
        }
        for (String host : hosts(text.substring(userEnd + 1))) {
            Matcher keys = IN_PARENTHESES.matcher(host.trim());
            if (keys.matches()) {
                hostByKeys(keys.group(1));
            } else {
                host(host.trim());
            }
        }
    }

    /** Between commas that stand in no brackets; from the end, since whether one does shows only behind it. */
    private static List<String> hosts(String text) {
        Deque<String> hosts = new ArrayDeque<>();
        int end = text.length();
        boolean within = false;
        for (int i = end - 1; i >= 0; i--) {
            switch (text.charAt(i)) {
                case ')', ']' -> within = true;
                case '(', '[' -> within = false;
                case ',' -> {
                    if (!within) {
                        hosts.addFirst(text.substring(i + 1, end));
                        end = i;
                    }
                }
                default -> {}
            }
        }
        hosts.addFirst(text.substring(0, end));
        return List.copyOf(hosts);
    }

    private void host(String text) {
        Matcher matcher = HOST_AND_PORT.matcher(text);
        if (!matcher.matches()) {
            // Something like ::1, or a bracket too many: what checks host and port says so without showing it.
            parts.addHost(DEFAULT_HOST, text.indexOf('@') >= 0 ? "@" : ":");
            return;
        }
        String name = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        String port = matcher.group(3);
        addHost(parts.decodeForm(name, "host"), port == null ? "" : parts.decodeForm(port, "port"));
    }

    private void hostByKeys(String text) {
        String name = "";
        String port = "";
        for (String pair : BETWEEN_KEYS.split(text, -1)) {
            int equals = pair.indexOf('=');
            String key = (equals < 0 ? pair : pair.substring(0, equals)).trim().toLowerCase(Locale.ROOT);
            String value = equals < 0
                    ? ""
                    : parts.decodeForm(pair.substring(equals + 1).trim(), "key of a host");
            switch (key) {
                case "host" -> name = value;
                case "port" -> port = value;
                case "user" -> user(value);
                case "password" -> password(value);
                default ->
                    throw new ConfigurationException(
                            "UNSUPPORTED_PARAM",
                            "within the parentheses of a host stands a key other than host, port, user and password:"
                                    + " properties belong behind the '?', for all hosts alike");
            }
        }
        addHost(name, port);
    }

    private void user(String name) {
        userGiven |= !name.isEmpty();
        parts.user(name);
    }

    private void password(String secret) {
        passwordGiven |= !secret.isEmpty();
        parts.password(secret);
    }

    private void addHost(String name, String port) {
        parts.addHost(name.isEmpty() ? DEFAULT_HOST : name, port.isEmpty() ? DEFAULT_PORT : port);
    }

    private void query(String query) {
        boolean afterPassword = false;
        // Somebody else's factory has names of its own.
        boolean foreign = ("&" + query).contains("&socketFactory=");
        for (String pair : query.split("&", -1)) {
            if (pair.isBlank()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name =
                    parts.decodeForm((equals < 0 ? pair : pair.substring(0, equals)).trim(), "name of a parameter");
            if (afterPassword && !ParameterNames.isKnown(name) && !foreign) {
                throw new ConfigurationException(
                        "UNENCODED_AMPERSAND",
                        "after the password stands something that is no parameter (not shown): an '&' in a password is"
                                + " written %26");
            }
            String shown = ParameterNames.shown(name, afterPassword);
            if (equals < 0) {
                throw new ConfigurationException(
                        "PARAM_WITHOUT_VALUE", "parameter " + shown + " has no '=': write " + shown + " with a value");
            }
            parameter(name, parts.decodeForm(pair.substring(equals + 1).trim(), "parameter " + shown));
            afterPassword = name.equalsIgnoreCase("password");
        }
    }

    private void parameter(String name, String value) {
        // The driver takes these two in any case, and all others in one only.
        if (name.equalsIgnoreCase("user")) {
            if (!userGiven) {
                parts.user(value);
            }
        } else if (name.equalsIgnoreCase("password")) {
            if (!passwordGiven) {
                parts.password(value);
            }
        } else if (name.equals("sslMode")) {
            parts.sslMode(ParameterNames.driverSslMode(value));
        } else {
            @Nullable Meaning meaning = ParameterNames.meaning(name);
            if (meaning == Meaning.SSL_MODE) {
                parts.sslMode(ParameterNames.sslMode(value));
            } else if (meaning == Meaning.ROOT_CERTIFICATE) {
                parts.sslRootCert(value);
            } else {
                parts.parameter(name, value);
            }
        }
    }

    /** As {@code DefaultPropertySet.initializeProperties}: any of the three counts if it is there. */
    static @Nullable SslMode legacySslMode(Map<String, String> properties) {
        if (!properties.containsKey("useSSL")
                && !properties.containsKey("verifyServerCertificate")
                && !properties.containsKey("requireSSL")) {
            return null;
        }
        if (!isOn(properties, "useSSL", true)) {
            return SslMode.DISABLE;
        }
        if (isOn(properties, "verifyServerCertificate", false)) {
            return SslMode.VERIFY_CA;
        }
        return isOn(properties, "requireSSL", false) ? SslMode.REQUIRE : null;
    }

    private static boolean isOn(Map<String, String> properties, String name, boolean standard) {
        String value = properties.get(name);
        return value == null ? standard : DriverProperties.isOn(name, value);
    }
}
