package io.github.lifebelt.apps.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a request gets.
 *
 * @param status HTTP's
 * @param type of the body
 * @param body text
 * @param headers further ones
 */
record Answer(int status, String type, String body, Map<String, String> headers) {
    static final String JSON = "application/json; charset=utf-8";
    static final String HTML = "text/html; charset=utf-8";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    static Answer ok(Object value) {
        return of(200, value);
    }

    static Answer of(int status, Object value) {
        try {
            return new Answer(status, JSON, MAPPER.writeValueAsString(value), Map.of());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer that is no JSON", e);
        }
    }

    /** Says what is wrong. Neither may hold what the database or a driver has said: that is for the log. */
    static Answer error(int status, String error, String message) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("error", error);
        members.put("message", message);
        return of(status, members);
    }

    Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, type, body, more);
    }

    void send(HttpExchange exchange) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        Headers sent = exchange.getResponseHeaders();
        sent.set("Content-Type", type);
        sent.set("Cache-Control", "no-store");
        sent.set("X-Content-Type-Options", "nosniff");
        headers.forEach(sent::set);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
