package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The texts that a grammar found in a URL, before anybody asks whether they can be.
 *
 * <p>No message shows a text that could be a part of a password gone astray: of hosts and ports only the position.
 */
final class UrlParts {

    private static final String HINT_AT = "in a user name or password '@' is written %40, '/' %2F, ':' %3A and '%' %25";
    // Besides letters, also those of other alphabets, and digits. The underscore is no host name's by the standard, but
    // that of Docker's networks.
    private static final String IN_HOSTS = ".-_";
    // With the zone of a link-local address: fe80::1%eth0.
    private static final String IN_IPV6 = ":%";

    private record Place(String name, String port) {}

    private final List<Place> hosts = new ArrayList<>();
    private @Nullable String database;
    private @Nullable String user;
    private @Nullable String password;
    private @Nullable SslMode sslMode;
    private @Nullable String sslRootCert;
    private final Map<String, String> others = new LinkedHashMap<>();

    /** Text at the end of a URL that nobody wrote on purpose and nobody sees. */
    static void refuseTrailingBlank(String url) {
        if (!url.isEmpty() && url.charAt(url.length() - 1) <= ' ') {
            throw new ConfigurationException(
                    "TRAILING_WHITESPACE",
                    "the database URL ends with a line break or blank, which would become part of its last value:"
                            + " remove it (a secret that was made with `echo` has one, `echo -n` makes none)");
        }
    }

    void addHost(String name, String port) {
        hosts.add(new Place(name, port));
    }

    void database(String name) {
        database = name;
    }

    void user(String name) {
        user = name;
    }

    void password(String secret) {
        password = secret;
    }

    void sslMode(@Nullable SslMode mode) {
        sslMode = mode;
    }

    boolean hasSslMode() {
        return sslMode != null;
    }

    void sslRootCert(String file) {
        sslRootCert = file;
    }

    void parameter(String name, String value) {
        others.put(name, value);
    }

    @Nullable
    String parameter(String name) {
        return others.get(name);
    }

    DatabaseUrl toUrl() {
        DatabaseUrl.Builder url = DatabaseUrl.builder(DriverSettings.DIALECT)
                .database(emptyIsNone(database))
                .user(emptyIsNone(user))
                .password(emptyIsNone(password))
                .sslMode(sslMode)
                .sslRootCert(emptyIsNone(sslRootCert));
        for (int i = 0; i < hosts.size(); i++) {
            addHost(url, hosts.get(i), hosts.size() == 1 ? "the host" : "host " + (i + 1) + " of " + hosts.size());
        }
        others.forEach((name, value) -> {
            if (name.startsWith(DatabaseUrl.SETTING_PREFIX)) {
                url.setting(name.substring(DatabaseUrl.SETTING_PREFIX.length()), value);
            } else {
                url.parameter(name, value);
            }
        });
        return url.build();
    }

    private static void addHost(DatabaseUrl.Builder url, Place place, String where) {
        refuseImpossible(place.name(), where);
        if (place.port().isEmpty()) {
            url.host(place.name());
        } else {
            url.host(place.name(), port(place.port(), where));
        }
    }

    private static void refuseImpossible(String name, String where) {
        if (name.indexOf('@') >= 0) {
            throw new ConfigurationException(
                    "UNENCODED_AT",
                    where + " has an '@' in it, so a user name or password holds one that is not percent-encoded: "
                            + HINT_AT);
        }
        boolean socket = name.startsWith("/");
        boolean ipv6 = name.indexOf(':') >= 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean possible = Character.isLetterOrDigit(c)
                    || IN_HOSTS.indexOf(c) >= 0
                    || (ipv6 && IN_IPV6.indexOf(c) >= 0)
                    || (socket && c > ' ' && c != '\u007f');
            if (!possible) {
                throw new ConfigurationException(
                        "HOST_INVALID",
                        where + " (" + name.length() + " characters, not shown) has " + describe(c)
                                + " in it, which no host name has: is a placeholder not filled in, or a reserved"
                                + " character of the password not percent-encoded?");
            }
        }
    }

    private static String describe(char c) {
        return c <= ' ' || c == '\u007f' ? "a blank or control character" : "a '" + c + "'";
    }

    private static int port(String text, String where) {
        if (text.indexOf('@') >= 0) {
            throw new ConfigurationException(
                    "UNENCODED_AT",
                    "what stands after the ':' of " + where + " is no port but has an '@' in it, so a user name or"
                            + " password holds one that is not percent-encoded: " + HINT_AT);
        }
        if (!text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new ConfigurationException(
                    "PORT_NOT_NUMERIC",
                    "what stands after the ':' of " + where
                            + " is not a number: an IPv6 address stands in brackets, and " + HINT_AT);
        }
        // More digits than any int has are out of range as well.
        int port = text.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(text);
        if (port < 1 || port > 65_535) {
            throw new ConfigurationException("PORT_OUT_OF_RANGE", "the port of " + where + " is not 1 to 65535");
        }
        return port;
    }

    private static @Nullable String emptyIsNone(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
