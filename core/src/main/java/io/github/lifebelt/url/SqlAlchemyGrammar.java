package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SQLAlchemy's URLs, after {@code _parse_url} in its engine/url.py: the first {@code @} behind the password's colon ends the
 * password, {@code +} is itself in user, password and database and a blank in the query.
 */
final class SqlAlchemyGrammar {

    // Its own expression. The port is any text there, and int() refuses it afterwards.
    private static final Pattern URL = Pattern.compile(
            "(?<name>[\\w+]+)://(?:(?<user>[^:/]*)(?::(?<password>[^@]*))?@)?"
                    + "(?:(?:\\[(?<ipv6>[^/?]+)\\]|(?<host>[^/:?]+))?(?::(?<port>[^/?]*))?)?"
                    + "(?:/(?<database>[^?]*))?(?:\\?(?<query>.*))?",
            Pattern.DOTALL);
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private SqlAlchemyGrammar() {}

    static void read(String text, UrlReader parts, UrlReader.Parameters parameters) {
        Matcher url = URL.matcher(text);
        if (!url.lookingAt()) {
            throw new ConfigurationException(
                    "UNRECOGNISED_FORMAT", "SQLAlchemy's URLs are dialect+driver://user:password@host:port/database");
        }
        if (url.group("user") != null && !url.group("user").isEmpty()) {
            parts.user(loose(url.group("user"), parts));
        }
        if (url.group("password") != null) {
            parts.reserved(url.group("password"));
            parts.password(loose(url.group("password"), parts));
        }
        host(url, parts);
        if (url.group("database") != null && !url.group("database").isEmpty()) {
            parts.database(loose(url.group("database"), parts));
        }
        parts.parameter("driver", driver(url.group("name")), null, "");
        if (url.group("query") != null) {
            // Several hosts stand there as several parameters.
            PythonQuery.read(url.group("query"), parts, parameters, Set.of("host", "port"));
        }
    }

    private static void host(Matcher url, UrlReader parts) {
        String name = url.group("ipv6") != null ? url.group("ipv6") : url.group("host");
        String port = url.group("port") == null ? "" : url.group("port");
        if (!port.isEmpty() && !NUMBER.matcher(port).matches()) {
            throw new ConfigurationException(
                    "PORT_NOT_NUMERIC",
                    "what stands after the ':' of the host is not a number: in a password '@' is written %40 and '/' %2F");
        }
        if (name != null || !port.isEmpty()) {
            parts.addHost(name == null ? "" : name, port);
        }
    }

    private static String driver(String name) {
        return name.substring(name.indexOf('+') + 1);
    }

    private static String loose(String raw, UrlReader parts) {
        if (!Percent.isEncoded(raw)) {
            ConfigurationException why = Percent.invalid(
                    "the URL", "a '%' is not followed by two hexadecimal digits; itself it is written %25");
            parts.note("UNENCODED_PERCENT", "a '%' that stands for itself is written %25");
            parts.refuse(why);
        }
        return Percent.loose(raw, false);
    }
}
