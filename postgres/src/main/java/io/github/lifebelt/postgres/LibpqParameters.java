package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReader.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The names of libpq's connection parameters, of all versions up to 18.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS">libpq: parameter key
 *     words</a>
 */
final class LibpqParameters {

    private static final Set<String> KNOWN = Set.of(
            "host",
            "hostaddr",
            "port",
            "dbname",
            "user",
            "password",
            "passfile",
            "service",
            "servicefile",
            "connect_timeout",
            "client_encoding",
            "options",
            "application_name",
            "fallback_application_name",
            "keepalives",
            "keepalives_idle",
            "keepalives_interval",
            "keepalives_count",
            "tcp_user_timeout",
            "sslmode",
            "sslcert",
            "sslkey",
            "sslpassword",
            "sslrootcert",
            "sslcrl",
            "sslcrldir",
            "sslsni",
            "sslcompression",
            "sslcertmode",
            "sslnegotiation",
            "sslkeylogfile",
            "ssl_min_protocol_version",
            "ssl_max_protocol_version",
            "channel_binding",
            "require_auth",
            "requirepeer",
            "krbsrvname",
            "gsslib",
            "gssencmode",
            "gssdelegation",
            "replication",
            "target_session_attrs",
            "load_balance_hosts",
            "min_protocol_version",
            "max_protocol_version",
            "scram_client_key",
            "scram_server_key");

    private static final Map<String, String> MEANT = Map.of(
            "pool_size", "the pool's size is lifebelt.max-size",
            "schema", "write options=-c%20search_path%3Dname, or lifebelt.schema",
            "currentschema", "write options=-c%20search_path%3Dname, or lifebelt.schema",
            "applicationname", "write application_name",
            "connecttimeout", "write connect_timeout",
            "pgbouncer", "say it to the driver: jdbc:postgresql: with prepareThreshold=0",
            "channelbinding", "write channel_binding",
            "targetservertype", "write target_session_attrs");

    private LibpqParameters() {}

    static boolean isKnown(String name) {
        return KNOWN.contains(name);
    }

    /** A name fit for a message. */
    static String shown(String name, boolean afterPassword) {
        return UrlReader.shown(name, isKnown(name), afterPassword);
    }

    static String advice(String name) {
        return MEANT.getOrDefault(
                name.toLowerCase(Locale.ROOT),
                "libpq's parameters are known here, and the pool's settings as lifebelt.name");
    }

    static ConfigurationException unknown(String shown, String advice) {
        return new ConfigurationException("UNKNOWN_PARAM", "libpq has no parameter " + shown + "; " + advice);
    }

    static ConfigurationException unknownKey(String shown) {
        return new ConfigurationException(
                "UNKNOWN_PARAM",
                "Npgsql has no key " + shown + "; a value with a ';' in it is written in quotes, Password='...'");
    }

    static UrlReader reader() {
        return new UrlReader(DriverSettings.DIALECT, "PostgreSQL");
    }

    /** Takes a key word of libpq's, and refuses what is none. */
    static void read(UrlReader parts, Parameter parameter) {
        String name = parameter.name();
        String value = parameter.value();
        switch (name) {
            case "host" -> parts.setHosts(list(value));
            case "port" -> parts.setPorts(list(value));
            case "dbname" -> parts.database(value);
            case "sslmode" -> sslMode(parts, value, false);
            default -> {
                if (!isKnown(name) && !name.startsWith(DatabaseUrl.SETTING_PREFIX)) {
                    throw unknown(parameter.shown(), advice(name));
                }
                take(parts, name, value);
            }
        }
    }

    static List<String> list(String value) {
        return value.isEmpty() ? List.of() : Arrays.asList(value.split(",", -1));
    }

    /** Takes a mode; libpq and pgjdbc themselves look at it when they connect. */
    static void sslMode(UrlReader parts, String value, boolean anyCase) {
        try {
            parts.sslMode(sslMode(value, anyCase));
        } catch (ConfigurationException e) {
            parts.sslMode(value, e);
        }
    }

    /** Takes a parameter of the query, of which these names mean the same to libpq and pgjdbc. */
    static void take(UrlReader parts, String name, String value) {
        switch (name) {
            case "user" -> parts.user(value);
            case "password" -> parts.password(value);
            case "sslrootcert" -> parts.sslRootCert(value);
            case "options" -> parts.options(value);
            default -> parts.parameter(name, value);
        }
    }

    /**
     * Reads an {@code sslmode} in the spelling that both libpq and pgjdbc know.
     *
     * @param anyCase pgjdbc compares without regard to case, libpq does not
     */
    static SslMode sslMode(String text, boolean anyCase) {
        SslMode mode = text.indexOf('_') < 0 ? SslMode.of(text) : null;
        if (mode == null || !(anyCase || mode.toString().equals(text))) {
            String lower = text.toLowerCase(Locale.ROOT).replace('_', '-');
            SslMode meant = lower.equals("verify-all") ? SslMode.VERIFY_FULL : SslMode.of(lower);
            throw new ConfigurationException(
                    "INVALID_SSLMODE",
                    "sslmode is none of disable, allow, prefer, require, verify-ca, verify-full"
                            + (meant == null ? "" : "; did you mean " + meant + "?"));
        }
        return mode;
    }
}
