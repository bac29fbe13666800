package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.Stalls;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many virtual threads on few connections. */
@Tag("smoke")
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadPoolTest {

    private static final int THREADS = 1_000;
    private static final int STORM_THREADS = 10_000;
    private static final int KILLS_BEFORE_RESTART = 5;
    private static final Duration LONGEST_GAP = Duration.ofSeconds(8);
    private static final int CONNECTIONS = 5;
    private static final Duration ALL_DONE = Duration.ofSeconds(30);

    @ParameterizedTest(name = "tls={0}")
    @ValueSource(booleans = {false, true})
    void aThousandThreadsShareFiveConnections(boolean tls) throws Exception {
        try (ConnectionPool pool = ConnectionPool.builder(Servers.get(tls).url())
                .maxSize(CONNECTIONS)
                .borrowTimeout(ALL_DONE)
                .open()) {
            long end = System.nanoTime() + ALL_DONE.toNanos();
            List<VirtualThreads.Running<String>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                all.add(VirtualThreads.start(() -> {
                    try (Connection connection = pool.getConnection()) {
                        return query(connection, "select 1");
                    }
                }));
            }
            for (VirtualThreads.Running<String> running : all) {
                assertThat(running.result().get(end - System.nanoTime(), TimeUnit.NANOSECONDS))
                        .isEqualTo("1");
            }
            assertThat(pool.stats().active()).isZero();
            assertThat(pool.stats().idle()).isBetween(1, CONNECTIONS);
        }
    }

    /** Sessions are killed all the time and the server restarts half-way. Whoever fails tries again. */
    @ParameterizedTest(name = "tls={0}")
    @ValueSource(booleans = {false, true})
    void tenThousandThreadsGetThroughAStorm(boolean tls) throws Exception {
        TestDatabase server = Servers.get(tls);
        AtomicLong lastServed = new AtomicLong(System.nanoTime());
        AtomicLong longestGap = new AtomicLong();
        AtomicInteger served = new AtomicInteger();
        try (Stalls stalls = new Stalls();
                ConnectionPool pool = ConnectionPool.builder(server.url())
                        .maxSize(CONNECTIONS)
                        .unavailableWaiters(2 * STORM_THREADS)
                        .borrowTimeout(ALL_DONE)
                        .open()) {
            long end = System.nanoTime() + ALL_DONE.toNanos();
            List<VirtualThreads.Running<Integer>> all = new ArrayList<>();
            for (int i = 0; i < STORM_THREADS; i++) {
                all.add(VirtualThreads.start(() -> {
                    for (int tries = 1; ; tries++) {
                        try (Connection connection = pool.getConnection()) {
                            query(connection, "select 1");
                            long now = System.nanoTime();
                            longestGap.accumulateAndGet(now - lastServed.getAndSet(now), Math::max);
                            served.incrementAndGet();
                            return tries;
                        } catch (SQLException e) {
                            if (System.nanoTime() > end) {
                                throw e;
                            }
                        }
                    }
                }));
            }
            int kills = 0;
            while (served.get() < STORM_THREADS && System.nanoTime() < end) {
                if (kills == KILLS_BEFORE_RESTART) {
                    server.faults().stop(StopMode.FAST);
                    server.faults().start();
                }
                server.faults().killSessions();
                kills++;
                int before = served.get();
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> served.get() == STORM_THREADS || served.get() > before + STORM_THREADS / 20);
            }
            for (VirtualThreads.Running<Integer> running : all) {
                assertThat(running.result().get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS))
                        .isPositive();
            }
            assertThat(kills).isGreaterThan(KILLS_BEFORE_RESTART);
            // Nobody is served while the server restarts; that is the longest gap.
            assertThat(Duration.ofNanos(longestGap.get())).isLessThan(stalls.allowFor(LONGEST_GAP));
            assertThat(pool.stats().active()).isZero();
            assertThat(pool.stats().pending()).isZero();
        }
    }
}
