package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.mysql.ParameterNames.Meaning;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * URIs as MySQL Shell, and the platforms that set {@code DATABASE_URL}, write them.
 *
 * <pre>{@code
 * mysql://[user[:password]@][host[:port]][,host[:port]...][/database][?name=value[&...]]
 * }</pre>
 *
 * <p>Each part is percent-encoded as in any URI: {@code +} is itself, and {@code #} would end the text. The parameters are
 * those of MySQL's clients for TLS ({@code ssl-mode}, {@code ssl-ca}) and the properties of Connector/J. The user's part
 * ends at the first {@code @}; where there is more than one, the password was not encoded, and that is refused rather
 * than guessed.
 *
 * @see <a href="https://dev.mysql.com/doc/refman/8.4/en/connecting-using-uri-or-key-value-pairs.html">MySQL: URI-like
 *     connection strings</a>
 */
final class MySqlUri {

    static final String MYSQL = "mysql:";
    static final String MARIADB = "mariadb:";

    private final String text;
    private final UrlParts parts = new UrlParts();
    private int at;

    private MySqlUri(String text, int start) {
        this.text = text;
        this.at = start;
    }

    static DatabaseUrl parse(String url) {
        UrlParts.refuseTrailingBlank(url);
        String lower = url.toLowerCase(Locale.ROOT);
        for (String scheme : List.of(MYSQL + "//", MARIADB + "//")) {
            if (lower.startsWith(scheme)) {
                Percent.refuseFragment(url);
                return new MySqlUri(url, scheme.length()).parse();
            }
        }
        throw new ConfigurationException(
                "UNRECOGNISED_FORMAT",
                "the database URL does not begin with mysql:// or mariadb:// (without quotes or a command before it), nor"
                        + " with jdbc:mysql://");
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

    // It is far more often the '@' before the host, after a password that an '@' or '/' of its own has cut short; its
    // rest would be sent, logged and shown as the database's name.
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
            throw new ConfigurationException("IPV6_ADDRESS_EMPTY", "between '[' and ']' stands no IPv6 address");
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
            boolean known = ParameterNames.isKnown(name);
            String shown = astray && !known ? ParameterNames.NOT_SHOWN : ParameterNames.shown(name, afterPassword);
            if (equals < 0) {
                throw new ConfigurationException(
                        "PARAM_WITHOUT_VALUE",
                        "parameter " + shown
                                + " has no '=': parameters are written name=value, joined by '&'; an '&' in"
                                + " a value is written %26");
            }
            if (!known) {
                boolean guess = !astray && !afterPassword;
                throw ParameterNames.unknown(shown, guess ? DriverProperties.didYouMean(name) : "");
            }
            parameter(name, decode(pair.substring(equals + 1), "parameter " + shown));
            afterPassword = name.equals("password");
        }
    }

    private void parameter(String name, String value) {
        @Nullable Meaning meaning = ParameterNames.meaning(name);
        if (meaning == null) {
            parts.parameter(name, value);
            return;
        }
        switch (meaning) {
            case USER -> parts.user(value);
            case PASSWORD -> parts.password(value);
            case SSL_MODE -> parts.sslMode(ParameterNames.sslMode(value));
            case SSL -> parts.sslMode(onOrOff(value));
            case ROOT_CERTIFICATE -> parts.sslRootCert(value);
        }
    }

    private static SslMode onOrOff(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> SslMode.REQUIRE;
            case "false", "0" -> SslMode.DISABLE;
            default ->
                throw new ConfigurationException(
                        "INVALID_PARAM",
                        "parameter 'ssl' has another value than allowed: true, false; ssl-mode=VERIFY_IDENTITY says more");
        };
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
