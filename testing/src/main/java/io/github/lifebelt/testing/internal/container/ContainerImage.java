package io.github.lifebelt.testing.internal.container;

import org.jspecify.annotations.Nullable;
import org.testcontainers.utility.DockerImageName;

/**
 * Which image a product's servers are made from.
 *
 * @param repository the official one
 * @param tag its tag, if no version is asked for
 * @param property the system property that names another image
 * @param variable the environment variable that does
 */
public record ContainerImage(String repository, String tag, String property, String variable) {

    /** The image for a version; the one that is named instead of the official one has to be of that version. */
    DockerImageName of(@Nullable String version) {
        @Nullable String named = System.getProperty(property, System.getenv(variable));
        if (named == null || named.isBlank()) {
            return DockerImageName.parse(repository + ":" + (version == null ? tag : version));
        }
        DockerImageName other = DockerImageName.parse(named.trim()).asCompatibleSubstituteFor(repository);
        if (version != null && !isOf(other.getVersionPart(), version)) {
            throw new IllegalStateException("The test asks for version " + version + ", and " + property + " or "
                    + variable + " for the image " + named);
        }
        return other;
    }

    private static boolean isOf(String tag, String version) {
        return tag.equals(version) || tag.startsWith(version + ".") || tag.startsWith(version + "-");
    }
}
