package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.Stalls;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * HikariCP's own keepalive and recycling, which begin after half a minute: that is why plain and TLS are tried side by
 * side here.
 */
class KeepaliveTest {

    private static final Duration BORROW = Duration.ofMillis(400);
    // With borrows that are as short as that.
    private static final Duration FILL = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofMillis(250);
    private static final int FREEZE_AT = 20;
    private static final int THAW_AT = 36;
    private static final int END_AT = 40;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void healTheServers() {
        Servers.heal(Servers.get(false));
        Servers.heal(Servers.get(true));
        threads.shutdownNow();
    }

    /** What the borrows of one pool came to. */
    private record Outcome(int served, int refused, Duration slowest) {}

    @Test
    void keepaliveAndRecycleOfHikariSurviveAFreeze() throws Exception {
        try (Stalls stalls = new Stalls()) {
            List<Future<Outcome>> outcomes = new ArrayList<>();
            for (boolean tls : new boolean[] {false, true}) {
                outcomes.add(threads.submit(() -> borrowThroughAFreeze(Servers.get(tls))));
            }
            for (Future<Outcome> outcome : outcomes) {
                Outcome borrows = outcome.get(120, TimeUnit.SECONDS);
                assertThat(borrows.slowest()).isLessThan(stalls.allowFor(BORROW.plus(GRACE)));
                assertThat(borrows.served()).isPositive();
                assertThat(borrows.refused()).isPositive();
            }
        }
    }

    private static Outcome borrowThroughAFreeze(TestDatabase server) throws SQLException {
        try (ConnectionPool pool = ConnectionPool.builder(server.url())
                .keepalive(Duration.ofSeconds(30))
                .recycleAfter(Duration.ofSeconds(32))
                .borrowTimeout(BORROW)
                .closeTimeout(Duration.ZERO)
                .open()) {
            await().atMost(FILL).ignoreExceptions().untilAsserted(() -> PoolTest.fill(pool, 5));
            int served = 0;
            int refused = 0;
            Duration slowest = Duration.ZERO;
            boolean frozen = false;
            long begin = System.nanoTime();
            while (since(begin).toSeconds() < END_AT) {
                long seconds = since(begin).toSeconds();
                if (frozen != (seconds >= FREEZE_AT && seconds < THAW_AT)) {
                    frozen = !frozen;
                    if (frozen) {
                        server.faults().freeze();
                    } else {
                        server.faults().thaw();
                    }
                }
                long borrow = System.nanoTime();
                try {
                    pool.getConnection().close();
                    served++;
                } catch (SQLTransientConnectionException e) {
                    refused++;
                }
                Duration took = since(borrow);
                slowest = took.compareTo(slowest) > 0 ? took : slowest;
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> since(borrow).toMillis() >= 40);
            }
            await().atMost(FILL).ignoreExceptions().untilAsserted(() -> PoolTest.fill(pool, 5));
            return new Outcome(served, refused, slowest);
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
