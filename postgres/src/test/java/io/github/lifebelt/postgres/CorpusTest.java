package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Connection strings with their meaning as libpq and pgjdbc themselves read them, or with the error that they end in.
 *
 * <p>What those two take for text although it cannot be (a port that is no number, an impossible host) is refused here,
 * with the first of the case's diagnoses.
 */
@Tag("smoke")
class CorpusTest {

    private static final int SHORTEST_SECRET = 3;

    record Case(String id, JsonNode json) {
        String input() {
            return json.get("input").textValue();
        }

        @Override
        public String toString() {
            return id;
        }
    }

    static Stream<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        ObjectMapper mapper = new ObjectMapper();
        try (InputStream in =
                        Objects.requireNonNull(CorpusTest.class.getResourceAsStream("/connection-strings.jsonl"));
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode json = mapper.readTree(line);
                cases.add(new Case(json.get("id").textValue(), json));
            }
        }
        return cases.stream();
    }

    @Test
    void theCorpusIsThere() throws IOException {
        assertThat(cases()).hasSize(51);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isReadAsItsOwnFormatSays(Case test) {
        String refusal = refusal(test);
        if (refusal != null) {
            ConfigurationException thrown =
                    catchThrowableOfType(ConfigurationException.class, () -> DatabaseUrl.parse(test.input()));
            assertThat(thrown).as("refused").isNotNull();
            assertThat(thrown.code()).isEqualTo(refusal);
            assertThat(thrown).hasMessageStartingWith("[" + refusal + "] ");
        } else {
            assertThat(asExpected(DatabaseUrl.parse(test.input()))).isEqualTo(expected(test.json.get("expect")));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void noMessageShowsASecret(Case test) {
        List<String> texts = new ArrayList<>();
        List<String> messages = new ArrayList<>();
        try {
            DatabaseUrl url = DatabaseUrl.parse(test.input());
            texts.add(url.toString());
            texts.add(url.target());
            texts.add(url.credentials().toString());
            texts.add(url.jdbcUrl());
        } catch (RuntimeException e) {
            for (Throwable t = e; t != null; t = t.getCause()) {
                messages.add(t.toString());
            }
        }
        assertThat(messages)
                .allSatisfy(message ->
                        assertThat(message).doesNotContain(test.input().trim()));
        texts.addAll(messages);
        assertThat(texts)
                .isNotEmpty()
                .allSatisfy(
                        text -> secrets(test).forEach(secret -> assertThat(text).doesNotContain(secret)));
    }

    private static List<String> secrets(Case test) {
        List<String> secrets = new ArrayList<>();
        for (String reading : List.of("expect", "lenient")) {
            String password = test.json.path(reading).path("password").textValue();
            if (password != null && password.length() >= SHORTEST_SECRET) {
                secrets.add(password);
            }
        }
        return secrets;
    }

    private static String refusal(Case test) {
        if (test.json.has("error")) {
            return test.json.get("error").get("code").textValue();
        }
        return cannotBe(test.json.get("expect"), test.input())
                ? test.json.get("diagnosis").get(0).textValue()
                : null;
    }

    private static boolean cannotBe(JsonNode expect, String input) {
        boolean impossible = !input.equals(input.stripTrailing());
        for (JsonNode host : expect.get("hosts")) {
            impossible |=
                    host.get("port").isTextual() || host.get("host").textValue().indexOf('@') >= 0;
        }
        return impossible;
    }

    private static Map<String, Object> expected(JsonNode expect) {
        Map<String, Object> parts = new TreeMap<>();
        List<String> hosts = new ArrayList<>();
        expect.get("hosts")
                .forEach(host -> hosts.add(
                        host.get("host").textValue() + " " + host.get("port").asText()));
        parts.put("hosts", hosts);
        for (String name : List.of("dialect", "database", "user", "password", "sslmode", "sslrootcert", "options")) {
            parts.put(name, String.valueOf(expect.get(name).textValue()));
        }
        Map<String, String> params = new TreeMap<>();
        expect.get("params")
                .properties()
                .forEach(param -> params.put(param.getKey(), param.getValue().textValue()));
        parts.put("params", params);
        return parts;
    }

    private static Map<String, Object> asExpected(DatabaseUrl url) {
        Map<String, Object> parts = new TreeMap<>();
        parts.put(
                "hosts",
                url.hosts().stream()
                        .map(host -> host.name() + " " + host.port())
                        .toList());
        parts.put("dialect", url.dialect());
        parts.put("database", String.valueOf(url.database()));
        parts.put("user", String.valueOf(url.user()));
        parts.put("password", String.valueOf(url.credentials().secret()));
        parts.put("sslmode", String.valueOf(url.sslMode()));
        parts.put("sslrootcert", String.valueOf(url.sslRootCert()));
        parts.put("options", String.valueOf(url.options()));
        parts.put("params", new TreeMap<>(url.parameters()));
        assertThat(url.settings()).isEmpty();
        return parts;
    }
}
