package io.github.lifebelt.postgres.pool;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.testing.Stalls;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A pool on a real server, plain and over TLS. */
@ParameterizedClass(name = "tls={0}")
@ValueSource(booleans = {false, true})
abstract class PoolTest {

    @Parameter
    boolean tls;

    private final Stalls stalls = new Stalls();
    private final List<ConnectionPool> pools = new ArrayList<>();
    final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void closePoolsAndHealTheServer() {
        Servers.heal(server());
        pools.forEach(pool -> pool.close(Duration.ZERO));
        threads.shutdownNow();
        stalls.close();
    }

    /** A limit on time, with what the machine itself has kept threads waiting. */
    Duration atMost(Duration limit) {
        return stalls.allowFor(limit);
    }

    TestDatabase server() {
        return Servers.get(tls);
    }

    PoolBuilder builder() {
        return ConnectionPool.builder(server().url());
    }

    ConnectionPool open(PoolBuilder builder) {
        ConnectionPool pool = builder.open();
        pools.add(pool);
        return pool;
    }

    ConnectionPool open() {
        return open(builder());
    }

    Connection bare() throws SQLException {
        return Servers.bare(server());
    }

    /** Holds n connections at once, each of which has answered, and gives them back. */
    static void fill(ConnectionPool pool, int n) throws SQLException {
        List<Connection> held = new ArrayList<>();
        try {
            for (int i = 0; i < n; i++) {
                Connection connection = pool.getConnection();
                held.add(connection);
                Servers.query(connection, "select 1");
            }
        } finally {
            for (Connection connection : held) {
                connection.close();
            }
        }
    }

    /** Runs the same on n threads that start together. */
    <T> List<Future<T>> together(int n, Callable<T> action) {
        CyclicBarrier start = new CyclicBarrier(n);
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            futures.add(threads.submit(() -> {
                start.await(30, TimeUnit.SECONDS);
                return action.call();
            }));
        }
        return futures;
    }

    static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
