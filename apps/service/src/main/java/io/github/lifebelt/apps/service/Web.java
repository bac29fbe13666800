package io.github.lifebelt.apps.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.tx.DatabaseException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The addresses of the service, on the JDK's own server. */
final class Web implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Web.class);
    private static final Set<String> READ = Set.of("GET", "HEAD");
    private static final Set<String> WRITE = Set.of("POST");
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    // Nobody's frame may hold the buttons, and nothing is loaded from anywhere.
    private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
            + " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final int DRAIN_SECONDS = 1;

    private final HttpServer server;
    private final ExecutorService workers;

    Web(InetSocketAddress address, ConnectionPool pool, PrometheusMeterRegistry registry, Bank bank, Live live)
            throws IOException {
        server = HttpServer.create(address, 0);
        AtomicInteger made = new AtomicInteger();
        // Not a fixed number: callers that wait for the database must not keep the questions after its health waiting.
        workers = Executors.newCachedThreadPool(task -> new Thread(task, "http-" + made.incrementAndGet()));
        server.setExecutor(workers);
        String page = page();
        TransferRequests transfers = new TransferRequests(bank);
        on("/", READ, any -> new Answer(200, Answer.HTML, page, Map.of("Content-Security-Policy", POLICY)));
        on("/health", READ, any -> health(pool.health()));
        on("/health/live", READ, any -> Answer.of(pool.isClosed() ? 503 : 200, Map.of("live", !pool.isClosed())));
        on("/health/ready", READ, any -> ready(pool.health()));
        on("/metrics", READ, any -> new Answer(200, PROMETHEUS, registry.scrape(), Map.of()));
        on("/accounts", READ, any -> Answer.ok(bank.accounts()));
        on("/transfers", WRITE, transfers::answer);
        on("/live", READ, any -> Answer.ok(live.now()));
        for (Controls.Action action : Controls.Action.values()) {
            if (live.controls().isOffered(action)) {
                on("/control/" + action.label(), WRITE, exchange -> control(exchange, live.controls(), action));
            }
        }
        server.start();
    }

    private interface Endpoint {
        Answer answer(HttpExchange exchange) throws IOException;
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    private void on(String path, Set<String> methods, Endpoint endpoint) {
        HttpHandler handler = exchange -> {
            try (exchange) {
                answer(exchange, path, methods, endpoint).send(exchange);
            }
        };
        server.createContext(path, handler);
    }

    private static Answer answer(HttpExchange exchange, String path, Set<String> methods, Endpoint endpoint)
            throws IOException {
        // The server's contexts are prefixes.
        if (!exchange.getRequestURI().getPath().equals(path)) {
            return Answer.error(404, "not-found", "there is nothing here");
        }
        if (!methods.contains(exchange.getRequestMethod())) {
            String allowed = String.join(", ", methods);
            return Answer.error(405, "method", "allowed here: " + allowed).with("Allow", allowed);
        }
        try {
            return endpoint.answer(exchange);
        } catch (DatabaseException e) {
            LOG.warn("{} was answered with a failure", path, e);
            return TransferRequests.failure(e);
        } catch (RuntimeException e) {
            LOG.error("{} broke off", path, e);
            return Answer.error(500, "internal", "this should not happen; the log has more");
        }
    }

    private static Answer health(HealthReport report) {
        return new Answer(report.ready() ? 200 : 503, Answer.JSON, report.toJson(), Map.of());
    }

    private static Answer ready(HealthReport report) {
        return Answer.of(
                report.ready() ? 200 : 503,
                Map.of(
                        "ready",
                        report.ready(),
                        "reasons",
                        report.reasons().stream()
                                .map(reason -> reason.code().name())
                                .toList()));
    }

    private static Answer control(HttpExchange exchange, Controls controls, Controls.Action action) {
        String refusal = Guard.notFromHere(exchange);
        if (refusal != null) {
            return Answer.error(403, "not-from-here", refusal);
        }
        try {
            return Answer.ok(Map.of("done", controls.run(action)));
        } catch (IllegalStateException e) {
            LOG.info("{} was not done", action.label(), e);
            return Answer.error(409, "not-now", "that cannot be done now");
        }
    }

    private static String page() {
        try (InputStream in = Web.class.getResourceAsStream("page.html")) {
            if (in == null) {
                throw new IllegalStateException("the page is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes no request any more, and lets those that are at work finish for a moment. */
    @Override
    public void close() {
        server.stop(DRAIN_SECONDS);
        workers.shutdown();
    }
}
