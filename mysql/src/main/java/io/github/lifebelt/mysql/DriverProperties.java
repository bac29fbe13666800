package io.github.lifebelt.mysql;

import com.mysql.cj.conf.IntegerPropertyDefinition;
import com.mysql.cj.conf.LongPropertyDefinition;
import com.mysql.cj.conf.MemorySizePropertyDefinition;
import com.mysql.cj.conf.PropertyDefinition;
import com.mysql.cj.conf.PropertyDefinitions;
import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.exceptions.CJException;
import io.github.lifebelt.ConfigurationException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The names and values of Connector/J's properties: asked of the driver itself, so that a newer one's are known too. */
final class DriverProperties {

    private static final int MOST_TYPOS = 2;
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
        String advice = DriverSettings.advice(name);
        if (advice != null) {
            return "; " + advice;
        }
        List<String> candidates = PropertyDefinitions.PROPERTY_KEY_TO_PROPERTY_DEFINITION.values().stream()
                .map(PropertyDefinition::getName)
                .filter(property -> !UnsupportedParameters.has(property))
                .toList();
        String lower = name.toLowerCase(Locale.ROOT);
        return candidates.stream()
                .filter(property -> typos(property, lower) <= MOST_TYPOS)
                .min(Comparator.comparingInt((String property) -> typos(property, lower))
                        .thenComparing(Comparator.naturalOrder()))
                .map(property -> "; did you mean " + property + "?")
                .orElse("");
    }

    /** How many letters have to be put in, left out or changed (Levenshtein); case, '_' and '-' do not count. */
    private static int typos(String property, String lower) {
        String a = property.toLowerCase(Locale.ROOT);
        String b = lower.replace("_", "").replace("-", "");
        int[] row = IntStream.rangeClosed(0, b.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
