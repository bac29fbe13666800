package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import java.util.Set;

/**
 * The URLs of web frameworks, after Python's {@code urlsplit}, which dj-database-url and django-environ call: the last
 * {@code @} ends the user's part, a {@code #} ends the text, and what is not percent-encoded is taken as it stands.
 */
final class WebGrammar {

    private final UrlReader parts;

    WebGrammar(UrlReader parts) {
        this.parts = parts;
    }

    void read(String rest, UrlReader.Parameters parameters) {
        String text = rest.replaceAll("[\\t\\r\\n]", "");
        int end = ends(text, "/?#");
        authority(text.substring(0, end));
        String path = text.substring(end);
        int hash = path.indexOf('#');
        if (hash >= 0) {
            parts.note("RESERVED_CHAR_UNENCODED", "a '#' ends a URL and cuts off what follows; it is written %23");
            path = path.substring(0, hash);
        }
        int question = path.indexOf('?');
        String database = question < 0 ? path : path.substring(0, question);
        if (database.length() > 1) {
            parts.database(loose(database.substring(1)));
        }
        if (question >= 0) {
            PythonQuery.read(path.substring(question + 1), parts, parameters, Set.of());
        }
    }

    private static int ends(String text, String ends) {
        int at = 0;
        while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    private void authority(String text) {
        int at = text.lastIndexOf('@');
        if (at >= 0) {
            String user = text.substring(0, at);
            if (user.indexOf('@') >= 0) {
                parts.note(
                        "UNENCODED_AT",
                        "the user or password has an '@' that is not written %40: other programs end it there");
            }
            int colon = user.indexOf(':');
            String name = loose(colon < 0 ? user : user.substring(0, colon));
            if (!name.isEmpty()) {
                parts.user(name);
            }
            if (colon >= 0) {
                parts.reserved(user.substring(colon + 1));
                parts.password(loose(user.substring(colon + 1)));
            }
        }
        String hosts = text.substring(at + 1);
        if (!hosts.isEmpty()) {
            for (String host : hosts.split(",", -1)) {
                host(host);
            }
        }
    }

    private void host(String text) {
        String name;
        String port;
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            if (close < 0) {
                throw new ConfigurationException(
                        "IPV6_BRACKET_UNTERMINATED", "a '[' begins an IPv6 address, but no ']' ends it");
            }
            name = text.substring(1, close);
            if (name.isEmpty()) {
                throw new ConfigurationException("IPV6_ADDRESS_EMPTY", "the brackets of the host hold no address");
            }
            port = text.substring(close + 1);
            if (!port.isEmpty() && !port.startsWith(":")) {
                throw new ConfigurationException(
                        "IPV6_BRACKET_TRAILING_TEXT",
                        "after the ']' of an IPv6 address only ':' and a port, ',', '/' or '?' may follow");
            }
            port = port.isEmpty() ? "" : port.substring(1);
        } else {
            int colon = text.indexOf(':');
            name = loose(colon < 0 ? text : text.substring(0, colon));
            port = colon < 0 ? "" : text.substring(colon + 1);
        }
        if (!port.isEmpty()) {
            // Python refuses it when the port is asked for.
            HostTexts.port(port, "the host");
        }
        parts.addHost(name, port);
    }

    private String loose(String raw) {
        if (!Percent.isEncoded(raw)) {
            parts.note("UNENCODED_PERCENT", "a '%' that stands for itself is written %25");
        }
        return Percent.loose(raw, false);
    }
}
