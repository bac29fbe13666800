package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Defaults give way to what the server says of itself, settings do not, and either is said once. */
class ServerLimitsTest extends PoolTest {

    private static final int SMALLEST = 10;

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.lifebelt.internal.pool.ServerLimits");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    private List<String> warnings() {
        return log.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private ConnectionPool opened(PoolBuilder builder) throws SQLException {
        ConnectionPool pool = open(builder);
        fill(pool, 2);
        return pool;
    }

    @Test
    void whatFitsIsNotTalkedAbout() throws SQLException {
        opened(builder());
        assertThat(warnings()).isEmpty();
    }

    @Test
    void theDefaultKeepaliveIsLoweredBelowTheServersIdleTimeOut() throws Exception {
        try (TestDatabase server = TestDatabase.of(Servers.PRODUCT)
                .tls(tls)
                .idleTimeout(Duration.ofSeconds(100))
                .start()) {
            ConnectionPool pool = opened(ConnectionPool.builder(server.url()));
            assertThat(warnings())
                    .singleElement()
                    .asString()
                    .contains("keepalive is lowered from its default 2m to 50s", "idle for 100s");
            // The slots with the old period are replaced, and what was connected is connected again.
            await().ignoreExceptions().untilAsserted(() -> fill(pool, 2));
        }
    }

    @Test
    void settingsStayAndAreWarnedAboutTogether() throws Exception {
        try (TestDatabase server = TestDatabase.of(Servers.PRODUCT)
                .tls(tls)
                .idleTimeout(Duration.ofSeconds(100))
                .maxConnections(SMALLEST)
                .start()) {
            ConnectionPool pool =
                    opened(ConnectionPool.builder(server.url()).maxSize(50).keepalive(Duration.ofMinutes(5)));
            assertThat(warnings())
                    .singleElement()
                    .asString()
                    .contains("max-size 50 was set and cannot be reached", "keepalive 5m was set and comes too late");
            assertThat(pool.stats().max()).isEqualTo(50);
        }
    }

    @Test
    void anIdleTimeOutThatNoKeepaliveCanMeetIsSaid() throws Exception {
        try (TestDatabase server = TestDatabase.of(Servers.PRODUCT)
                .tls(tls)
                .idleTimeout(Duration.ofSeconds(2))
                .start()) {
            ConnectionPool pool = opened(ConnectionPool.builder(server.url()));
            assertThat(warnings()).singleElement().asString().contains("replaced on borrow");
            await().until(() -> server.sessions() == 0);
            fill(pool, 2);
        }
    }
}
