package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
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
        ROOT_CERTIFICATE,
        /** Prisma's {@code sslaccept}. */
        PRISMA
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
            Map.entry("sslaccept", Meaning.PRISMA),
            Map.entry("sslrootcert", Meaning.ROOT_CERTIFICATE));

    // MySQL's own names of the modes, of its clients and of Connector/J, and what Azure writes.
    private static final Map<String, SslMode> MODES = Map.of(
            "disabled", SslMode.DISABLE,
            "preferred", SslMode.PREFER,
            "required", SslMode.REQUIRE,
            "verify-ca", SslMode.VERIFY_CA,
            "verify-identity", SslMode.VERIFY_FULL);

    private static final Pattern REJECT_UNAUTHORIZED = Pattern.compile("\"rejectUnauthorized\"\\s*:\\s*true");

    private static final Set<String> OTHER_POOLS = Set.of(
            "pool",
            "pool_size",
            "pool_timeout",
            "pool_recycle",
            "max_overflow",
            "timeout",
            "checkout_timeout",
            "reaping_frequency",
            "idle_timeout",
            "encoding",
            "connection_limit",
            "prepared_statements",
            "statement_limit",
            "conn_max_age",
            "conn_health_checks",
            "atomic_requests",
            "collation",
            "strict",
            "adapter",
            "read_timeout",
            "write_timeout",
            "local_infile",
            "use_unicode",
            "autocommit",
            "init_command",
            "driver");

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
                || isOfAnotherPool(name)
                || DriverSettings.isTranslated(name)
                || UnsupportedParameters.has(name)
                || DriverProperties.isKnown(name)
                || ForeignFactory.isKnownProperty(name)
                || name.startsWith(DatabaseUrl.SETTING_PREFIX);
    }

    /** A name fit for a message. */
    static String shown(String name, boolean afterPassword) {
        return UrlReader.shown(name, isKnown(name), afterPassword);
    }

    /** Reads a mode by MySQL's names, and by those of libpq, which many know better. */
    static SslMode sslMode(String text) {
        SslMode mode = modeOrNull(text);
        if (mode == null) {
            throw invalidMode("");
        }
        return mode;
    }

    static @Nullable SslMode modeOrNull(String text) {
        SslMode mode = MODES.get(text.toLowerCase(Locale.ROOT).replace('_', '-'));
        return mode == null ? SslMode.of(text) : mode;
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

    /** Reads the switch of other programs. */
    static SslMode onOrOff(String value) {
        // As Node's programs write it.
        if (REJECT_UNAUTHORIZED.matcher(value).find()) {
            return SslMode.VERIFY_FULL;
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> SslMode.REQUIRE;
            case "false", "0", "no", "off" -> SslMode.DISABLE;
            default ->
                throw new ConfigurationException(
                        "INVALID_PARAM",
                        "parameter 'ssl' has another value than allowed: true, false; ssl-mode=VERIFY_IDENTITY says more");
        };
    }

    /** Prisma's two words: whether the certificate has to be a good one. */
    static SslMode prisma(String value) {
        return value.equals("strict") ? SslMode.VERIFY_FULL : SslMode.REQUIRE;
    }

    /** What governs a pool or a driver in another language, and nothing here. */
    static boolean isOfAnotherPool(String name) {
        return OTHER_POOLS.contains(name);
    }

    /** In these formats a '#' ends the text: what follows, often the rest of a password, would be lost. */
    static void refuseFragment(String url) {
        if (url.indexOf('#') >= 0) {
            throw new ConfigurationException(
                    "INVALID_PERCENT_ENCODING",
                    "the database URL: it has a '#', which ends a URL and cuts off what follows; write it %23");
        }
    }

    static ConfigurationException unknown(String shown, String hint) {
        return new ConfigurationException(
                "UNKNOWN_PARAM", "neither Connector/J nor Lifebelt has a parameter " + shown + hint);
    }
}
