package io.github.lifebelt.apps.doctor;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReading;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Answers one line of JSON with another. Whatever the line is, there is an answer, and none repeats the line. */
final class Questions {
    private final ObjectMapper json = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private final Reading reading;

    Questions(Reading reading) {
        this.reading = reading;
    }

    /** A line of JSON for a line; {@code number} counts from 1. */
    String answer(String line, long number) {
        ObjectNode answer = json.createObjectNode();
        JsonNode question;
        try {
            question = json.readTree(line);
        } catch (JsonProcessingException e) {
            // Jackson's own message would repeat what it stumbled over.
            return refuse(answer, null, "INVALID_JSON", "line " + number + " is no JSON" + column(e), number);
        }
        JsonNode id = question.get("id");
        try {
            UrlReading read = read(question, number);
            answer.set("id", orNull(id));
            reading.write(read, answer);
            return answer.toString();
        } catch (UnsuitableException e) {
            return refuse(answer, id, e.code, e.text, e.line);
        }
    }

    private static UrlReading read(JsonNode question, long number) throws UnsuitableException {
        JsonNode input = question.get("input");
        JsonNode environment = question.get("env");
        if ((input == null) == (environment == null)) {
            throw malformed(number, "has to be an object with either \"input\" or \"env\"");
        }
        JsonNode hint = question.get("dialectHint");
        if ((input != null && !input.isTextual()) || (hint != null && !hint.isTextual() && !hint.isNull())) {
            throw malformed(number, "has an \"input\" or \"dialectHint\" that is no string");
        }
        String family = hint == null ? null : hint.textValue();
        return input == null
                ? DatabaseUrl.readEnvironment(variables(environment, number), family)
                : DatabaseUrl.read(input.textValue(), family);
    }

    private static Map<String, String> variables(JsonNode environment, long number) throws UnsuitableException {
        Map<String, String> variables = new TreeMap<>();
        for (Map.Entry<String, JsonNode> variable : environment.properties()) {
            if (!variable.getValue().isTextual()) {
                throw malformed(number, "has an \"env\" that is no object of strings");
            }
            variables.put(variable.getKey(), variable.getValue().textValue());
        }
        if (!environment.isObject()) {
            throw malformed(number, "has an \"env\" that is no object of strings");
        }
        return variables;
    }

    private static UnsuitableException malformed(long number, String text) {
        return new UnsuitableException("INVALID_QUESTION", "line " + number + " " + text, number);
    }

    private static String refuse(
            ObjectNode answer, @Nullable JsonNode id, String code, String message, @Nullable Long line) {
        answer.set("id", orNull(id));
        ObjectNode error = answer.putObject("error");
        error.put("code", code);
        error.put("message", message);
        if (line != null) {
            error.put("line", line);
        }
        answer.putArray("diagnosis");
        return answer.toString();
    }

    private static JsonNode orNull(@Nullable JsonNode node) {
        return node == null ? NullNode.getInstance() : node;
    }

    private static String column(JsonProcessingException failure) {
        JsonLocation location = failure.getLocation();
        return location == null ? "" : " (column " + location.getColumnNr() + ")";
    }

    /** The question itself cannot be answered. */
    private static final class UnsuitableException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String code;
        private final String text;
        private final @Nullable Long line;

        UnsuitableException(String code, String text, @Nullable Long line) {
            super(text);
            this.code = code;
            this.text = text;
            this.line = line;
        }
    }
}
