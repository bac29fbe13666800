package io.github.lifebelt.apps.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.io.TempDir;

/** Runs one round of a scenario with some pools, on PostgreSQL. */
abstract class QuickCard {

    final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    List<JsonNode> rows(String scenario, String pools, String wire) throws Exception {
        Path file = folder.resolve("figures.json");
        int code = Main.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                UnaryOperator.identity(),
                "scorecard",
                "--quick",
                "--rounds",
                "1",
                "--scenario",
                scenario,
                "--pools",
                pools,
                "--wire",
                wire,
                "--json",
                file.toString());
        assertThat(code).as(err.toString()).isZero();
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            rows.add(new ObjectMapper().readTree(line));
        }
        return rows;
    }

    static JsonNode figures(List<JsonNode> rows, String pool) {
        return rows.stream()
                .filter(row -> row.get("pool").textValue().equals(pool))
                .map(row -> row.get("figures"))
                .findFirst()
                .orElseThrow();
    }
}
