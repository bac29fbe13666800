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

/**
 * One quick run of the real command, of one round.
 *
 * @param rows the figures
 * @param out what it printed
 */
record ScorecardRun(List<JsonNode> rows, String out) {

    static ScorecardRun of(Path folder, String scenario, String pools, String... more) throws Exception {
        Path file = folder.resolve("figures.json");
        List<String> arguments = new ArrayList<>(List.of("scorecard", "--quick", "--rounds", "1"));
        arguments.addAll(List.of("--scenario", scenario, "--pools", pools, "--json", file.toString()));
        arguments.addAll(List.of(more));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                UnaryOperator.identity(),
                arguments.toArray(String[]::new));
        assertThat(code).as(err.toString()).isZero();
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            rows.add(new ObjectMapper().readTree(line));
        }
        return new ScorecardRun(rows, out.toString());
    }

    /** The figures of the one row of a pool that has these words in it. */
    JsonNode figures(String pool, String... conditions) {
        List<JsonNode> found = rows.stream()
                .filter(row -> row.get("pool").textValue().equals(pool))
                .map(row -> row.get("figures"))
                .filter(figures -> List.of(conditions).stream().allMatch(word -> hasWord(figures, word)))
                .toList();
        assertThat(found).as(pool + " " + List.of(conditions)).hasSize(1);
        return found.get(0);
    }

    private static boolean hasWord(JsonNode figures, String word) {
        for (JsonNode figure : figures) {
            if (figure.isTextual() && figure.textValue().equals(word)) {
                return true;
            }
        }
        return false;
    }
}
