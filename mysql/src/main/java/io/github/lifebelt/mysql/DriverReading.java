package io.github.lifebelt.mysql;

import com.mysql.cj.conf.ConnectionUrlParser;
import com.mysql.cj.conf.HostInfo;
import com.mysql.cj.exceptions.CJException;
import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReading;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a URL of Connector/J says by the driver's own rules: the driver itself is asked. */
final class DriverReading {

    private static final String DEFAULT_HOST = "localhost";

    private final UrlReader parts = ParameterNames.reader();
    private final Map<String, String> properties = new TreeMap<>();
    private final ConnectionUrlParser parser;

    private DriverReading(ConnectionUrlParser parser) {
        this.parser = parser;
    }

    /**
     * Asks the driver.
     *
     * @throws ConfigurationException {@code UNRECOGNISED_FORMAT} if it refuses the text; without its message, which shows
     *     the text
     */
    static UrlReading of(String text, Supplier<DatabaseUrl> meaning) {
        DriverReading reading;
        try {
            reading = new DriverReading(ConnectionUrlParser.parseConnectionString(text));
            reading.read();
        } catch (CJException | IllegalArgumentException e) {
            throw new ConfigurationException(
                    "UNRECOGNISED_FORMAT",
                    "Connector/J does not take this for one of its URLs: is a part not encoded?");
        }
        if (text.indexOf('#') >= 0) {
            reading.parts.note(
                    "RESERVED_CHAR_UNENCODED", "a '#' ends a URL and cuts off what follows; it is written %23");
        }
        return reading.parts.toReading(meaning);
    }

    private void read() {
        parser.getProperties().forEach((name, value) -> {
            // The driver takes these few in any case.
            String lower = name.toLowerCase(Locale.ROOT);
            boolean anyCase = lower.equals("user")
                    || lower.equals("password")
                    || lower.equals("host")
                    || lower.equals("port")
                    || lower.equals("dbname");
            properties.put(anyCase ? lower : name, value == null ? "" : value);
        });
        hosts();
        String path = parser.getPath();
        String database = path == null || path.isEmpty() ? properties.remove("dbname") : path;
        properties.remove("dbname");
        if (database != null) {
            parts.database(database);
        }
        sslMode();
        properties.forEach(parts::parameter);
    }

    private void hosts() {
        String host = properties.remove("host");
        String port = properties.remove("port");
        String user = properties.remove("user");
        String password = properties.remove("password");
        boolean srv = parser.getScheme().toLowerCase(Locale.ROOT).contains("+srv");
        for (HostInfo one : parser.getHosts()) {
            Map<String, String> own = one.getHostProperties();
            String name = Objects.requireNonNullElse(first(one.getHost(), own.get("host"), host), DEFAULT_HOST);
            String number = one.getPort() >= 0 ? String.valueOf(one.getPort()) : first(own.get("port"), port);
            boolean bracketed = name.startsWith("[") && name.endsWith("]");
            parts.addHost(
                    bracketed ? name.substring(1, name.length() - 1) : name,
                    number == null && !srv
                            ? String.valueOf(DriverSettings.DEFAULT_PORT)
                            : number == null ? "" : number);
        }
        HostInfo main = parser.getHosts().get(0);
        String name = first(main.getUser(), main.getHostProperties().get("user"), user);
        String secret = first(main.getPassword(), main.getHostProperties().get("password"), password);
        if (name != null) {
            parts.user(name);
        }
        if (secret != null) {
            parts.password(secret);
        } else if (password != null) {
            parts.note("EMPTY_PASSWORD", "the password is there and empty: was a variable not set?");
        }
    }

    private static @Nullable String first(@Nullable String... texts) {
        for (String text : texts) {
            if (text != null && !text.isEmpty()) {
                return text;
            }
        }
        return null;
    }

    private void sslMode() {
        String mode = properties.remove("sslMode");
        try {
            if (mode != null) {
                parts.sslMode(ParameterNames.driverSslMode(mode));
            } else {
                parts.sslMode(JdbcMySqlUrl.legacySslMode(properties));
            }
        } catch (ConfigurationException e) {
            parts.sslMode(mode == null ? "" : mode, e);
        }
        misspelt();
    }

    private void misspelt() {
        for (String name : new String[] {"sslmode", "SSLMode", "SslMode", "ssl-mode", "ssl_mode"}) {
            String mode = properties.get(name);
            SslMode meant = mode == null ? null : ParameterNames.modeOrNull(mode);
            if (meant != null && !parts.hasSslMode()) {
                parts.correctedSslMode(meant);
                parts.note(
                        "SSLMODE_MISSPELT",
                        "Connector/J knows '" + name + "' by no such name and ignores it, so that TLS would not be"
                                + " required: write sslMode=" + DriverSettings.sslMode(meant));
            }
        }
    }
}
