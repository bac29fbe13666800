package io.github.lifebelt.mysql;

import static io.github.lifebelt.mysql.Servers.execute;
import static io.github.lifebelt.mysql.Servers.id;
import static io.github.lifebelt.mysql.Servers.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.mysql.Connects.Connected;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.spi.ProbeSocket.Liveness;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What the probe sees of a real server and a real driver, plain and over TLS. */
@ParameterizedClass(name = "tls={0}")
@ValueSource(booleans = {false, true})
class ProbeTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int PROBES = 1_000;
    private static final int FRESH = 200;
    private static final int AT_ONCE = 50;

    @Parameter
    boolean tls;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void healTheServer() {
        Servers.heal(server());
        threads.shutdownNow();
    }

    private TestDatabase server() {
        return Servers.get(tls);
    }

    private Connected open() throws SQLException {
        return Connects.open(server());
    }

    private static void dies(Connected connected) {
        Set<Liveness> before = new HashSet<>();
        await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(() -> {
            before.add(connected.socket().probe());
            return before.contains(Liveness.DEAD);
        });
        assertThat(before).as("what was seen until then").doesNotContain(Liveness.BUSY);
        assertThat(connected.socket().probe()).as("dead for good").isEqualTo(Liveness.DEAD);
    }

    @Test
    @Tag("smoke")
    void aConnectionAtRestIsQuiet() throws SQLException {
        try (Connected connected = open()) {
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
        try (Connected connected = open()) {
            assertThat(server().faults().killSession(id(connected.jdbc()))).isTrue();
            dies(connected);
        }
    }

    /**
     * MySQL says why before it closes. The words do not hide the end behind them, and are there for the driver; in plain
     * text it throws away what it finds in the stream before it sends something.
     */
    @Test
    void aSessionThatWasIdleForTooLongIsDeadAndItsLastWordsAreRead() throws SQLException {
        try (Connected connected = open()) {
            execute(connected.jdbc(), "set wait_timeout = 1");
            dies(connected);
            SQLException failure = catchThrowableOfType(SQLException.class, () -> query(connected.jdbc(), "select 1"));
            assertThat(Connects.inUse(failure)).isEqualTo(Verdict.SUSPECT_ALL);
            if (tls && !Servers.isMariaDb(server())) {
                assertThat((Throwable) failure).hasMessageContaining("inactivity");
            }
        }
    }

    @Test
    void aStoppedServerIsDead() throws SQLException {
        for (StopMode mode : List.of(StopMode.FAST, StopMode.IMMEDIATE)) {
            try (Connected connected = open()) {
                server().faults().stop(mode);
                dies(connected);
            }
            server().faults().start();
        }
    }

    @Test
    void aCrashedServerIsDead() throws SQLException {
        try (Connected connected = open()) {
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
        try (Connected connected = open();
                Connection other = Servers.bare(server())) {
            long id = id(connected.jdbc());
            Future<?> reader = threads.submit(() -> {
                try {
                    execute(connected.jdbc(), "select sleep(60)");
                } catch (SQLException e) {
                    // MariaDB says that it was killed, MySQL ends the sleep.
                    assertThat(Connects.inUse(e)).isEqualTo(Verdict.KEEP);
                }
                return null;
            });
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(SOON)
                    .until(() -> connected.socket().probe() == Liveness.BUSY);
            await().atMost(SOON).until(() -> {
                execute(other, "kill query " + id);
                return reader.isDone();
            });
            reader.get(10, TimeUnit.SECONDS);
            assertThat(connected.socket().probe()).isEqualTo(Liveness.QUIET);
            assertThat(id(connected.jdbc())).isEqualTo(id);
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
                open.add(open());
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
