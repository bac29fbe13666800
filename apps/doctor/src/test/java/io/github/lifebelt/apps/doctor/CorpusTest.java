package io.github.lifebelt.apps.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Connection strings with their meaning, of every format: those that libpq, the drivers and the programs themselves were
 * asked about, and more of the same form. Each goes through {@code parse}, as a user's would.
 */
class CorpusTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    record Case(String id, JsonNode json) {
        @Override
        public String toString() {
            return id;
        }
    }

    static Stream<Case> cases() throws IOException {
        return Stream.concat(load("/connection-strings.jsonl"), load("/more-connection-strings.jsonl"));
    }

    private static Stream<Case> load(String resource) throws IOException {
        List<Case> cases = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(CorpusTest.class.getResourceAsStream(resource));
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode json = JSON.readTree(line);
                cases.add(new Case(json.get("id").textValue(), json));
            }
        }
        return cases.stream();
    }

    @Test
    void theCasesAreThereAndDiffer() throws IOException {
        assertThat(load("/connection-strings.jsonl")).hasSize(121);
        assertThat(load("/more-connection-strings.jsonl")).hasSizeGreaterThanOrEqualTo(100);
        assertThat(cases().map(Case::id)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isReadAsItsOwnFormatSays(Case test) throws Exception {
        JsonNode answer = ask(test.json, "--show-secrets");

        assertThat(answer.get("id")).isEqualTo(test.json.get("id"));
        assertThat(answer.get("expect")).as("%s", answer).isEqualTo(test.json.get("expect"));
        assertThat(answer.path("error").path("code"))
                .as("%s", answer)
                .isEqualTo(test.json.path("error").path("code"));
        if (test.json.has("refused")) {
            assertThat(answer.path("refused").path("code")).as("%s", answer).isEqualTo(test.json.get("refused"));
        }
        // What is found besides comes after what the case lists.
        List<JsonNode> wanted = new ArrayList<>();
        test.json.path("diagnosis").forEach(wanted::add);
        List<JsonNode> found = new ArrayList<>();
        answer.get("diagnosis").forEach(found::add);
        assertThat(found.stream().limit(wanted.size()).toList())
                .as("%s", answer)
                .isEqualTo(wanted);
        test.json
                .path("lenient")
                .properties()
                .forEach(part -> assertThat(answer.path("lenient").get(part.getKey()))
                        .as("%s", answer)
                        .isEqualTo(part.getValue()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void noSecretIsShownUnlessItIsAskedFor(Case test) throws Exception {
        JsonNode shown = ask(test.json);
        String answer = shown.toString();

        for (String reading : List.of("expect", "lenient")) {
            String password = test.json.path(reading).path("password").asText("");
            // Shorter ones stand in other words as well.
            if (password.length() > 5) {
                assertThat(answer).doesNotContain(password);
            }
            assertThat(shown.path(reading).path("password").asText("***")).isIn("***", "null");
        }
        assertThat(answer).doesNotContain("p@ss", "pa/ss");
    }

    private static JsonNode ask(JsonNode test, String... options) throws Exception {
        ObjectNode question = JSON.createObjectNode();
        question.set("id", test.get("id"));
        for (String field : List.of("input", "env", "dialectHint")) {
            if (test.has(field)) {
                question.set(field, test.get(field));
            }
        }
        String[] arguments = new String[options.length + 1];
        arguments[0] = "parse";
        System.arraycopy(options, 0, arguments, 1, options.length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        InputStream in = new ByteArrayInputStream(question.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(Main.run(in, out, err, arguments)).as("%s", err).isZero();
        return JSON.readTree(out.toByteArray());
    }
}
