package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.Arrays;
import java.util.List;

/**
 * libpq's connection URIs, read as libpq reads them.
 *
 * <pre>{@code
 * postgresql://[user[:password]@][host[:port]][,host[:port]...][/dbname][?param=value[&...]]
 * }</pre>
 *
 * <p>Follows {@code conninfo_uri_parse_options} and {@code conninfo_uri_parse_params} in PostgreSQL's fe-connect.c: the
 * scheme is compared with regard to case; the user's part ends at the first {@code @} before any {@code /}; {@code +}
 * and {@code #} are themselves; query parameters override what stood before; the last of two wins; unknown ones are
 * errors. It is stricter in what libpq finds out only when it connects: ports, {@code sslmode}, and hosts that cannot be
 * because a password was not encoded.
 */
final class LibpqUri {

    private final String text;
    private final UrlParts parts = new UrlParts();
    private int at;

    private LibpqUri(String text, int start) {
        this.text = text;
        this.at = start;
    }

    static DatabaseUrl parse(String url) {
        UrlParts.refuseTrailingBlank(url);
        for (String scheme : List.of("postgresql://", "postgres://")) {
            if (url.startsWith(scheme)) {
                return new LibpqUri(url, scheme.length()).parse();
            }
        }
        throw new ConfigurationException(
                "UNRECOGNISED_FORMAT",
                "the database URL does not begin with postgresql:// or postgres:// (in lower case, without quotes or a"
                        + " command before it), nor with jdbc:postgresql:");
    }

    private DatabaseUrl parse() {
        boolean hasUser = userInfo();
        hosts();
        if (at < text.length() && text.charAt(at) == '/') {
            at++;
            String raw = until("?");
            refuseAt(raw, hasUser);
            parts.database(decode(raw, "database"));
        }
        if (at < text.length()) {
            at++;
            // Without a user in front an '@' says that all of this may be a password gone astray.
            query(!hasUser && text.indexOf('@') >= 0);
        }
        return parts.toUrl();
    }

    // libpq would take it for a part of the name. It is far more often the '@' before the host, after a password that
    // an
    // '@' or '/' of its own has cut short; its rest would be sent, logged and shown as the database's name.
    private static void refuseAt(String database, boolean hasUser) {
        if (database.indexOf('@') >= 0) {
            throw new ConfigurationException(
                    hasUser ? "UNENCODED_AT" : "UNENCODED_SLASH",
                    "the database name has an '@' in it: "
                            + (hasUser
                                    ? "an '@' in the user or password ended it"
                                    : "a '/' in the password ended the host")
                            + " too early. There '@' is written %40 and '/' %2F; an '@' that belongs to a database name"
                            + " %40 as well");
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
        parts.user(decode(text.substring(start, hasPassword ? colon : end), "user"));
        if (hasPassword) {
            parts.password(decode(text.substring(colon + 1, end), "password"));
        }
        at = end + 1;
        return true;
    }

    private void hosts() {
        if (at == text.length() || "/?".indexOf(text.charAt(at)) >= 0) {
            return;
        }
        for (; ; ) {
            String host = decode(text.startsWith("[", at) ? bracketed() : until(":/?,"), "host");
            String port = "";
            if (at < text.length() && text.charAt(at) == ':') {
                at++;
                port = decode(until("/?,"), "port");
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

    private void query(boolean astray) {
        boolean afterPassword = false;
        while (at < text.length()) {
            String pair = until("&");
            at++;
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals), "name of a parameter");
            String shown = astray && !LibpqParameters.isKnown(name)
                    ? LibpqParameters.NOT_SHOWN
                    : LibpqParameters.shown(name, afterPassword);
            refuseMalformed(pair, equals, shown);
            parameter(name, decode(pair.substring(equals + 1), "parameter " + shown), shown);
            afterPassword = name.equals("password");
        }
    }

    private static void refuseMalformed(String pair, int equals, String shown) {
        if (equals < 0) {
            throw new ConfigurationException(
                    "PARAM_WITHOUT_VALUE",
                    "parameter " + shown + " has no '=': parameters are written name=value, joined by '&'; an '&' in a"
                            + " value is written %26");
        }
        if (pair.indexOf('=', equals + 1) >= 0) {
            throw new ConfigurationException(
                    "EXTRA_EQUALS_IN_PARAM",
                    "parameter " + shown + " has a second '=': in a value it is written %3D, for example"
                            + " options=endpoint%3Dep-name");
        }
    }

    private void parameter(String name, String value, String shown) {
        switch (name) {
            case "host" -> parts.setHosts(list(value));
            case "port" -> parts.setPorts(list(value));
            case "dbname" -> parts.database(value);
            case "sslmode" -> parts.sslMode(UrlParts.sslMode(value, false));
            case "ssl" -> {
                // libpq knows this one spelling of JDBC's, and no other value of it.
                if (!value.equals("true")) {
                    throw LibpqParameters.unknown("ssl", "write sslmode=require or sslmode=disable");
                }
                parts.sslMode(SslMode.REQUIRE);
            }
            default -> {
                if (!LibpqParameters.isKnown(name) && !name.startsWith(DatabaseUrl.SETTING_PREFIX)) {
                    throw LibpqParameters.unknown(shown, LibpqParameters.advice(name));
                }
                parts.parameter(name, value);
            }
        }
    }

    private static List<String> list(String value) {
        return value.isEmpty() ? List.of() : Arrays.asList(value.split(",", -1));
    }

    /** The text up to one of the ends, or all the rest; stands on the end afterwards. */
    private String until(String ends) {
        int start = at;
        while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at);
    }

    private static String decode(String raw, String component) {
        return Percent.decode(raw, component, false);
    }
}
