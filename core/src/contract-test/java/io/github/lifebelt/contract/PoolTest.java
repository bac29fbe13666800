package io.github.lifebelt.contract;

import static org.awaitility.Awaitility.await;

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
public abstract class PoolTest {

    @Parameter
    protected boolean tls;

    private final Stalls stalls = new Stalls();
    private final Standing standing = new Standing();
    private final List<ConnectionPool> pools = new ArrayList<>();
    protected final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void closePoolsAndHealTheServer() {
        Servers.heal(server());
        pools.forEach(pool -> pool.close(Duration.ZERO));
        // Whoever asks for the outcome of a COMMIT holds nothing of the pool and may still be at it.
        await().atMost(Duration.ofSeconds(20)).until(() -> standing.connections() == 0);
        threads.shutdownNow();
        stalls.close();
    }

    /** A limit on time, with what the machine itself has kept threads waiting. */
    protected Duration atMost(Duration limit) {
        return stalls.allowFor(limit);
    }

    /** How many connections this test's pools have open, wherever they have them. */
    protected int standing() {
        return standing.connections();
    }

    protected TestDatabase server() {
        return Servers.get(tls);
    }

    protected PoolBuilder builder() {
        return ConnectionPool.builder(server().url());
    }

    protected ConnectionPool open(PoolBuilder builder) {
        ConnectionPool pool =
                builder.listener(SecretGuard.listener()).listener(standing).open();
        pools.add(pool);
        return pool;
    }

    protected ConnectionPool open() {
        return open(builder());
    }

    protected Connection bare() throws SQLException {
        return Servers.bare(server());
    }

    /** A connection that another thread has borrowed; who takes all for itself is told that it waits in vain. */
    protected Connection borrowedByAnother(ConnectionPool pool) throws Exception {
        return threads.submit(() -> pool.getConnection()).get(30, TimeUnit.SECONDS);
    }

    /** Holds n connections at once, each of which has answered, and gives them back. */
    protected static void fill(ConnectionPool pool, int n) throws SQLException {
        List<Connection> held = new ArrayList<>();
        try {
            for (int i = 0; i < n; i++) {
                Connection connection = pool.getConnection();
                held.add(connection);
                Sql.query(connection, "select 1");
            }
        } finally {
            for (Connection connection : held) {
                connection.close();
            }
        }
    }

    /** Runs the same on n threads that start together. */
    protected <T> List<Future<T>> together(int n, Callable<T> action) {
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

    protected static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    protected static Duration median(List<Duration> times) {
        return times.stream().sorted().toList().get(times.size() / 2);
    }
}
