package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Those who exclude Testcontainers, because they have its older version, keep the other providers. */
class WithoutTestcontainersTest {
    @Test
    void theOtherProvidersWorkAndThisOneIsSaidToBeMissing() throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("testcontainers") && !entry.contains("docker-java"))
                .collect(Collectors.joining(File.pathSeparator));
        String output = run(List.of("-cp", classPath, Asking.class.getName()));
        assertThat(output)
                .contains("from TESTCONTAINERS")
                .contains("the class path has no Testcontainers 2.x")
                .contains("answered by EMBEDDED");
    }

    @Test
    void whereThereIsNoDockerNothingIsLoggedAsAnErrorAndTheWayOutIsTold() throws Exception {
        ProcessBuilder builder = java(List.of("-cp", System.getProperty("java.class.path"), Asking.class.getName()));
        builder.environment().put("DOCKER_HOST", "unix:///nowhere/docker.sock");
        String output = run(builder);
        assertThat(output)
                .contains("from TESTCONTAINERS")
                .contains("no Docker answers at unix:///nowhere/docker.sock (start Docker, or have DOCKER_HOST say")
                .contains("answered by EMBEDDED")
                .doesNotContain("ERROR")
                .doesNotContain("WARN");
    }

    /** Asks for a container, then for whatever there is. */
    static final class Asking {
        public static void main(String[] arguments) throws Exception {
            try {
                TestDatabase.postgres().provider(ServerProvider.TESTCONTAINERS).start();
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
            try (TestDatabase database = TestDatabase.postgres().tls(false).start();
                    Connection connection = Sessions.open(database)) {
                System.out.println((Sessions.answers(connection) ? "answered by " : "not by ") + database.provider());
            }
        }
    }

    private static ProcessBuilder java(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("LIFEBELT_") || name.startsWith("DOCKER_"));
        return builder;
    }

    private static String run(List<String> arguments) throws Exception {
        return run(java(arguments));
    }

    private static String run(ProcessBuilder builder) throws Exception {
        Path output = Files.createTempFile("lifebelt-", ".out");
        Process jvm = builder.redirectOutput(output.toFile()).start();
        try {
            assertThat(jvm.waitFor(90, TimeUnit.SECONDS)).isTrue();
            return Files.readString(output);
        } finally {
            jvm.destroyForcibly();
            Files.delete(output);
        }
    }
}
