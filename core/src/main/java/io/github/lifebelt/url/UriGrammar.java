package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;

/**
 * Walks once through what stands behind the {@code //} of a URI.
 *
 * <pre>{@code
 * [user[:password]@][host[:port]][,host[:port]...][/database][?name=value[&...]]
 * }</pre>
 */
final class UriGrammar {

    private final String text;
    private final UrlReader parts;
    private int at;

    UriGrammar(String text, int start, UrlReader parts) {
        this.text = text;
        this.at = start;
        this.parts = parts;
    }

    void read(UrlReader.Parameters parameters) {
        boolean hasUser = userInfo();
        hosts();
        if (at < text.length() && text.charAt(at) == '/') {
            at++;
            String raw = until("?");
            refuseAt(raw, hasUser);
            if (!raw.isEmpty()) {
                parts.database(parts.decode(raw, "database"));
            }
        }
        if (at < text.length()) {
            at++;
            // Without a user in front an '@' says that all of this may be a password gone astray.
            query(parameters, !hasUser && text.indexOf('@') >= 0);
        }
    }

    // It is far more often the '@' before the host, after a password that an '@' or '/' of its own has cut short; its
    // rest would be sent, logged and shown as the database's name.
    private void refuseAt(String database, boolean hasUser) {
        if (database.indexOf('@') >= 0) {
            parts.refuse(new ConfigurationException(
                    hasUser ? "UNENCODED_AT" : "UNENCODED_SLASH",
                    "the database name has an '@' in it: "
                            + (hasUser
                                    ? "an '@' in the user or password ended it"
                                    : "a '/' in the password ended the host")
                            + " too early. There '@' is written %40 and '/' %2F; an '@' that belongs to a database name"
                            + " %40 as well"));
        }
    }

    private boolean userInfo() {
        int start = at;
        until("@/");
        int end = at;
        if (end == text.length() || text.charAt(end) != '@') {
            at = start;
            return false;
        }
        int colon = text.indexOf(':', start);
        boolean hasPassword = colon >= 0 && colon < end;
        String user = parts.decode(text.substring(start, hasPassword ? colon : end), "user");
        if (!user.isEmpty()) {
            parts.user(user);
        }
        if (hasPassword) {
            password(text.substring(colon + 1, end));
        }
        at = end + 1;
        return true;
    }

    private void password(String raw) {
        if (raw.isEmpty()) {
            parts.note("EMPTY_PASSWORD", "the password is there and empty: was a variable not set?");
        } else {
            parts.reserved(raw);
            parts.password(parts.decode(raw, "password"));
        }
    }

    private void hosts() {
        if (at == text.length() || "/?".indexOf(text.charAt(at)) >= 0) {
            return;
        }
        for (; ; ) {
            String host = parts.decode(text.startsWith("[", at) ? bracketed() : until(":/?,"), "host");
            String port = "";
            if (at < text.length() && text.charAt(at) == ':') {
                at++;
                port = parts.decode(until("/?,"), "port");
            }
            parts.addHost(host, port);
            if (at == text.length() || text.charAt(at) != ',') {
                return;
            }
            at++;
        }
    }

    private String bracketed() {
        int close = text.indexOf(']', at);
        if (close < 0) {
            throw new ConfigurationException(
                    "IPV6_BRACKET_UNTERMINATED", "a '[' begins an IPv6 address, but no ']' ends it");
        }
        String address = text.substring(at + 1, close);
        if (address.isEmpty()) {
            throw new ConfigurationException("IPV6_ADDRESS_EMPTY", "the brackets of the host hold no address");
        }
        at = close + 1;
        if (at < text.length() && ":/?,".indexOf(text.charAt(at)) < 0) {
            throw new ConfigurationException(
                    "IPV6_BRACKET_TRAILING_TEXT",
                    "after the ']' of an IPv6 address only ':' and a port, ',', '/' or '?' may follow");
        }
        return address;
    }

    private void query(UrlReader.Parameters parameters, boolean astray) {
        boolean afterPassword = false;
        while (at < text.length()) {
            String pair = until("&");
            at++;
            int equals = pair.indexOf('=');
            String name = parts.decode(equals < 0 ? pair : pair.substring(0, equals), "name of a parameter");
            boolean known = parameters.isKnown(name);
            String shown = astray && !known ? UrlReader.NOT_SHOWN : UrlReader.shown(name, known, afterPassword);
            if (equals < 0) {
                throw new ConfigurationException(
                        "PARAM_WITHOUT_VALUE",
                        "parameter " + shown
                                + " has no '=': parameters are written name=value, joined by '&'; an '&' in"
                                + " a value is written %26");
            }
            parts.count(name);
            parameters.read(
                    new UrlReader.Parameter(parts, name, shown, astray || afterPassword, pair.substring(equals + 1)));
            afterPassword = name.equals("password");
        }
    }

    /** The text up to one of the ends, or all the rest; stands on the end afterwards. */
    private String until(String ends) {
        int start = at;
        while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at);
    }
}
