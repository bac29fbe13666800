package io.github.lifebelt.apps.service;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** The version that stands in the jar's manifest. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"lifebelt-service " + Objects.requireNonNullElse(version, "(not from a jar)")};
    }
}
