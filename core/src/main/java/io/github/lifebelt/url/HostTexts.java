package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;

/**
 * What hosts and ports can be.
 *
 * <p>No message shows a text that could be a part of a password gone astray: of hosts and ports only the position.
 */
final class HostTexts {

    private static final String HINT_AT = "in a user name or password '@' is written %40, '/' %2F, ':' %3A and '%' %25";
    // Besides letters, also those of other alphabets, and digits. The underscore is no host name's by the standard, but
    // that of Docker's networks.
    private static final String IN_HOSTS = ".-_";
    // With the zone of a link-local address: fe80::1%eth0.
    private static final String IN_IPV6 = ":%";

    private HostTexts() {}

    static void refuseImpossible(String name, String where) {
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

    static int port(String text, String where) {
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
}
