package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.StopMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** How soon a pool serves after an outage, beside somebody who does nothing but try to connect all the time. */
class RecoveryTest extends PoolTest {

    private static final int OUTAGES = 3;
    private static final Duration PROBE_PERIOD = Duration.ofMillis(50);
    // The promise is measured by the benchmarks; a test on a busy machine leaves room for noise, and still sees the
    // seconds that a pool with a back-off of its own takes.
    private static final Duration NOISE = Duration.ofMillis(50);

    /** When somebody was served, and how long that took from the try that succeeded. */
    private record Served(long atNanos, Duration took) {}

    @Test
    void waitersAreServedOneProbeAfterAServerTakesConnectionsAgain() throws Exception {
        ConnectionPool pool = open();
        fill(pool, 3);
        List<Duration> late = new ArrayList<>();
        List<Duration> connects = new ArrayList<>();
        for (int outage = 0; outage < OUTAGES; outage++) {
            server().faults().stop(StopMode.FAST);
            Future<Served> borrower = threads.submit(() -> untilServed(pool::getConnection));
            Future<Served> bare = threads.submit(() -> untilServed(this::bare));
            await().until(() -> !pool.stats().available());
            server().faults().start();
            Served byConnecting = bare.get(30, TimeUnit.SECONDS);
            Served byBorrowing = borrower.get(30, TimeUnit.SECONDS);
            connects.add(byConnecting.took());
            late.add(Duration.ofNanos(byBorrowing.atNanos() - byConnecting.atNanos()));
        }
        Duration allowed =
                PROBE_PERIOD.plus(median(connects).multipliedBy(3).dividedBy(2)).plus(NOISE);
        LoggerFactory.getLogger(RecoveryTest.class).info("{} after bare connects, which took {}", late, connects);
        assertThat(median(late))
                .as("%s after bare connects, which took %s", late, connects)
                .isLessThan(atMost(allowed));
    }

    private static Served untilServed(Callable<Connection> connect) throws Exception {
        while (true) {
            long begin = System.nanoTime();
            try (Connection connection = connect.call()) {
                query(connection, "select 1");
                long now = System.nanoTime();
                return new Served(now, Duration.ofNanos(now - begin));
            } catch (SQLException e) {
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> since(begin).toMillis() >= 2);
            }
        }
    }
}
