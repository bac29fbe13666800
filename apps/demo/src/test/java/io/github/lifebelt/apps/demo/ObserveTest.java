package io.github.lifebelt.apps.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObserveTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @EnumSource(Database.class)
    void aRestartThatSomebodyElseMakesIsSeenAndCostsNoUnit(Database kind) throws Exception {
        try (TestDatabase database = TestDatabase.of(kind.product()).start()) {
            CompletableFuture<Integer> code = CompletableFuture.supplyAsync(
                    () -> run("--url", database.url(), "--observe", "--seconds", "14", "--threads", "4"));
            awaitShown("units [1-9]");

            database.faults().stop(StopMode.FAST);
            awaitShown("DOWN, last commit [1-9]");
            database.faults().start();
            awaitShown("first commit again");

            assertThat(code.get(2, TimeUnit.MINUTES)).as(shown()).isZero();
            JsonNode result = result();
            assertThat(result.get("committed").intValue()).isPositive();
            assertThat(result.get("committed")).isEqualTo(result.get("units"));
            for (String none : new String[] {"failed", "unknown", "lost", "duplicated", "kills", "restarts"}) {
                assertThat(result.get(none).intValue())
                        .as(none + " in " + shown())
                        .isZero();
            }
            assertThat(result.get("replaced").intValue()).isPositive();
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .contains("left to whoever makes the faults", "after the database took connections again")
                    .containsPattern("Z \\w+ -> DOWN: ")
                    .containsPattern("Z \\w+ -> UP: ");
            assertThat(shown()).doesNotContain(database.password());
            assertThat(tables(database)).isZero();
        }
    }

    /** As Ctrl-C does; and the password is no argument, which every user of the machine could read. */
    @Test
    void aSignalEndsItInOrder(@TempDir Path folder) throws Exception {
        try (TestDatabase database = TestDatabase.postgres().start()) {
            Path output = folder.resolve("output");
            ProcessBuilder command = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName(),
                            "--observe",
                            "--seconds",
                            "600")
                    .redirectErrorStream(true)
                    .redirectOutput(new File(output.toString()));
            command.environment().put("DATABASE_URL", database.url());
            Process process = command.start();
            try {
                await().atMost(SOON).until(() -> Files.readString(output).contains("units"));
                process.destroy();
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            } finally {
                process.destroyForcibly();
            }
            assertThat(Files.readString(output))
                    .contains("outages  0", "RESULT {")
                    .doesNotContain("Interrupted", database.password());
            assertThat(tables(database)).isZero();
        }
    }

    @Test
    void whatIsToBeObservedHasToBeNamed() {
        assertThat(run("--observe")).isEqualTo(2);
        assertThat(shown())
                .contains("--observe needs", "DATABASE_URL in the environment, or --url")
                .doesNotContain("\tat ");
    }

    @Test
    void aUrlOfTheEnvironmentThatCannotBeIsNamedAndNotShown() {
        assertThat(run(Map.of("DATABASE_URL", "postgresql://u:hu@sh@h/d"), "--observe"))
                .isEqualTo(2);
        assertThat(shown()).contains("DATABASE_URL in the environment: ").doesNotContain("hush", "hu@sh", "\tat ");
    }

    private static int tables(TestDatabase database) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery(
                        "SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'lifebelt%'")) {
            count.next();
            return count.getInt(1);
        }
    }

    private void awaitShown(String pattern) {
        Pattern wanted = Pattern.compile(pattern);
        await().atMost(SOON).until(() -> wanted.matcher(shown()).find());
    }

    private JsonNode result() throws Exception {
        String shown = out.toString(StandardCharsets.UTF_8);
        return new ObjectMapper().readTree(shown.substring(shown.indexOf("RESULT ") + "RESULT ".length()));
    }

    private String shown() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    private int run(String... arguments) {
        return run(Map.of(), arguments);
    }

    private int run(Map<String, String> environment, String... arguments) {
        return Main.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                arguments);
    }
}
