package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
}
