package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Connects.dialect;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.postgres.Doubts.Doubt;
import io.github.lifebelt.postgres.Doubts.Way;
import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.testing.Administrator;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Transactions that their server has confirmed and lost. It then gives their ids to others, and says of those ids that
 * they are committed.
 */
class LostHistoryTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static TestDatabase server;

    @BeforeAll
    static void start() throws SQLException {
        // What is committed without waiting for the disk stays in memory for as long as the test needs.
        server = TestDatabase.postgres()
                .setting("wal_writer_delay", "10s")
                .setting("autovacuum", "off")
                .start();
        try (Connected connected = Connects.open(server)) {
            Doubts.prepare(connected.jdbc());
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private record Lost(Doubt byId, Doubt byToken) {}

    /** A disaster that is to take along what was not on the disk. */
    private interface Disaster {
        void strike(Connected bystander);
    }

    private static Doubt committed(Way way, Connected connected) throws SQLException {
        execute(connected.jdbc(), "set synchronous_commit = off");
        Doubt doubt = Doubts.begin(way, connected.jdbc());
        doubt.commit();
        return doubt;
    }

    /** Again until the disk was slower than the disaster. */
    private static Lost lostBy(Disaster disaster) {
        AtomicReference<Lost> lost = new AtomicReference<>();
        await().atMost(SOON).pollDelay(Duration.ZERO).until(() -> {
            Lost perhaps;
            try (Connected one = Connects.open(server);
                    Connected two = Connects.open(server);
                    Connected bystander = Connects.open(server)) {
                perhaps = new Lost(committed(Way.TRANSACTION_ID, one), committed(Way.TOKEN, two));
                disaster.strike(bystander);
            }
            server.faults().start();
            lost.set(perhaps);
            try (Connected connected = afterRecovery()) {
                return isForgotten(connected.jdbc(), perhaps.byId.mark())
                        && !perhaps.byToken.isStored(connected.jdbc());
            }
        });
        return lost.get();
    }

    /** Whether the server has not even kept that the id was given out. */
    private static boolean isForgotten(Connection connection, Mark mark) throws SQLException {
        String next = query(connection, "select txid_snapshot_xmax(txid_current_snapshot())");
        return Long.parseLong(next) <= Long.parseLong(mark.transactionId());
    }

    private static Connected afterRecovery() {
        return await().atMost(SOON)
                .ignoreExceptionsInstanceOf(SQLException.class)
                .until(() -> Connects.open(server), connected -> true);
    }

    private static String bareStatus(Connection connection, Mark mark) throws SQLException {
        return query(connection, "select txid_status(" + mark.transactionId() + ")");
    }

    /** Lets others have their ids until one has that of the mark. */
    private static void reuse(Connection connection, Mark mark) {
        long lost = Long.parseLong(mark.transactionId());
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> Long.parseLong(query(connection, "select txid_current()")) >= lost);
    }

    private static void assertOnlyTheTokenKnows(Connection own, Lost lost) throws SQLException {
        Mark mark = lost.byId.mark();
        assertThat(Doubts.look(own, mark, false)).as("before").isEqualTo(Finding.ROLLED_BACK);
        reuse(own, mark);
        assertThat(bareStatus(own, mark)).as("what the server says").isEqualTo("committed");
        assertThat(lost.byId.isStored(own)).as("what is so").isFalse();
        assertThat(Doubts.look(own, mark, true)).isEqualTo(Finding.UNKNOWN);
        assertThat(Doubts.look(own, lost.byToken.mark(), true)).isEqualTo(Finding.ROLLED_BACK);
        assertThat(lost.byToken.isStored(own)).isFalse();
    }

    @Test
    void afterAnImmediateShutdownTheBareStatusLies() throws SQLException {
        Lost lost = lostBy(bystander -> server.faults().stop(StopMode.IMMEDIATE));
        try (Connected own = Connects.open(server)) {
            assertOnlyTheTokenKnows(own.jdbc(), lost);
        }
    }

    @Test
    void afterTheCrashOfAnotherProcessTheBareStatusLies() throws SQLException {
        Lost lost = lostBy(bystander -> server.faults().crashBackend(dialect().sessionId(bystander.jdbc())));
        try (Connected own = Connects.open(server)) {
            assertOnlyTheTokenKnows(own.jdbc(), lost);
        }
    }

    @Test
    void onAPromotedReplicaThatNeverGotItTheBareStatusLies() throws SQLException {
        try (TestDatabase primary =
                        TestDatabase.postgres().setting("autovacuum", "off").start();
                Connected one = Connects.open(primary);
                Connected two = Connects.open(primary)) {
            Doubts.prepare(one.jdbc());
            try (TestDatabase replica = primary.replica()) {
                await().atMost(SOON).ignoreExceptions().until(() -> {
                    try (Connected reader = Connects.open(replica)) {
                        return Doubts.RESOLVER.findTokenTable(reader.jdbc()) != null;
                    }
                });
                replica.faults().stop(StopMode.FAST);
                Lost lost = new Lost(Doubts.begin(Way.TRANSACTION_ID, one.jdbc()), Doubts.begin(Way.TOKEN, two.jdbc()));
                lost.byId.commit();
                lost.byToken.commit();
                primary.faults().crash();
                replica.faults().start();
                try (Connected own = Connects.open(replica)) {
                    for (Doubt doubt : new Doubt[] {lost.byId, lost.byToken}) {
                        assertThat(Doubts.look(own.jdbc(), doubt.mark(), true)).isEqualTo(Finding.ELSEWHERE);
                    }
                    replica.faults().promote();
                    assertOnlyTheTokenKnows(own.jdbc(), lost);
                }
            }
        }
    }

    @Test
    void whoHasTheIdNowIsLeftAlone() throws SQLException {
        for (Disaster disaster : new Disaster[] {
            bystander -> server.faults().stop(StopMode.IMMEDIATE),
            bystander -> server.faults().crashBackend(dialect().sessionId(bystander.jdbc()))
        }) {
            Mark mark = lostBy(disaster).byId.mark();
            try (Connected own = Connects.open(server);
                    Connected heir = Connects.open(server)) {
                heir.jdbc().setAutoCommit(false);
                await().atMost(SOON).pollInterval(Duration.ofMillis(1)).until(() -> {
                    heir.jdbc().rollback();
                    return query(heir.jdbc(), "select txid_current()").equals(mark.transactionId());
                });
                Mark worst = new Mark(
                        mark.transactionId(), null, null, dialect().sessionId(heir.jdbc()), mark.incarnation());
                assertThat(Doubts.look(own.jdbc(), mark, true)).isEqualTo(Finding.ROLLED_BACK);
                assertThat(Doubts.look(own.jdbc(), worst, true)).isNotEqualTo(Finding.COMMITTED);
                heir.jdbc().commit();
                assertThat(bareStatus(own.jdbc(), mark)).isEqualTo("committed");
                assertThat(Doubts.look(own.jdbc(), mark, true)).isEqualTo(Finding.UNKNOWN);
            }
        }
    }

    @Test
    void anAdministratorWhoResetsStatisticsIsNoCrash() throws SQLException {
        try (Connected one = Connects.open(server)) {
            Doubt doubt = Doubts.begin(Way.TRANSACTION_ID, one.jdbc());
            doubt.commit();
            resetStatistics();
            try (Connected own = Connects.open(server)) {
                String now = dialect().serverFacts(own.jdbc()).incarnation();
                assertThat(now).isNotEqualTo(doubt.mark().incarnation());
                assertThat(Doubts.look(own.jdbc(), doubt.mark(), false)).isEqualTo(Finding.COMMITTED);
                one.close();
                await().atMost(SOON).until(() -> server.sessions() == 1);
                assertThat(Doubts.look(own.jdbc(), doubt.mark(), false))
                        .as("without a session that was there before")
                        .isEqualTo(Finding.UNKNOWN);
            }
        }
    }

    private static void resetStatistics() throws SQLException {
        try (Connection administrator = Administrator.of(server)) {
            query(administrator, "select pg_stat_reset_shared('bgwriter')");
        }
    }

    @Test
    void whereTheIncarnationIsNotKnownOnlyARollbackIsSure() throws SQLException {
        try (Connected one = Connects.open(server);
                Connected own = Connects.open(server)) {
            Doubt doubt = Doubts.begin(Way.TRANSACTION_ID, one.jdbc());
            Mark mark = new Mark(
                    doubt.mark().transactionId(), null, null, doubt.mark().session(), null);
            assertThat(Doubts.look(own.jdbc(), mark, true)).isEqualTo(Finding.OPEN);
            dialect().ping(one.jdbc());
            doubt.commit();
            assertThat(Doubts.look(own.jdbc(), mark, true)).isEqualTo(Finding.UNKNOWN);
            Doubt another = Doubts.begin(Way.TRANSACTION_ID, one.jdbc());
            one.jdbc().rollback();
            mark = new Mark(
                    another.mark().transactionId(), null, null, another.mark().session(), null);
            assertThat(Doubts.look(own.jdbc(), mark, true)).isEqualTo(Finding.ROLLED_BACK);
        }
    }
}
