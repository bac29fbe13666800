package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The texts that a grammar found in a URL, before anybody asks whether they can be: what libpq and pgjdbc do with them
 * is the same from here on.
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

    private List<String> hosts = new ArrayList<>();
    private List<String> ports = new ArrayList<>();
    private @Nullable String database;
    private @Nullable String user;
    private @Nullable String password;
    private @Nullable SslMode sslMode;
    private @Nullable String sslRootCert;
    private @Nullable String options;
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
        hosts.add(name);
        ports.add(port);
    }

    void setHosts(List<String> names) {
        hosts = new ArrayList<>(names);
    }

    void setPorts(List<String> texts) {
        ports = new ArrayList<>(texts);
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

    /** A parameter of the query, of which these names mean the same in both formats. */
    void parameter(String name, String value) {
        switch (name) {
            case "user" -> user = value;
            case "password" -> password = value;
            case "sslrootcert" -> sslRootCert = value;
            case "options" -> options = value;
            default -> others.put(name, value);
        }
    }

    /**
     * Reads an {@code sslmode} in the spelling that both libpq and pgjdbc know.
     *
     * @param anyCase pgjdbc compares without regard to case, libpq does not
     */
    static SslMode sslMode(String text, boolean anyCase) {
        SslMode mode = text.indexOf('_') < 0 ? SslMode.of(text) : null;
        if (mode == null || !(anyCase || mode.toString().equals(text))) {
            String lower = text.toLowerCase(Locale.ROOT).replace('_', '-');
            SslMode meant = lower.equals("verify-all") ? SslMode.VERIFY_FULL : SslMode.of(lower);
            throw new ConfigurationException(
                    "INVALID_SSLMODE",
                    "sslmode is none of disable, allow, prefer, require, verify-ca, verify-full"
                            + (meant == null ? "" : "; did you mean " + meant + "?"));
        }
        return mode;
    }

    DatabaseUrl toUrl() {
        DatabaseUrl.Builder url = DatabaseUrl.builder(DriverSettings.DIALECT)
                .database(emptyIsNone(database))
                .user(emptyIsNone(user))
                .password(emptyIsNone(password))
                .sslMode(sslMode)
                .sslRootCert(emptyIsNone(sslRootCert))
                .options(emptyIsNone(options));
        addHosts(url);
        others.forEach((name, value) -> {
            if (name.startsWith(DatabaseUrl.SETTING_PREFIX)) {
                url.setting(name.substring(DatabaseUrl.SETTING_PREFIX.length()), value);
            } else {
                url.parameter(name, value);
            }
        });
        return url.build();
    }

    private void addHosts(DatabaseUrl.Builder url) {
        // A port without any host belongs to the default host.
        List<String> names = hosts.isEmpty() && !ports.isEmpty() ? List.of("") : hosts;
        if (ports.size() > 1 && ports.size() != names.size()) {
            throw new ConfigurationException(
                    "PORT_COUNT_MISMATCH",
                    ports.size() + " ports for " + names.size() + " hosts: give one port for all, or one for each");
        }
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            String where = names.size() == 1 ? "the host" : "host " + (i + 1) + " of " + names.size();
            refuseImpossible(name, where);
            String port = ports.isEmpty() ? "" : ports.get(ports.size() == 1 ? 0 : i);
            if (port.isEmpty()) {
                url.host(name);
            } else {
                url.host(name, port(port, where));
            }
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
            throw portNotNumeric(where, "an IPv6 address stands in brackets, and " + HINT_AT);
        }
        // More digits than any int has are out of range as well.
        int port = text.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(text);
        if (port < 1 || port > 65_535) {
            throw new ConfigurationException("PORT_OUT_OF_RANGE", "the port of " + where + " is not 1 to 65535");
        }
        return port;
    }

    static ConfigurationException portNotNumeric(String where, String hint) {
        return new ConfigurationException(
                "PORT_NOT_NUMERIC", "what stands after the ':' of " + where + " is not a number: " + hint);
    }

    private static @Nullable String emptyIsNone(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
