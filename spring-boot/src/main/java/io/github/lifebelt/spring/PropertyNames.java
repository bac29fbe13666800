package io.github.lifebelt.spring;

import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/** The names of properties that were written, whether or not anything knows them. */
final class PropertyNames {
    private PropertyNames() {}

    /** What follows a prefix, from the sources whose names are wanted. */
    static Stream<String> below(String prefix, Environment environment, Predicate<String> wanted) {
        ConfigurationPropertyName parent = ConfigurationPropertyName.of(prefix);
        return StreamSupport.stream(
                        ConfigurationPropertySources.get(environment).spliterator(), false)
                .filter(source -> wanted.test(name(source)))
                .filter(IterableConfigurationPropertySource.class::isInstance)
                .map(IterableConfigurationPropertySource.class::cast)
                .flatMap(IterableConfigurationPropertySource::stream)
                .filter(parent::isAncestorOf)
                .map(name -> IntStream.range(parent.getNumberOfElements(), name.getNumberOfElements())
                        .mapToObj(element -> name.getElement(element, Form.ORIGINAL))
                        .collect(Collectors.joining(".")))
                .distinct();
    }

    private static String name(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof PropertySource<?> underlying ? underlying.getName() : "";
    }

    /** The same for all ways to write one name; those of variables have a dot between any two words. */
    static String uniform(String name) {
        return name.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
    }
}
