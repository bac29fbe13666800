package io.github.lifebelt.testing.internal.named;

import io.github.lifebelt.testing.DatabaseProduct;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The connection string of a server, taken apart: one host, a user, and parameters as the JDBC driver reads them. What is
 * not understood is refused. No message shows any of its text but names.
 *
 * @param source which setting it was in
 * @param host as it stands in a URL, so an IPv6 address is in brackets
 * @param port the port, the product's own if none was given
 * @param database where to connect to before there is a database of the fixture's own; empty for none
 * @param user as whom
 * @param password empty if there was none
 * @param parameters the query of the JDBC URL, encoded, without user and password; null for none
 * @param plain whether it says that there is to be no TLS
 */
public record NamedUrl(
        String source,
        String host,
        int port,
        String database,
        String user,
        String password,
        @Nullable String parameters,
        boolean plain) {
    private static final Pattern FORM = Pattern.compile("(?<scheme>(?:jdbc:)?[a-z]+)://"
            + "(?:(?<user>[^:@/?#\\s]*)(?::(?<password>[^:@/?#\\s]*))?@)?"
            + "(?<host>\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::(?<port>[0-9]{1,5}))?"
            + "(?:/(?<database>[^/?#\\s]*))?(?:\\?(?<query>[^?#\\s]*))?");
    private static final String JDBC = "jdbc:";
    private static final Map<DatabaseProduct, List<String>> SCHEMES = Map.of(
            DatabaseProduct.POSTGRESQL, List.of("postgresql", "postgres", "jdbc:postgresql"),
            DatabaseProduct.MYSQL, List.of("mysql", "jdbc:mysql"),
            DatabaseProduct.MARIADB, List.of("mariadb", "mysql", "jdbc:mysql"));
    private static final Map<DatabaseProduct, Integer> PORTS =
            Map.of(DatabaseProduct.POSTGRESQL, 5432, DatabaseProduct.MYSQL, 3306, DatabaseProduct.MARIADB, 3306);
    private static final int HIGHEST_PORT = 65_535;
    private static final char LAST_ASCII = 0x7f;

    /**
     * Reads a connection string.
     *
     * @throws IllegalStateException if it is none of this product, or has something that would be lost
     */
    public static NamedUrl parse(DatabaseProduct product, String source, String text) {
        Matcher matcher = FORM.matcher(text.trim());
        List<String> schemes = SCHEMES.getOrDefault(product, List.of());
        if (!matcher.matches() || !schemes.contains(matcher.group("scheme"))) {
            throw new IllegalStateException(source + " must be of the form " + schemes.get(0)
                    + "://user:password@host:port/database?name=value (or with " + String.join(", ", schemes)
                    + "), one host only, special characters as percent codes");
        }
        boolean jdbc = matcher.group("scheme").startsWith(JDBC);
        Map<String, String> query = query(source, matcher.group("query"));
        String user = either(source, "user", matcher.group("user"), query.remove("user"), jdbc);
        if (user.isEmpty()) {
            throw new IllegalStateException(source + " names no user");
        }
        String password = either(source, "password", matcher.group("password"), query.remove("password"), jdbc);
        @Nullable String database = matcher.group("database");
        @Nullable String port = matcher.group("port");
        UrlParameters parameters = product == DatabaseProduct.POSTGRESQL
                ? UrlParameters.ofPostgres(source, query, jdbc)
                : UrlParameters.ofMySql(source, query);
        String decoded = decode(source, "database", database == null ? "" : database, jdbc);
        return new NamedUrl(
                source,
                matcher.group("host"),
                port == null ? PORTS.getOrDefault(product, 0) : port(source, port),
                decoded.isEmpty() && product == DatabaseProduct.POSTGRESQL ? user : decoded,
                user,
                password,
                parameters.encoded(),
                parameters.plain());
    }

    /** Never shows the password, nor parameters, which may hold others. */
    @Override
    public String toString() {
        return user + "@" + host + ":" + port + ", named by " + source;
    }

    /** Resolves percent codes, strictly; {@code what} is how the text is called in errors, which do not show it. */
    static String decode(String source, String what, String text, boolean plusIsSpace) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try {
            for (int i = 0; i < text.length(); i++) {
                char character = text.charAt(i);
                if (character == '%') {
                    octets.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
                    i += 2;
                } else if (character > LAST_ASCII) {
                    throw new IllegalArgumentException("not ASCII");
                } else {
                    octets.write(character == '+' && plusIsSpace ? ' ' : character);
                }
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets.toByteArray()))
                    .toString();
        } catch (IllegalArgumentException | IndexOutOfBoundsException | CharacterCodingException e) {
            // Without the cause, whose message shows the text.
            throw new IllegalStateException(
                    "The " + what + " in " + source + " has a malformed percent code, or a character that needs one");
        }
    }

    private static Map<String, String> query(String source, @Nullable String text) {
        Map<String, String> all = new LinkedHashMap<>();
        if (text == null || text.isEmpty()) {
            return all;
        }
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalStateException("A parameter in " + source + " is not of the form name=value");
            }
            if (all.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
                throw new IllegalStateException(source + " has a parameter twice");
            }
        }
        return all;
    }

    private static String either(
            String source, String what, @Nullable String before, @Nullable String inQuery, boolean jdbc) {
        if (before != null && inQuery != null) {
            throw new IllegalStateException(source + " has a " + what + " twice");
        }
        @Nullable String text = before != null ? before : inQuery;
        return text == null ? "" : decode(source, what, text, jdbc);
    }

    private static int port(String source, String text) {
        int port = Integer.parseInt(text);
        if (port < 1 || port > HIGHEST_PORT) {
            throw new IllegalStateException("The port in " + source + " is none: " + port);
        }
        return port;
    }
}
