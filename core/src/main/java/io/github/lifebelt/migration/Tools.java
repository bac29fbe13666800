package io.github.lifebelt.migration;

import io.github.lifebelt.ConfigurationException;

/** What there is to say of a tool that is not there. Apart, since the tools' own classes cannot be loaded then. */
final class Tools {

    private Tools() {}

    static ConfigurationException missing(String tool, String artifacts, NoClassDefFoundError cause) {
        return new ConfigurationException(
                "MIGRATION_TOOL_MISSING",
                tool + " is not on the class path: add the dependency " + artifacts + ", which Lifebelt does not bring",
                cause);
    }
}
