package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Connects.dies;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.spi.ProbeSocket.Liveness;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.StopMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the probe sees of a real server and a real driver, plain and over TLS. */
class ProbeTest extends PoolTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int PROBES = 1_000;
    private static final int FRESH = 200;
    private static final int AT_ONCE = 50;

    private Connected connect() throws SQLException {
        return Connects.open(server());
    }

    @Test
    @Tag("smoke")
    void aConnectionAtRestIsQuiet() throws SQLException {
        try (Connected connected = connect()) {
            assertThat(connected.socket().probe()).isEqualTo(Liveness.QUIET);
            assertThat(query(connected.jdbc(), "select 1")).isEqualTo("1");
            assertThat(connected.socket().probe()).isEqualTo(Liveness.QUIET);
            Connects.dialect().ping(connected.jdbc());
            Connects.dialect().serverFacts(connected.jdbc());
            assertThat(connected.socket().probe()).isEqualTo(Liveness.QUIET);
        }
    }

    @Test
    @Tag("smoke")
    void aKilledSessionIsDead() throws SQLException {
        try (Connected connected = connect()) {
            assertThat(server().faults().killSession(sessionId(connected.jdbc())))
                    .isTrue();
            dies(connected);
        }
    }

    @Test
    void aStoppedServerIsDead() throws SQLException {
        for (StopMode mode : List.of(StopMode.FAST, StopMode.IMMEDIATE)) {
            try (Connected connected = connect()) {
                server().faults().stop(mode);
                dies(connected);
            }
            server().faults().start();
        }
    }

    @Test
    void aCrashedServerIsDead() throws SQLException {
        try (Connected connected = connect()) {
            server().faults().crash();
            dies(connected);
        }
    }

    @Test
    void aResetOrAClosedLineIsDead() throws SQLException {
        try (FaultProxy proxy = server().proxy();
                Connected reset = Connects.open(server(), proxy)) {
            proxy.reset();
            dies(reset);
            try (Connected closed = Connects.open(server(), proxy)) {
                proxy.finish();
                dies(closed);
            }
        }
    }

    @Test
    void aConnectionThatSomebodyReadsIsBusy() throws Exception {
        try (Connected connected = connect();
                Connection other = bare()) {
            long id = sessionId(connected.jdbc());
            Future<SQLException> reader = threads.submit(
                    () -> catchThrowableOfType(SQLException.class, () -> execute(connected.jdbc(), Sql.sleep(60))));
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(SOON)
                    .until(() -> connected.socket().probe() == Liveness.BUSY);
            await().atMost(SOON).until(() -> {
                Sql.cancel(other, id);
                return reader.isDone();
            });
            SQLException cancelled = reader.get(10, TimeUnit.SECONDS);
            assertThat(Sql.isCancelled(cancelled)).as(cancelled.toString()).isTrue();
            assertThat(Connects.inUse(cancelled)).isEqualTo(Verdict.KEEP);
            assertThat(connected.socket().probe()).isEqualTo(Liveness.QUIET);
            assertThat(sessionId(connected.jdbc())).isEqualTo(id);
        }
    }

    @Test
    @Tag("smoke")
    void probesSendNothing() throws SQLException {
        try (FaultProxy proxy = server().proxy();
                Connected connected = Connects.open(server(), proxy)) {
            assertThat(query(connected.jdbc(), "select 1")).isEqualTo("1");
            long before = proxy.bytesToServer();
            for (int i = 0; i < PROBES; i++) {
                assertThat(connected.socket().probe()).isEqualTo(Liveness.QUIET);
            }
            // Whatever a probe had sent would be on its way in front of this answer.
            Connects.dialect().ping(connected.jdbc());
            long ping = proxy.bytesToServer() - before;
            Connects.dialect().ping(connected.jdbc());
            assertThat(proxy.bytesToServer() - before).isEqualTo(2 * ping);
        }
    }

    /** A session ticket of TLS 1.3 that came after the login would look like a word of the server. */
    @Test
    void freshConnectionsAreQuiet() throws SQLException {
        List<Connected> open = new ArrayList<>();
        try {
            for (int i = 1; i <= FRESH; i++) {
                open.add(connect());
                if (i % AT_ONCE == 0) {
                    assertThat(open)
                            .allSatisfy(connected ->
                                    assertThat(connected.socket().probe()).isEqualTo(Liveness.QUIET));
                    open.forEach(Connected::close);
                    open.clear();
                }
            }
        } finally {
            open.forEach(Connected::close);
        }
    }
}
