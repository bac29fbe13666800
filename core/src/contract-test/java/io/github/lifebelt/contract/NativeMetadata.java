package io.github.lifebelt.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** What the libraries' jars tell GraalVM's native-image, as one. */
public final class NativeMetadata {
    private static final String PLACE = "/META-INF/native-image/io.github.lifebelt/%s/reachability-metadata.json";

    private final List<JsonNode> files = new ArrayList<>();

    private NativeMetadata() {}

    /** Of core and a dialect. */
    public static NativeMetadata of(String dialectsArtifact) throws IOException {
        NativeMetadata all = new NativeMetadata();
        for (String artifact : List.of("lifebelt-core", dialectsArtifact)) {
            try (InputStream in = NativeMetadata.class.getResourceAsStream(PLACE.formatted(artifact))) {
                all.files.add(new ObjectMapper().readTree(Objects.requireNonNull(in, artifact)));
            }
        }
        return all;
    }

    List<JsonNode> files() {
        return files;
    }

    /** All entries for reflection. */
    public List<JsonNode> types() {
        List<JsonNode> types = new ArrayList<>();
        files.forEach(file -> file.path("reflection").forEach(types::add));
        return types;
    }

    /** The classes that may be looked up by name. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        types().forEach(type -> names.add(type.path("type").asText()));
        return names;
    }

    /** Whether instances can be made of a class by reflection. */
    public boolean makes(String name) {
        return types().stream()
                .filter(type -> type.path("type").asText().equals(name))
                .anyMatch(type -> type.path("allDeclaredConstructors").asBoolean()
                        || type.path("allPublicConstructors").asBoolean()
                        || type.path("methods").findValuesAsText("name").contains("<init>"));
    }
}
