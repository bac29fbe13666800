package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.TestDatabase;
import java.lang.reflect.Executable;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What native-image is told is complete and true, as far as a JVM can say. */
class NativeMetadataTest {

    private static final boolean POSTGRES = Servers.PRODUCT == DatabaseProduct.POSTGRESQL;
    private static final Set<String> SECTIONS = Set.of("reflection", "resources");
    private static final Set<String> KEYS = Set.of(
            "condition",
            "type",
            "methods",
            "fields",
            "allDeclaredFields",
            "allDeclaredConstructors",
            "unsafeAllocated");

    @TempDir
    Path folder;

    private static NativeMetadata metadata() throws Exception {
        return NativeMetadata.of(POSTGRES ? "lifebelt-postgres" : "lifebelt-mysql");
    }

    @Test
    void whatIsLookedUpByNameInRealConnectsIsInTheMetadata() throws Exception {
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dlifebelt.contract.product=" + Servers.PRODUCT,
                "-cp",
                System.getProperty("java.class.path"),
                ClassesByName.class.getName(),
                folder.resolve("loaded.jfr").toString()));
        for (boolean tls : new boolean[] {false, true}) {
            TestDatabase server = Servers.get(tls);
            command.add(server.url());
        }
        Process java = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(java.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(java.exitValue()).as(Files.readString(output)).isZero();
        Set<String> looked = new TreeSet<>();
        for (String line : Files.readAllLines(output)) {
            if (line.startsWith("by name: ") && isOfThoseThatConnect(line.substring(9))) {
                looked.add(line.substring(9));
            }
        }
        assertThat(looked).isNotEmpty();
        assertThat(metadata().names()).containsAll(looked);
        assertThat(Files.readString(output)).contains("failed as it should: " + Sql.FAILING_STATE);
    }

    /**
     * The rest is the JDK's, which native-image knows, and the tests' logging; and what is abstract came along as the
     * supertype of something that was looked up.
     */
    private static boolean isOfThoseThatConnect(String name) throws ClassNotFoundException {
        return !Modifier.isAbstract(named(name).getModifiers())
                && Arrays.stream(new String[] {"org.postgresql.", "com.mysql.", "com.zaxxer.", "io.github.lifebelt."})
                        .anyMatch(name::startsWith);
    }

    @Test
    void eachClassAndConstructorThatIsNamedExists() throws Exception {
        int checked = 0;
        for (JsonNode type : metadata().types()) {
            String name = type.path("type").asText();
            if (type.has("condition") && !isThere(name)) {
                continue; // of a library that the application may bring
            }
            Class<?> found = named(name);
            for (JsonNode method : type.path("methods")) {
                List<Class<?>> parameters = new ArrayList<>();
                for (JsonNode parameter : method.path("parameterTypes")) {
                    parameters.add(named(parameter.asText()));
                }
                Class<?>[] types = parameters.toArray(Class<?>[]::new);
                Executable member = method.path("name").asText().equals("<init>")
                        ? found.getDeclaredConstructor(types)
                        : found.getMethod(method.path("name").asText(), types);
                assertThat(member).isNotNull();
                checked++;
            }
        }
        assertThat(checked).isPositive();
    }

    private static Class<?> named(String name) throws ClassNotFoundException {
        return name.endsWith("[]")
                ? named(name.substring(0, name.length() - 2)).arrayType()
                : Class.forName(name, false, NativeMetadataTest.class.getClassLoader());
    }

    private static boolean isThere(String name) {
        return NativeMetadataTest.class.getClassLoader().getResource(name.replace('.', '/') + ".class") != null;
    }

    @Test
    void theFilesHaveTheShapeThatNativeImageReads() throws Exception {
        for (JsonNode file : metadata().files()) {
            file.fieldNames().forEachRemaining(section -> assertThat(SECTIONS).contains(section));
            file.path("reflection").forEach(type -> {
                assertThat(type.path("type").isTextual()).as(type.toString()).isTrue();
                type.fieldNames().forEachRemaining(key -> assertThat(KEYS).contains(key));
                type.path("methods").forEach(method -> {
                    assertThat(method.path("name").isTextual()).isTrue();
                    assertThat(method.path("parameterTypes").isArray()).isTrue();
                });
            });
            file.path("resources").forEach(resource -> {
                boolean glob = resource.path("glob").isTextual();
                boolean bundle = resource.path("bundle").isTextual();
                assertThat(glob ^ bundle).as(resource.toString()).isTrue();
            });
        }
        assertThat(metadata().types()).doesNotHaveDuplicates();
    }

    @Test
    void theResourcesThatAreNamedAreThere() throws Exception {
        for (JsonNode file : metadata().files()) {
            file.path("resources").forEach(resource -> {
                String path = resource.has("glob")
                        ? resource.path("glob").asText()
                        : resource.path("bundle").asText().replace('.', '/') + ".properties";
                assertThat(getClass().getClassLoader().getResource(path))
                        .as(path)
                        .isNotNull();
            });
        }
    }
}
