package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.tx.UnitOfWork;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a recording that was told nothing about Lifebelt, as an operator starts one. */
class FlightRecorderTest extends PoolTest {

    @TempDir
    Path folder;

    private final Recording recording = new Recording();

    @BeforeEach
    void record() {
        recording.start();
    }

    @AfterEach
    void close() {
        recording.close();
    }

    private List<RecordedEvent> recorded(ConnectionPool pool, String name) throws Exception {
        Path file = folder.resolve("recording.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("lifebelt." + name))
                .filter(event -> pool.config().name().equals(event.getString("pool")))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .toList();
    }

    @Test
    void aKilledConnectionIsAnEventWithSessionAgeAndReason() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1));
        long session;
        try (Connection connection = pool.getConnection()) {
            session = Sql.sessionId(connection);
        }
        Servers.killSessions(server());
        pool.getConnection().close();
        List<RecordedEvent> closed = recorded(pool, "ConnectionClosed");
        assertThat(closed).hasSize(1);
        // By a look at its socket, or, where the server's last words are in it, by the ping that follows.
        assertThat(closed.get(0).getString("reason")).isIn("lost", "ping_failed");
        assertThat(closed.get(0).getLong("sessionId")).isEqualTo(session);
        assertThat(closed.get(0).getDuration("age")).isPositive();
    }

    @Test
    void aConnectionKilledInUseHasItsSqlState() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1));
        try (Connection connection = pool.getConnection()) {
            Servers.killSessions(server());
            assertThatThrownBy(() -> query(connection, "select 1")).isInstanceOf(SQLException.class);
        }
        pool.getConnection().close();
        assertThat(recorded(pool, "ConnectionClosed"))
                .extracting(event -> event.getString("sqlState"))
                .singleElement()
                .isIn(Sql.KILLED_STATES);
    }

    @Test
    void aBorrowerThatWaitsIsAnEventWithItsThreadAndStack() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1));
        Future<Boolean> waiter;
        try (Connection held = borrowedByAnother(pool)) {
            assertThat(held.isClosed()).isFalse();
            waiter = threads.submit(() -> {
                pool.getConnection().close();
                return true;
            });
            await().until(() -> pool.stats().pending() == 1);
            query(held, sleep(0.05));
        }
        assertThat(waiter.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(recorded(pool, "BorrowWait"))
                .filteredOn(event -> event.getString("waitedFor").equals("connection_in_use"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getBoolean("served")).isTrue();
                    assertThat(event.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(10));
                    assertThat(event.getStackTrace().getFrames()).isNotEmpty();
                });
    }

    @Test
    void aBorrowThatIsServedAtOnceIsNoEvent() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1));
        pool.getConnection().close();
        int before = recorded(pool, "BorrowWait").size();
        for (int i = 0; i < 100; i++) {
            pool.getConnection().close();
        }
        assertThat(recorded(pool, "BorrowWait")).hasSize(before);
    }

    @Test
    void anOutageIsSeenInTheStatesAndInWhoWaitedForTheDatabase() throws Exception {
        // Longer than a server takes to start on a busy machine.
        ConnectionPool pool = open(
                builder().maxSize(2).borrowTimeout(Duration.ofSeconds(20)).unavailableTimeout(Duration.ofSeconds(20)));
        fill(pool, 2);
        server().faults().stop(StopMode.FAST);
        Future<Boolean> borrower = threads.submit(() -> {
            pool.getConnection().close();
            return true;
        });
        await().until(() -> !pool.stats().available());
        server().faults().start();
        assertThat(borrower.get(30, TimeUnit.SECONDS)).isTrue();
        await().until(() -> pool.stats().available());
        await().untilAsserted(() -> assertThat(recorded(pool, "PoolState"))
                .extracting(event -> event.getString("to"))
                .contains("DOWN")
                .endsWith("UP"));
        assertThat(recorded(pool, "PoolState"))
                .allSatisfy(event -> assertThat(event.getString("reason")).isNotEmpty());
        assertThat(recorded(pool, "BorrowWait"))
                .extracting(event -> event.getString("waitedFor"))
                .contains("database");
    }

    @Test
    void aSlowUnitIsAnEventThatDoesNotRepeatTheServersWords() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1));
        UnitOfWork.on(pool).named("slow").run(tx -> query(tx.connection(), sleep(0.03)));
        assertThatThrownBy(() -> UnitOfWork.on(pool).named("fails").run(tx -> {
                    query(tx.connection(), sleep(0.03));
                    query(tx.connection(), Sql.FAILING);
                }))
                .isNotNull();
        List<RecordedEvent> units = recorded(pool, "Unit");
        assertThat(units).extracting(event -> event.getString("unit")).containsExactly("slow", "fails");
        assertThat(units).extracting(event -> event.getString("outcome")).containsExactly("committed", "rolled_back");
        assertThat(units.get(1).getString("failure")).isEqualTo("io.github.lifebelt.tx.TransactionRolledBackException");
    }

    @Test
    void whatBecomesOfAUnitThatJoinsIsLeftToTheWhole() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1));
        try (Connection outer = pool.getConnection()) {
            outer.setAutoCommit(false);
            UnitOfWork.on(pool)
                    .named("part")
                    .within(() -> new PlainOuter(outer))
                    .joining()
                    .run(tx -> query(tx.connection(), sleep(0.03)));
            outer.commit();
        }
        assertThat(recorded(pool, "Unit")).singleElement().satisfies(event -> {
            assertThat(event.getString("outcome")).isEqualTo("joined");
            assertThat(event.getInt("attempts")).isOne();
            assertThat(event.getString("failure")).isNull();
        });
    }

    @Test
    void whoWaitsInVainIsAnEventWithoutTheStatementsOfOthers() throws Exception {
        ConnectionPool pool = open(builder().maxSize(1).borrowTimeout(Duration.ofMillis(300)));
        pool.awaitReady(Duration.ofSeconds(20)); // a connect may take longer than this borrower has
        Callable<Connection> used = () -> {
            Connection connection = pool.getConnection();
            query(connection, "select 1");
            return connection;
        };
        try (Connection held = threads.submit(used).get(30, TimeUnit.SECONDS)) {
            assertThat(held.isClosed()).isFalse();
            assertThatThrownBy(pool::getConnection).hasMessageContaining("last statement: select ?");
        }
        assertThat(recorded(pool, "BorrowWait"))
                .filteredOn(event -> !event.getBoolean("served"))
                .singleElement()
                .satisfies(event -> assertThat(event.getString("failure"))
                        .contains("[POOL_EXHAUSTED]", "max 1, active 1")
                        .doesNotContain("select"));
    }
}
