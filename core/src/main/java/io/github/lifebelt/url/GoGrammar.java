package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.UrlReader.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * The data source names of go-sql-driver/mysql, after {@code ParseDSN} in its dsn.go.
 *
 * <pre>{@code
 * [user[:password]@][net[(address)]]/database[?name=value[&...]]
 * }</pre>
 *
 * <p>The last {@code /} begins the database, the last {@code @} before it ends the password, and the first {@code :} the
 * user; nothing in front of the database is encoded.
 */
final class GoGrammar {

    private static final String DEFAULT_HOST = "127.0.0.1";
    private static final String DEFAULT_PORT = "3306";
    private static final String DEFAULT_SOCKET = "/tmp/mysql.sock";

    private GoGrammar() {}

    static void read(String text, UrlReader parts, UrlReader.Parameters parameters) {
        int slash = text.lastIndexOf('/');
        if (slash < 0) {
            throw new ConfigurationException(
                    "DSN_MISSING_SLASH",
                    "a Go data source name has a '/' before the database, also if none follows: user:password@tcp(host)/");
        }
        String front = text.substring(0, slash);
        int at = front.lastIndexOf('@');
        if (at >= 0) {
            userInfo(front.substring(0, at), parts);
        }
        address(front.substring(at + 1), parts);
        String rest = text.substring(slash + 1);
        int question = rest.indexOf('?');
        String database = question < 0 ? rest : rest.substring(0, question);
        if (!database.isEmpty()) {
            parts.database(parts.decode(database, "database"));
        }
        if (question >= 0) {
            query(rest.substring(question + 1), parts, parameters);
        }
    }

    private static void userInfo(String text, UrlReader parts) {
        int colon = text.indexOf(':');
        String user = colon < 0 ? text : text.substring(0, colon);
        if (!user.isEmpty()) {
            parts.user(user);
        }
        if (colon == text.length() - 1 && colon >= 0) {
            parts.note("EMPTY_PASSWORD", "the password is there and empty: was a variable not set?");
        } else if (colon >= 0) {
            parts.password(text.substring(colon + 1));
        }
    }

    private static void address(String text, UrlReader parts) {
        int open = text.indexOf('(');
        String net = open < 0 ? text : text.substring(0, open);
        @Nullable String address = null;
        if (open >= 0) {
            if (!text.endsWith(")")) {
                throw new ConfigurationException(
                        "DSN_INVALID_ADDRESS",
                        "the address behind the network's name stands in parentheses: tcp(host:3306)");
            }
            address = text.substring(open + 1, text.length() - 1);
        }
        switch (net) {
            case "", "tcp", "tcp4", "tcp6" -> tcp(address == null ? "" : address, parts);
            case "unix" -> parts.addHost(address == null || address.isEmpty() ? DEFAULT_SOCKET : address, "");
            default -> {
                // A network that the program has registered itself.
                tcp(address == null ? "" : address, parts);
                parts.refuse(new ConfigurationException(
                        "UNSUPPORTED_HOST",
                        "the network before the address is neither tcp nor unix: give a host name, as tcp(host:3306)"));
            }
        }
    }

    private static void tcp(String address, UrlReader parts) {
        if (address.isEmpty()) {
            parts.addHost(DEFAULT_HOST, DEFAULT_PORT);
            return;
        }
        int colon = address.lastIndexOf(':');
        boolean bracketed = address.startsWith("[");
        boolean hasPort =
                colon >= 0 && (bracketed ? address.startsWith("]", colon - 1) : address.indexOf(':') == colon);
        String name = hasPort ? address.substring(0, colon) : address;
        String bare = bracketed && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        parts.addHost(bare, hasPort ? address.substring(colon + 1) : DEFAULT_PORT);
    }

    private static void query(String query, UrlReader parts, UrlReader.Parameters parameters) {
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            // What has no value is dropped by the driver as well.
            if (equals >= 0) {
                String name = pair.substring(0, equals);
                String shown = UrlReader.shown(name, parameters.isKnown(name), false);
                parts.count(name);
                parameters.read(Parameter.literal(
                        name, shown, false, parts.decodeForm(pair.substring(equals + 1), "parameter " + shown)));
            }
        }
    }
}
