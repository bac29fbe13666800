package io.github.lifebelt.apps.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lifebelt.apps.benchmarks.bench.Effort;
import io.github.lifebelt.apps.benchmarks.jmh.MetricsBenchmark;
import io.github.lifebelt.apps.benchmarks.jmh.UnitBenchmark;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bench} measures of many threads, many connections and many replicas. */
class GrowthTest {

    private static final Effort ONE_SHORT_ROUND = new Effort(
            1, Duration.ofMillis(60), Duration.ofMillis(60), false, new Effort.Jmh(0, 0, Duration.ofMillis(1)));
    private static final int VIRTUAL_THREADS_SINCE = 21;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void manyThreadsShareFewConnectionsAndEachBorrowIsTimed() throws Exception {
        List<JsonNode> rows = run("--only", "contention", "--pools", "hikari");

        boolean virtual = Runtime.version().feature() >= VIRTUAL_THREADS_SINCE;
        assertThat(rows).hasSize(virtual ? 4 : 2);
        assertThat(out.toString().contains("needs JDK 21")).isEqualTo(!virtual);
        for (JsonNode row : rows) {
            JsonNode figures = row.get("figures");
            assertThat(row.get("scenario").textValue()).isEqualTo("contention");
            assertThat(figures.get("threads").intValue())
                    .isEqualTo(figures.get("virtual").booleanValue() ? 1_000 : 64);
            assertThat(figures.get("opsPerSecond").doubleValue())
                    .as(row.toString())
                    .isPositive();
            assertThat(figures.get("failed").intValue()).as(row.toString()).isZero();
            double p50 = figures.get("waitMillisP50").doubleValue();
            double p99 = figures.get("waitMillisP99").doubleValue();
            assertThat(p50).isPositive();
            assertThat(p99).isGreaterThanOrEqualTo(p50);
            assertThat(figures.get("waitMillisMax").doubleValue()).isGreaterThanOrEqualTo(p99);
            assertThat(figures.has("lifebeltTimes"))
                    .isEqualTo(!row.get("pool").textValue().equals("lifebelt"));
        }
    }

    @Test
    void whatGrowsWithThePoolAndTheQueueIsCounted() throws Exception {
        List<JsonNode> rows = run("--only", "scale", "--pools", "hikari");

        assertThat(descriptors(rows, "none")).isCloseTo(1, within(0.1));
        assertThat(descriptors(rows, "hikari")).isCloseTo(1, within(0.1));
        // The socket, and the two of the selector that the probe's channel has.
        assertThat(descriptors(rows, "lifebelt")).isCloseTo(3, within(0.1));
        JsonNode lifebelt = only(rows, "footprint", "lifebelt");
        // The one that makes the slots ends after five seconds.
        assertThat(lifebelt.get("threads").intValue()).isBetween(1, 2);
        assertThat(lifebelt.get("threadNames").textValue()).contains(":housekeeper-1");
        assertThat(of(rows, "size", "lifebelt"))
                .hasSize(2)
                .allSatisfy(size ->
                        assertThat(size.get("borrowNanosP50").doubleValue()).isPositive());
        assertThat(of(rows, "waiters", "lifebelt"))
                .extracting(waiters -> waiters.get("waiters").intValue())
                .containsExactly(10, 1_000);
        assertThat(of(rows, "waiters", "lifebelt"))
                .allSatisfy(
                        waiters -> assertThat(waiters.path("waitersPerSecond").doubleValue())
                                .isPositive());
        for (String pool : List.of("lifebelt", "hikari", "none")) {
            assertThat(of(rows, "start", pool))
                    .extracting(start -> start.get("freshJvm").booleanValue())
                    .containsExactly(false, true);
        }
    }

    @Test
    void aFleetIsComputedWithoutAnyServer() throws Exception {
        List<JsonNode> rows = run("--only", "fleet");

        assertThat(rows).allSatisfy(row -> {
            assertThat(row.get("database").textValue()).isEqualTo("none");
            assertThat(row.get("figures").get("model").booleanValue()).isTrue();
        });
        // Seven sizes in four modes, and three sizes with five other constants; with and without a budget.
        assertThat(rows).hasSize(2 * (7 * 4 + 3 * 5));
        assertThat(out.toString()).contains("a model, not a measurement");
    }

    @Test
    void anUnknownPoolIsRefused() {
        assertThat(code("bench", "--pools", "bathtub")).isEqualTo(2);
        assertThat(err.toString()).contains("no pool is called bathtub");
    }

    @Test
    void jmhFindsTheBenchmarksOfUnitsAndMetrics() throws Exception {
        try (InputStream list = Main.class.getResourceAsStream("/META-INF/BenchmarkList")) {
            assertThat(list).isNotNull();
            assertThat(new String(list.readAllBytes(), StandardCharsets.UTF_8))
                    .contains(UnitBenchmark.class.getName(), MetricsBenchmark.class.getName());
        }
    }

    private static double descriptors(List<JsonNode> rows, String pool) {
        return only(rows, "footprint", pool).get("descriptorsPerConnection").doubleValue();
    }

    private static JsonNode only(List<JsonNode> rows, String what, String pool) {
        List<JsonNode> found = of(rows, what, pool);
        assertThat(found).as(what + " of " + pool).hasSize(1);
        return found.get(0);
    }

    private static List<JsonNode> of(List<JsonNode> rows, String what, String pool) {
        return rows.stream()
                .filter(row -> row.get("pool").textValue().equals(pool))
                .map(row -> row.get("figures"))
                .filter(figures -> figures.path("what").asText().equals(what))
                .toList();
    }

    private List<JsonNode> run(String... options) throws Exception {
        Path file = folder.resolve("figures.json");
        List<String> arguments = new ArrayList<>(List.of("bench", "--quick", "--json", file.toString()));
        arguments.addAll(List.of(options));
        assertThat(code(arguments.toArray(new String[0]))).as(err.toString()).isZero();
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            rows.add(json.readTree(line));
        }
        return rows;
    }

    private int code(String... arguments) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), effort -> ONE_SHORT_ROUND, arguments);
    }
}
