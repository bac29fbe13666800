package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names of libpq's connection parameters, of all versions up to 18.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS">libpq: parameter key
 *     words</a>
 */
final class LibpqParameters {

    static final String NOT_SHOWN = "(name not shown)";

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

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,40}");

    private LibpqParameters() {}

    static boolean isKnown(String name) {
        return KNOWN.contains(name);
    }

    /** A name fit for a message: what follows a password may be the rest of it, and what is no name may be anything. */
    static String shown(String name, boolean afterPassword) {
        boolean safe = isKnown(name) || (!afterPassword && NAME.matcher(name).matches());
        return safe ? "'" + name + "'" : afterPassword ? "after the password" : NOT_SHOWN;
    }

    static String advice(String name) {
        return MEANT.getOrDefault(
                name.toLowerCase(Locale.ROOT),
                "libpq's parameters are known here, and the pool's settings as lifebelt.name");
    }

    static ConfigurationException unknown(String shown, String advice) {
        return new ConfigurationException(
                "UNKNOWN_PARAM", "there is no parameter " + shown + " in a PostgreSQL URI; " + advice);
    }
}
