package io.github.lifebelt.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers over HTTP whether a server takes writes: 200 if it does, else 503. A balancer cannot ask that itself; beside a
 * cluster it is Patroni's REST interface that answers so.
 */
final class WriterCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WriterCheck.class);
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final int TIMEOUT_MILLIS = 2_000;

    private final TestDatabase database;
    private final HttpServer http;
    private final ExecutorService thread;
    private @Nullable Connection connection;

    WriterCheck(TestDatabase database) throws IOException {
        this.database = database;
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, "writer-check-" + database.port());
            made.setDaemon(true);
            return made;
        });
        http.setExecutor(thread);
        http.createContext("/", this::answer);
        http.start();
    }

    int port() {
        return http.getAddress().getPort();
    }

    /** On the one thread, so the connection is nobody else's. */
    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(takesWrites() ? OK : UNAVAILABLE, -1);
        }
    }

    private boolean takesWrites() {
        try {
            Connection live = connection;
            if (live == null) {
                live = database.dataSource().getConnection();
                live.setNetworkTimeout(Runnable::run, TIMEOUT_MILLIS);
                connection = live;
            }
            try (Statement statement = live.createStatement();
                    ResultSet row = statement.executeQuery(question())) {
                row.next();
                return !row.getBoolean(1);
            }
        } catch (SQLException e) {
            disconnect();
            return false;
        }
    }

    private String question() {
        return switch (database.product()) {
            case POSTGRESQL -> "SELECT current_setting('transaction_read_only')::boolean";
            case MYSQL, MARIADB -> "SELECT @@global.read_only";
        };
    }

    private void disconnect() {
        Connection old = connection;
        connection = null;
        if (old != null) {
            try {
                old.close();
            } catch (SQLException e) {
                LOG.debug("The session that asked for the role could not be closed", e);
            }
        }
    }

    @Override
    public void close() {
        if (!thread.isShutdown()) {
            http.stop(0);
            thread.execute(this::disconnect);
            thread.shutdown();
        }
    }
}
