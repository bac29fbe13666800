package io.github.lifebelt.apps.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lifebelt.apps.benchmarks.bench.Effort;
import io.github.lifebelt.apps.benchmarks.jmh.BorrowBenchmark;
import io.github.lifebelt.apps.benchmarks.jmh.BorrowQueryBenchmark;
import io.github.lifebelt.apps.benchmarks.jmh.ProbeBenchmark;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {

    private static final Effort ONE_SHORT_ROUND = new Effort(
            1, Duration.ofMillis(50), Duration.ofMillis(50), false, new Effort.Jmh(0, 0, Duration.ofMillis(1)));

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void theProbeIsMeasuredAndWrittenDown(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("figures.json");

        int code = run("bench", "--quick", "--only", "probe", "--json", file.toString());

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("bare read", "| a probe sends 0 bytes", "PASS");
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        for (String line : lines) {
            JsonNode row = new ObjectMapper().readTree(line);
            assertThat(row.size()).isEqualTo(4);
            assertThat(row.get("scenario").textValue()).isEqualTo("probe");
            assertThat(row.get("pool").textValue()).isEqualTo("lifebelt");
            assertThat(row.get("database").textValue()).isEqualTo("postgres");
            JsonNode figures = row.get("figures");
            assertThat(figures.get("tls").isBoolean()).isTrue();
            assertThat(Stream.of("probeNanos", "bareReadNanos", "ratio", "ratioHigh", "probes"))
                    .allMatch(name -> figures.path(name).doubleValue() > 0);
            assertThat(figures.get("bytesSent").longValue()).isZero();
        }
        assertThat(lines.get(0)).contains("\"tls\":false");
        assertThat(lines.get(1)).contains("\"tls\":true");
    }

    @Test
    void unitsAreMeasuredInEachMode(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("figures.json");

        int code = run("bench", "--quick", "--only", "unit", "--json", file.toString());

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("by hand: hikari", "transaction id, readWrite, time-outs");
        List<String> lines = Files.readAllLines(file);
        // On the loopback and on a slow network: three by hand or reading, five or two ways to write.
        assertThat(lines).filteredOn(line -> line.contains("\"postgres\"")).hasSize(2 * 8);
        assertThat(lines).filteredOn(line -> !line.contains("\"postgres\"")).hasSize(2 * 5);
        for (String line : lines) {
            JsonNode row = new ObjectMapper().readTree(line);
            assertThat(row.get("scenario").textValue()).isEqualTo("unit");
            JsonNode figures = row.get("figures");
            assertThat(figures.get("unitsPerSecond").doubleValue()).as(line).isPositive();
            assertThat(figures.has("timesByHand"))
                    .as(line)
                    .isEqualTo(row.get("pool").textValue().equals("lifebelt"));
        }
    }

    @Test
    void anotherCommandOrScenarioIsRefused() {
        assertThat(run("scores")).isEqualTo(2);
        assertThat(run("bench", "--only", "weather")).isEqualTo(2);
        assertThat(run("bench", "--rounds", "0")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void helpAndVersionAreGiven() {
        assertThat(run("bench", "--help")).isZero();
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).contains("--quick", "--json", "--only", "unit", "lifebelt-benchmarks (");
    }

    @Test
    void jmhFindsItsBenchmarks() throws Exception {
        try (InputStream list = Main.class.getResourceAsStream("/META-INF/BenchmarkList")) {
            assertThat(list).isNotNull();
            assertThat(new String(list.readAllBytes(), StandardCharsets.UTF_8))
                    .contains(
                            ProbeBenchmark.class.getName(),
                            BorrowBenchmark.class.getName(),
                            BorrowQueryBenchmark.class.getName());
        }
    }

    private int run(String... arguments) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), effort -> ONE_SHORT_ROUND, arguments);
    }
}
