package io.github.lifebelt.postgres;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.lifebelt.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The identity endpoint that App Service and Container Apps put beside an application. Each token that it gives is the
 * password of the server's user from then on, so that logins are real.
 */
final class EntraStandIn implements AutoCloseable {

    private static final String HEADER_SECRET = UUID.randomUUID().toString();

    private final TestDatabase database;
    private final Duration valid;
    private final boolean changing;
    private final HttpServer http;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final AtomicInteger tokens = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final Queue<String> questions = new ConcurrentLinkedQueue<>();

    /** Changing: each token is new, and each third call fails. Else it is the password that the user has. */
    EntraStandIn(TestDatabase database, Duration valid, boolean changing) throws IOException {
        this.database = database;
        this.valid = valid;
        this.changing = changing;
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/msi/token", this::answer);
        http.setExecutor(thread);
        http.start();
    }

    /** What the platform sets in an application's environment. */
    Map<String, String> environment() {
        return Map.of(
                "IDENTITY_ENDPOINT",
                "http://127.0.0.1:" + http.getAddress().getPort() + "/msi/token",
                "IDENTITY_HEADER",
                HEADER_SECRET);
    }

    int tokens() {
        return tokens.get();
    }

    int failures() {
        return failures.get();
    }

    /** What was asked for. */
    Queue<String> questions() {
        return questions;
    }

    private void answer(HttpExchange exchange) throws IOException {
        questions.add(exchange.getRequestURI().getQuery());
        if (!HEADER_SECRET.equals(exchange.getRequestHeaders().getFirst("X-IDENTITY-HEADER"))) {
            send(exchange, 401, "{}");
        } else if (changing && questions.size() % 3 == 2) {
            failures.incrementAndGet();
            send(exchange, 400, "{\"error\":\"bad_day\",\"error_description\":\"out of order\"}");
        } else {
            int number = tokens.incrementAndGet();
            // PostgreSQL takes a login's secret before the driver's plugin asks for it, so that one is not to change
            // then.
            String token = changing ? "token-" + number + "-" + UUID.randomUUID() : database.password();
            if (changing) {
                database.faults().rotatePassword(token);
            }
            long end = Instant.now().plus(valid).getEpochSecond();
            send(
                    exchange,
                    200,
                    "{\"access_token\":\"" + token + "\",\"expires_on\":\"" + end
                            + "\",\"resource\":\"https://ossrdbms-aad.database.windows.net\",\"token_type\":\"Bearer\"}");
        }
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        http.stop(0);
        thread.shutdownNow();
    }
}
