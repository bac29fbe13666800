package io.github.lifebelt.postgres.pool;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolStats.State;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A streaming replica is promoted, and the pool moves as a whole. */
class PromotionTest {

    private TestDatabase primary;
    private TestDatabase replica;
    private ConnectionPool pool;

    @BeforeEach
    void startPair() throws SQLException {
        primary = TestDatabase.postgres().start();
        replica = primary.replica();
        DatabaseUrl one = primary.databaseUrl();
        DatabaseUrl two = replica.databaseUrl();
        pool = ConnectionPool.builder(one.toBuilder()
                        .host(two.hosts().get(0).name(), replica.port())
                        .build())
                .maxSize(4)
                .open();
        try (Connection connection = pool.getConnection()) {
            execute(connection, "create table moved (n int)");
        }
        await().ignoreExceptions().until(() -> {
            try (Connection reader = replica.dataSource().getConnection()) {
                return query(reader, "select count(*) from moved").equals("0");
            }
        });
    }

    @AfterEach
    void stopPair() {
        pool.close(Duration.ZERO);
        replica.close();
        primary.close();
    }

    /** Writes a row, and says on which server. */
    private static int write(ConnectionPool pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            execute(connection, "insert into moved values (1)");
            return Integer.parseInt(query(connection, "select current_setting('port')"));
        }
    }

    private void fill(int connections) throws SQLException {
        List<Connection> held = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            held.add(pool.getConnection());
        }
        for (Connection connection : held) {
            connection.close();
        }
    }

    @Test
    void afterTheFirstRefusedWriteNobodyGetsTheOldPrimary() throws Exception {
        fill(4);
        assertThat(write(pool)).isEqualTo(primary.port());
        // It goes on answering, as a primary does that was told to step down.
        primary.faults().makeReadOnly();
        replica.faults().promote();
        SQLException refused = catchThrowableOfType(SQLException.class, () -> write(pool));
        assertThat(refused.getSQLState()).isEqualTo("25006");
        for (int i = 0; i < 20; i++) {
            assertThat(write(pool)).isEqualTo(replica.port());
        }
        fill(4);
        assertThat(pool.stats().replaced()).isEqualTo(4);
        assertThat(pool.stats().state()).isEqualTo(State.UP);
    }

    @Test
    void unitsThatAreTriedAgainSucceedOnTheNewPrimary() throws Exception {
        fill(4);
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong written = new AtomicLong();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                writers.add(threads.submit(() -> {
                    while (!over.get()) {
                        writeWithRetry();
                        written.incrementAndGet();
                    }
                    return null;
                }));
            }
            await().until(() -> written.get() > 100);
            primary.faults().stop(StopMode.FAST);
            replica.faults().promote();
            long promoted = System.nanoTime();
            long before = written.get();
            await().until(() -> written.get() > before + 100);
            over.set(true);
            for (Future<?> writer : writers) {
                writer.get(10, TimeUnit.SECONDS);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - promoted)).isLessThan(Duration.ofSeconds(10));
            assertThat(write(pool)).isEqualTo(replica.port());
            await().until(() -> pool.stats().state() == State.UP);
        } finally {
            threads.shutdownNow();
        }
    }

    /** What an application does that may repeat its work: until there is a server that writes, only readers answer. */
    private void writeWithRetry() {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .ignoreExceptionsInstanceOf(SQLException.class)
                .until(() -> write(pool) > 0);
    }

    @Test
    void aPromotionThatComesLateIsFoundByTheSearchForTheWriter() throws Exception {
        fill(4);
        primary.faults().makeReadOnly();
        for (int i = 0; i < 5; i++) {
            SQLException refused = catchThrowableOfType(SQLException.class, () -> write(pool));
            assertThat(refused.getSQLState()).isEqualTo("25006");
        }
        assertThat(pool.stats().state()).isEqualTo(State.DEGRADED);
        replica.faults().promote();
        await().until(() -> pool.stats().state() == State.UP);
        assertThat(write(pool)).isEqualTo(replica.port());
    }
}
