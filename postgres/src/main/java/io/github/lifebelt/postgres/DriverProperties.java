package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import java.sql.DriverPropertyInfo;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.Driver;

/** The names of pgjdbc's properties, and which of them are not for a URL of Lifebelt. */
final class DriverProperties {

    // What Lifebelt sets itself. Taken from a URL it would take the deadline or the probe away.
    private static final Set<String> OURS =
            Set.of("socketFactory", "socketFactoryArg", "sslfactory", "sslfactoryarg", "sslhostnameverifier");

    private static final Map<String, String> MEANT = Map.of(
            "connect_timeout", "connectTimeout",
            "application_name", "ApplicationName",
            "target_session_attrs", "targetServerType",
            "channel_binding", "channelBinding",
            "keepalives", "tcpKeepAlive",
            "gssencmode", "gssEncMode");

    // Asked of the driver itself, so that a newer one's are known too.
    private static final Set<String> KNOWN = Stream.of(
                    new Driver().getPropertyInfo(DriverSettings.DRIVER_URL, new Properties()))
            .map((DriverPropertyInfo property) -> property.name)
            .collect(Collectors.toUnmodifiableSet());

    private DriverProperties() {}

    static boolean isKnown(String name) {
        return KNOWN.contains(name) || name.startsWith("PG");
    }

    /** pgjdbc ignores a property that it does not know, silently. */
    static void check(String name) {
        if (OURS.contains(name)) {
            throw new ConfigurationException(
                    "UNSUPPORTED_PARAM", "parameter '" + name + "' is Lifebelt's own to set; leave it out of the URL");
        }
        if (name.equals("loginTimeout")) {
            throw new ConfigurationException(
                    "UNSUPPORTED_PARAM",
                    "parameter 'loginTimeout' makes the driver connect on a thread of its own; the pool's deadline holds"
                            + " instead: set lifebelt.connect-timeout");
        }
        if (!isKnown(name)) {
            throw new ConfigurationException(
                    "UNKNOWN_PARAM",
                    "pgjdbc has no property " + LibpqParameters.shown(name, false) + " and would ignore it"
                            + didYouMean(name));
        }
    }

    private static String didYouMean(String name) {
        String known = MEANT.get(name.toLowerCase(Locale.ROOT));
        if (known == null) {
            known = KNOWN.stream()
                    .filter(property -> property.equalsIgnoreCase(name))
                    .findFirst()
                    .orElse(null);
        }
        return known == null ? "" : "; did you mean " + known + "?";
    }
}
