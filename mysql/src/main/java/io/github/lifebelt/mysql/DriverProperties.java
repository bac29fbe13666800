package io.github.lifebelt.mysql;

import com.mysql.cj.conf.IntegerPropertyDefinition;
import com.mysql.cj.conf.LongPropertyDefinition;
import com.mysql.cj.conf.MemorySizePropertyDefinition;
import com.mysql.cj.conf.PropertyDefinition;
import com.mysql.cj.conf.PropertyDefinitions;
import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.exceptions.CJException;
import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.UrlReader;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The names and values of Connector/J's properties: asked of the driver itself, so that a newer one's are known too. */
final class DriverProperties {

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

    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?\\d{1,10}");

    private DriverProperties() {}

    /** Whether the driver has a property of exactly this name, or one that it takes for another. */
    static boolean isKnown(String name) {
        return definition(name) != null;
    }

    private static @Nullable PropertyDefinition<?> definition(String name) {
        PropertyKey key = PropertyKey.fromValue(name);
        return key == null ? null : PropertyDefinitions.PROPERTY_KEY_TO_PROPERTY_DEFINITION.get(key);
    }

    /**
     * Refuses a name that the driver would ignore in silence, and a value that it would refuse at each connect.
     *
     * @return the driver's own name for it
     */
    static String checked(String name, String value) {
        if (OF_AZURES_PLUGIN.contains(name)) {
            return name;
        }
        PropertyDefinition<?> known = definition(name);
        if (known == null) {
            throw ParameterNames.unknown(ParameterNames.shown(name, false), didYouMean(name));
        }
        try {
            known.parseObject(value, null);
        } catch (CJException e) {
            throw invalid(name, known);
        }
        // The driver reads a decimal and cuts it off; a size may have a unit.
        boolean number = known instanceof LongPropertyDefinition
                || (known instanceof IntegerPropertyDefinition && !(known instanceof MemorySizePropertyDefinition));
        if (number && !WHOLE_NUMBER.matcher(value).matches()) {
            throw invalid(name, known);
        }
        return known.getName();
    }

    /** Reads a switch as the driver does. */
    static boolean isOn(String name, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "yes" -> true;
            case "false", "no" -> false;
            default -> throw invalid(name, "true, false");
        };
    }

    private static ConfigurationException invalid(String name, PropertyDefinition<?> known) {
        String[] choices = known.getAllowableValues();
        return invalid(name, choices == null || choices.length == 0 ? "a whole number" : String.join(", ", choices));
    }

    // The value is not shown: it may be the rest of something that was cut at an '&'.
    static ConfigurationException invalid(String shown, String allowed) {
        return new ConfigurationException(
                "INVALID_PARAM", "parameter '" + shown + "' has another value than allowed: " + allowed);
    }

    /** Advice for a name that is none, or nothing. */
    static String didYouMean(String name) {
        if (ForeignFactory.isKnownProperty(name)) {
            return "; it is the Cloud SQL connector's: add socketFactory=" + ForeignFactory.CLOUD_SQL;
        }
        String advice = DriverSettings.advice(name);
        if (advice != null) {
            return "; " + advice;
        }
        List<String> candidates = PropertyDefinitions.PROPERTY_KEY_TO_PROPERTY_DEFINITION.values().stream()
                .map(PropertyDefinition::getName)
                .filter(property -> !UnsupportedParameters.has(property))
                .toList();
        // MySQL's own clients write their options with hyphens.
        return UrlReader.didYouMean(name.replace("-", ""), candidates);
    }
}
