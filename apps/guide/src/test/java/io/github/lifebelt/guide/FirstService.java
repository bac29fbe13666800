package io.github.lifebelt.guide;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.guide.Bank.Order;
import io.github.lifebelt.guide.Bank.Orders;
import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.UnitOfWork;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A service as small as can be, for a platform that asks for its health. */
final class FirstService {
    private static final Orders orders = new Orders();

    private FirstService() {}

    // snippet: service
    public static void main(String[] arguments) throws Exception {
        ConnectionPool pool = ConnectionPool.fromEnvironment();
        Runtime.getRuntime().addShutdownHook(new Thread(pool::close));

        HttpServer server = HttpServer.create(new InetSocketAddress(port()), 0);
        server.createContext(
                "/ready", exchange -> answer(exchange, pool.health().ready(), pool.health()));
        server.createContext("/live", exchange -> answer(exchange, !pool.isClosed(), null));
        server.createContext("/order", exchange -> answer(exchange, place(pool, new Order(1, "rope")) == 1, null));
        server.start();
        System.out.println("Listening on port " + server.getAddress().getPort());

        pool.awaitReady(Duration.ofMinutes(5)); // an application may be up before its database
    }

    static void answer(HttpExchange exchange, boolean good, @Nullable HealthReport report) throws IOException {
        byte[] body = (report == null ? "" : report.toJson()).getBytes(UTF_8);
        exchange.sendResponseHeaders(good ? 200 : 503, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
    // end: service

    // snippet: request
    static long place(ConnectionPool pool, Order order) {
        return UnitOfWork.on(pool)
                .named("place-order")
                .retry(RetryPolicy.conflictsAndLostConnections())
                .call(tx -> orders.insert(tx.connection(), order));
    }
    // end: request

    private static int port() {
        String port = System.getenv("PORT");
        return port == null ? 8080 : Integer.parseInt(port);
    }
}
