package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the parameters of a URL are called, by MySQL's own clients, by Connector/J, and by platforms that mix them up.
 *
 * @see <a href="https://dev.mysql.com/doc/refman/8.4/en/connection-options.html">MySQL: command options for connecting</a>
 */
final class ParameterNames {

    /** What several names stand for. */
    enum Meaning {
        USER,
        PASSWORD,
        SSL_MODE,
        SSL,
        ROOT_CERTIFICATE
    }

    private static final Map<String, Meaning> CLIENTS = Map.ofEntries(
            Map.entry("user", Meaning.USER),
            Map.entry("password", Meaning.PASSWORD),
            Map.entry("ssl-mode", Meaning.SSL_MODE),
            Map.entry("ssl_mode", Meaning.SSL_MODE),
            Map.entry("sslmode", Meaning.SSL_MODE),
            Map.entry("sslMode", Meaning.SSL_MODE),
            Map.entry("ssl", Meaning.SSL),
            Map.entry("ssl-ca", Meaning.ROOT_CERTIFICATE),
            Map.entry("ssl_ca", Meaning.ROOT_CERTIFICATE),
            Map.entry("sslca", Meaning.ROOT_CERTIFICATE),
            Map.entry("sslrootcert", Meaning.ROOT_CERTIFICATE));

    // MySQL's own names of the modes, of its clients and of Connector/J, and what Azure writes.
    private static final Map<String, SslMode> MODES = Map.of(
            "disabled", SslMode.DISABLE,
            "preferred", SslMode.PREFER,
            "required", SslMode.REQUIRE,
            "verify-ca", SslMode.VERIFY_CA,
            "verify-identity", SslMode.VERIFY_FULL);

    private ParameterNames() {}

    static UrlReader reader() {
        return new UrlReader(DriverSettings.DIALECT, "MySQL");
    }

    /** What a name of the clients means that is no parameter of the driver; null if it is one, or unknown. */
    static @Nullable Meaning meaning(String name) {
        return CLIENTS.get(name);
    }

    static boolean isKnown(String name) {
        return meaning(name) != null
                || DriverSettings.isTranslated(name)
                || UnsupportedParameters.has(name)
                || DriverProperties.isKnown(name)
                || name.startsWith(DatabaseUrl.SETTING_PREFIX);
    }

    /** A name fit for a message. */
    static String shown(String name, boolean afterPassword) {
        return UrlReader.shown(name, isKnown(name), afterPassword);
    }

    /** Reads a mode by MySQL's names, and by those of libpq, which many know better. */
    static SslMode sslMode(String text) {
        SslMode mode = MODES.get(text.toLowerCase(Locale.ROOT).replace('_', '-'));
        if (mode == null) {
            mode = SslMode.of(text);
        }
        if (mode == null) {
            throw invalidMode("");
        }
        return mode;
    }

    /** Reads a mode by Connector/J's names alone, without regard to case. */
    static SslMode driverSslMode(String text) {
        SslMode mode =
                text.indexOf('-') < 0 ? MODES.get(text.toLowerCase(Locale.ROOT).replace('_', '-')) : null;
        if (mode == null) {
            SslMode meant = SslMode.of(text);
            throw invalidMode(
                    meant == null || meant == SslMode.ALLOW
                            ? ""
                            : "; did you mean " + DriverSettings.sslMode(meant) + "?");
        }
        return mode;
    }

    private static ConfigurationException invalidMode(String hint) {
        return new ConfigurationException(
                "INVALID_SSLMODE",
                "the ssl mode is none of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY" + hint);
    }

    static ConfigurationException unknown(String shown, String hint) {
        return new ConfigurationException(
                "UNKNOWN_PARAM", "neither Connector/J nor Lifebelt has a parameter " + shown + hint);
    }
}
