package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.UrlReader;
import java.sql.DriverPropertyInfo;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** The names of pgjdbc's properties, and which of them are not for a URL of Lifebelt. */
final class DriverProperties {

    // What Lifebelt sets itself. As a parameter it would take the deadline, the probe or the TLS policy away, or put a
    // secret where it is shown.
    private static final Set<String> OURS = Set.of(
            "sslfactory",
            "sslfactoryarg",
            "sslhostnameverifier",
            "PGHOST",
            "PGPORT",
            "PGDBNAME",
            "user",
            "password",
            "sslmode",
            "sslrootcert",
            "options");

    // A list with negations: the driver itself says what is wrong with it.
    private static final Set<String> NOT_CHECKED = Set.of("requireAuth");
    private static final List<String> SWITCH = List.of("true", "false");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,10}");

    // What Azure's authentication plugins read, but for what is a secret: that has its place in the environment.
    private static final Set<String> OF_AZURES_PLUGIN = Set.of(
            "azure.clientId",
            "azure.tenantId",
            "azure.username",
            "azure.managedIdentityEnabled",
            "azure.clientCertificatePath",
            "azure.authorityHost",
            "azure.scopes",
            "azure.claims",
            "azure.accessTokenTimeoutInSeconds",
            "azure.tokenCredentialProviderClassName",
            "azure.tokenCredentialBeanName",
            "azure.tokenCredentialCacheEnabled");

    // Asked of the driver itself, so that a newer one's are known too.
    private static final Set<String> KNOWN = Stream.of(
                    new Driver().getPropertyInfo(DriverSettings.DRIVER_URL, new Properties()))
            .map((DriverPropertyInfo property) -> property.name)
            .collect(Collectors.toUnmodifiableSet());

    private DriverProperties() {}

    static boolean isKnown(String name) {
        return KNOWN.contains(name) || OF_AZURES_PLUGIN.contains(name) || ForeignFactory.isKnownProperty(name);
    }

    /** Whether it is of no concern to the driver, so that only a foreign socket factory can have a use for it. */
    static boolean isForeign(String name) {
        return !KNOWN.contains(name) && !OF_AZURES_PLUGIN.contains(name) && !OURS.contains(name);
    }

    /** pgjdbc ignores a property that it does not know, silently. */
    static void check(String name) {
        if (OURS.contains(name)) {
            throw new ConfigurationException(
                    "UNSUPPORTED_PARAM",
                    "parameter '" + name
                            + "' is Lifebelt's own to set; leave it out, or use the builder's method of that name");
        }
        if (isForeign(name)) {
            throw new ConfigurationException(
                    "UNKNOWN_PARAM",
                    "pgjdbc has no property " + LibpqParameters.shown(name, false) + " and would ignore it"
                            + (ForeignFactory.isKnownProperty(name) ? ForeignFactory.advice(name) : didYouMean(name)));
        }
    }

    /**
     * Refuses a value that the driver would misread: of its switches it takes anything but {@code true} for false, also
     * {@code yes} and the empty value of a bare name; a number with a unit and an unknown choice fail at each connect.
     *
     * @param property the driver's name
     * @param shown the name as the user wrote it
     * @return the value in the driver's own spelling, which it does not compare without regard to case everywhere
     */
    static String checked(String property, String shown, String value) {
        PGProperty known = PGProperty.forName(property);
        if (known == null || NOT_CHECKED.contains(property)) {
            return value;
        }
        String[] choices = known.getChoices();
        String standard = String.valueOf(known.getDefaultValue());
        if (choices != null) {
            return choice(shown, value, List.of(choices));
        }
        if (SWITCH.contains(standard)) {
            return choice(shown, value, SWITCH);
        }
        if (NUMBER.matcher(standard).matches() && !NUMBER.matcher(value).matches()) {
            throw invalid(shown, "a whole number without a unit");
        }
        return value;
    }

    private static String choice(String shown, String value, List<String> choices) {
        return choices.stream()
                .filter(value::equalsIgnoreCase)
                .findFirst()
                .orElseThrow(() -> invalid(shown, String.join(", ", choices)));
    }

    // The value is not shown: it may be the rest of something that was cut at an '&'.
    private static ConfigurationException invalid(String shown, String allowed) {
        return new ConfigurationException(
                "INVALID_PARAM", "parameter '" + shown + "' has another value than allowed: " + allowed);
    }

    private static String didYouMean(String name) {
        return UrlReader.didYouMean(
                name,
                KNOWN.stream().filter(property -> !OURS.contains(property)).toList());
    }
}
