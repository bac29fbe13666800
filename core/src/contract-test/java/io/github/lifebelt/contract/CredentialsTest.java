package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.PoolStats.State;
import io.github.lifebelt.metrics.PoolMetrics;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.url.DatabaseUrl;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pool does with credentials that cannot be had, or not for ever. */
class CredentialsTest extends PoolTest {

    private static final SQLException DOWN = new SQLException("vault: 503");

    private final AtomicReference<SQLException> problem = new AtomicReference<>();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @TempDir
    private Path folder;

    private Credentials given() throws SQLException {
        SQLException failure = problem.get();
        if (failure != null) {
            throw failure;
        }
        return Credentials.of(server().user(), server().password());
    }

    @Test
    void whoeverNeedsALoginIsToldWhoHasNoCredentialsAndWhy() {
        problem.set(DOWN);
        ConnectionPool pool = open(builder().failFast().credentials(this::given));
        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageStartingWith("[CREDENTIALS_UNAVAILABLE] the credentials provider of "
                        + getClass().getName())
                .hasMessageContaining("SQLException: vault: 503")
                .hasMessageNotContaining("DATABASE_UNAVAILABLE")
                .hasRootCause(DOWN);
        problem.set(null);
        await().ignoreExceptions().untilAsserted(() -> fill(pool, 5));
        await().until(() -> pool.stats().state() == State.UP);
    }

    @Test
    void aSupplierThatComesBackInTimeIsWaitedFor() throws Exception {
        problem.set(DOWN);
        ConnectionPool pool = open(builder().credentials(this::given));
        Future<String> borrower = threads.submit(() -> {
            try (Connection connection = pool.getConnection()) {
                return query(connection, "select 'served'");
            }
        });
        Future<Boolean> ready = threads.submit(() -> {
            pool.awaitReady(Duration.ofSeconds(30));
            return true;
        });
        await().until(() -> pool.stats().state() == State.DOWN);
        problem.set(null);
        assertThat(borrower.get(20, TimeUnit.SECONDS)).isEqualTo("served");
        assertThat(ready.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoFindsALiveConnectionDoesNotNeedAny() throws Exception {
        // From when they are asked for: before that there is a pool to open.
        AtomicReference<Instant> end = new AtomicReference<>();
        ConnectionPool pool = open(builder().maxSize(2).failFast().credentials(() -> {
            Credentials now = given();
            end.compareAndSet(null, Instant.now().plusMillis(1_500));
            return new Credentials(now.user(), now.secret(), end.get());
        }));
        fill(pool, 1);
        problem.set(DOWN);
        await().until(() -> Instant.now().isAfter(end.get()));
        Future<String> second;
        try (Connection one = pool.getConnection()) {
            assertThat(query(one, "select 1")).isEqualTo("1");
            second = threads.submit(() -> {
                try (Connection connection = pool.getConnection()) {
                    return query(connection, "select 'served'");
                }
            });
            await().until(() -> pool.stats().state() == State.DEGRADED);
            assertThat(second).isNotDone();
        }
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("served");
        for (int i = 0; i < 20; i++) {
            pool.getConnection().close();
        }
        assertThat(pool.stats().state()).isEqualTo(State.DEGRADED);
        assertThat(pool.stats().connects()).isEqualTo(1);
    }

    @Test
    void aSupplierThatKeepsSilentKeepsNoBorrowerPastItsDeadline() throws Exception {
        CountDownLatch silent = new CountDownLatch(1);
        ConnectionPool pool =
                open(builder().borrowTimeout(Duration.ofMillis(700)).credentials(() -> {
                    try {
                        silent.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new SQLException(e);
                    }
                    return given();
                }));
        List<Future<Duration>> borrowers = together(20, () -> {
            long begin = System.nanoTime();
            assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
            return since(begin);
        });
        for (Future<Duration> borrower : borrowers) {
            assertThat(borrower.get(20, TimeUnit.SECONDS)).isLessThan(atMost(Duration.ofMillis(950)));
        }
        silent.countDown();
        await().ignoreExceptions().untilAsserted(() -> fill(pool, 2));
    }

    @Test
    void theTimeLeftIsAGaugeAndTheListenerHearsOfEachToken() throws Exception {
        ConnectionPool pool = open(builder()
                .listener(new PoolListener() {
                    @Override
                    public void credentialsRefreshed(Duration validFor) {
                        heard.add("refreshed");
                        assertThat(validFor).isBetween(Duration.ofMillis(1), Duration.ofSeconds(2));
                    }

                    @Override
                    public void credentialsRefreshFailed(SQLException failure, Duration validFor) {
                        heard.add(failure.getMessage());
                    }
                })
                .credentials(() -> {
                    Credentials now = given();
                    return new Credentials(
                            now.user(), now.secret(), Instant.now().plusSeconds(2));
                }));
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new PoolMetrics(pool).bindTo(registry);
        assertThat(remaining(registry)).as("nobody has asked").isNaN();
        fill(pool, 1);
        assertThat(remaining(registry)).isBetween(0.0, 2.0);
        await().until(() -> heard.size() >= 3);
        assertThat(heard).as("renewed although nobody logs in").containsOnly("refreshed");
        problem.set(DOWN);
        await().until(() -> heard.stream().anyMatch(said -> said.contains("[CREDENTIALS_UNAVAILABLE]")));
        assertThat(pool.stats().connects()).isEqualTo(1);
    }

    private static double remaining(SimpleMeterRegistry registry) {
        return registry.get("lifebelt.credentials.remaining").gauge().value();
    }

    @Test
    void theUrlsOwnCredentialsHaveNoExpiry() throws Exception {
        ConnectionPool pool = open();
        fill(pool, 1);
        assertThat(pool.stats().credentialsExpireAt()).isNull();
    }

    @Test
    void aMountedSecretIsChosenByASettingAndFollowed() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), server().password() + "\n");
        DatabaseUrl url = DatabaseUrl.parse(server().url().replace(":" + server().password() + "@", ":out-of-date@"));
        ConnectionPool pool = open(ConnectionPool.builder(url).credentialsFrom("file:" + file));
        fill(pool, 2);
        server().faults().rotatePassword("mounted");
        Files.writeString(file, "mounted\n");
        pool.recycle();
        fill(pool, 2);
        // For a moment it is not there: what it had is still right.
        Files.delete(file);
        pool.recycle();
        fill(pool, 2);
        assertThat(pool.stats().state()).isEqualTo(State.UP);
    }
}
