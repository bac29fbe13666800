package io.github.lifebelt.mysql;

import static io.github.lifebelt.contract.Connects.since;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.mysql.TokenTransactions.RESOLVER;
import static io.github.lifebelt.mysql.TokenTransactions.look;
import static io.github.lifebelt.mysql.TokenTransactions.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.mysql.TokenTransactions.Unit;
import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.testing.Administrators;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.ProtocolProxy;
import io.github.lifebelt.testing.ProtocolProxy.Ending;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What became of a COMMIT that was not answered: found out, and compared with what is there. */
class CommitResolverTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final TestDatabase SERVER = Servers.get(false);
    private static final Dialect DIALECT = Connects.dialect();

    private ProtocolProxy proxy;

    @BeforeEach
    void prepare() throws SQLException {
        TokenTransactions.createTables(SERVER);
        proxy = SERVER.protocolProxy();
    }

    @AfterEach
    void healTheServer() {
        proxy.close();
        Servers.heal(SERVER);
    }

    private Unit begin() throws SQLException {
        return TokenTransactions.begin(SERVER, proxy);
    }

    /** Commits in vain, which is no refusal. */
    private static void commitIsLost(Unit unit) throws SQLException {
        unit.writeToken();
        unit.connected().jdbc().setNetworkTimeout(Runnable::run, 300);
        SQLException failure = catchThrowableOfType(
                SQLException.class, () -> unit.connected().jdbc().commit());
        assertThat((Throwable) failure).isNotNull();
        assertThat(RESOLVER.isRefused(unit.connected().jdbc(), failure)).isFalse();
    }

    private static void isFound(Finding expected, Unit unit, boolean end) throws SQLException {
        assertThat(outcome(SERVER, unit.mark(), end)).isEqualTo(expected);
        assertThat(look(SERVER, unit.mark(), end)).as("the second look").isEqualTo(expected);
        assertThat(unit.isStored(SERVER)).isEqualTo(expected == Finding.COMMITTED);
    }

    @ParameterizedTest
    @EnumSource(Ending.class)
    void aLostAnswerIsFoundCommitted(Ending ending) throws SQLException {
        try (Unit unit = begin()) {
            proxy.loseCommitAnswer(ending);
            commitIsLost(unit);
            // The client may have given up before the answer came so far.
            assertThat(proxy.awaitHits(SOON)).isTrue();
            assertThat(proxy.commitAnswersLost()).isEqualTo(1);
            isFound(Finding.COMMITTED, unit, false);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Ending.class,
            names = {"RESET", "FINISH"})
    void aLostRequestIsFoundRolledBack(Ending ending) throws SQLException {
        try (Unit unit = begin()) {
            proxy.loseCommitRequest(ending);
            commitIsLost(unit);
            isFound(Finding.ROLLED_BACK, unit, false);
        }
    }

    @Test
    void aSessionThatTheServerKeepsIsOpenUntilItIsEnded() throws SQLException {
        try (Unit unit = begin()) {
            proxy.loseCommitRequest(Ending.SILENCE);
            commitIsLost(unit);
            long begin = System.nanoTime();
            assertThat(look(SERVER, unit.mark(), false)).isEqualTo(Finding.OPEN);
            assertThat(since(begin)).isLessThan(Duration.ofSeconds(4));
            assertThat(unit.hasSession(SERVER)).isTrue();
            isFound(Finding.ROLLED_BACK, unit, true);
            await().until(() -> !unit.hasSession(SERVER));
        }
    }

    /** The number may be another session's by then, on another server or after a restart. */
    @Test
    void aSessionThatIsNotProvenToBeTheTransactionsIsLeftAlone() throws SQLException {
        try (Unit unit = begin();
                Connected own = Connects.open(SERVER)) {
            unit.writeToken();
            Mark mark = unit.mark();
            ServerFacts facts = DIALECT.serverFacts(own.jdbc());
            for (Mark doubtful : List.of(
                    new Mark(null, mark.token(), mark.tokenTable(), mark.session(), "another/1700000000"),
                    new Mark(null, mark.token(), mark.tokenTable(), mark.session(), null),
                    new Mark(null, mark.token(), mark.tokenTable(), 0, mark.incarnation()))) {
                assertThat(RESOLVER.look(own.jdbc(), facts, doubtful, true)).isEqualTo(Finding.OPEN);
            }
            ServerFacts bouncer = new ServerFacts(
                    facts.product(), facts.version(), false, facts.incarnation(), null, null, null, null, true);
            assertThat(RESOLVER.look(own.jdbc(), bouncer, mark, true)).isEqualTo(Finding.OPEN);
            assertThat(unit.hasSession(SERVER)).isTrue();
            unit.connected().jdbc().commit();
            isFound(Finding.COMMITTED, unit, true);
        }
    }

    /** As one does that waits for a replica: ended now, it would be stored here and perhaps nowhere else. */
    @Test
    void aSessionThatIsAtItsCommitIsWaitedFor() throws Exception {
        try (Unit unit = begin();
                Connection admin = Administrators.of(SERVER);
                Connected own = Connects.open(SERVER)) {
            unit.writeToken();
            execute(admin, "flush tables with read lock");
            CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> {
                try {
                    unit.connected().jdbc().commit();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Awaitility.await()
                    .until(() -> query(
                                    admin,
                                    "select count(*) from information_schema.processlist where info = 'COMMIT' and id = "
                                            + unit.mark().session())
                            .equals("1"));
            assertThat(look(own, unit.mark(), true)).isEqualTo(Finding.OPEN);
            assertThat(commit).isNotDone();
            execute(admin, "unlock tables");
            commit.get(10, TimeUnit.SECONDS);
            isFound(Finding.COMMITTED, unit, true);
        }
    }

    @Test
    void aSessionThatWasKilledBeforeItsCommitIsFoundRolledBack() throws SQLException {
        try (Unit unit = begin()) {
            unit.writeToken();
            SERVER.faults().killSession(unit.mark().session());
            SQLException failure = catchThrowableOfType(
                    SQLException.class, () -> unit.connected().jdbc().commit());
            assertThat(RESOLVER.isRefused(unit.connected().jdbc(), failure)).isFalse();
            isFound(Finding.ROLLED_BACK, unit, false);
        }
    }

    @Test
    void anOriginalThatComesAfterTheLookIsRefused() throws SQLException {
        try (Unit unit = begin()) {
            isFound(Finding.ROLLED_BACK, unit, false);
            SQLException failure = catchThrowableOfType(SQLException.class, unit::writeToken);
            assertThat(failure.getErrorCode()).isEqualTo(1062);
            assertThat(RESOLVER.isRefused(unit.connected().jdbc(), failure)).isTrue();
            DIALECT.rollback(unit.connected().jdbc());
            isFound(Finding.ROLLED_BACK, unit, false);
        }
    }

    @Test
    void aLookWaitsForACommitThatIsUnderWay() throws Exception {
        try (Unit unit = begin();
                Connected own = Connects.open(SERVER);
                Connection watcher = Administrators.of(SERVER)) {
            unit.writeToken();
            CompletableFuture<Finding> look = CompletableFuture.supplyAsync(() -> {
                try {
                    return look(own, unit.mark(), false);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> query(
                                    watcher,
                                    "select count(*) from information_schema.processlist where info like 'insert%' and id = "
                                            + DIALECT.sessionId(own.jdbc()))
                            .equals("1"));
            unit.connected().jdbc().commit();
            assertThat(look.get(10, TimeUnit.SECONDS)).isEqualTo(Finding.COMMITTED);
        }
    }

    @Test
    void aCommitThatTheServerRefusesIsNotStored() throws SQLException {
        try (Unit unit = begin()) {
            unit.writeToken();
            SERVER.faults().makeReadOnly();
            SQLException failure = catchThrowableOfType(
                    SQLException.class, () -> unit.connected().jdbc().commit());
            assertThat(failure.getErrorCode()).isEqualTo(1290);
            assertThat(RESOLVER.isRefused(unit.connected().jdbc(), failure)).isTrue();
            DIALECT.rollback(unit.connected().jdbc());
            SERVER.faults().makeWritable();
            isFound(Finding.ROLLED_BACK, unit, false);
        }
    }

    @Test
    void whatMayComeAfterEverythingIsWrittenIsNoRefusal() throws SQLException {
        try (Connected connected = Connects.open(SERVER)) {
            for (int number :
                    new int[] {1026, 1053, 1077, 1105, 1158, 1161, 1180, 1317, 1598, 1927, 3100, 3168, 3169, 4031}) {
                SQLException failure = new SQLException("failed", "HY000", number);
                assertThat(RESOLVER.isRefused(connected.jdbc(), failure))
                        .as("" + number)
                        .isFalse();
            }
            SQLException answered = new SQLException("Deadlock found", "40001", 1213);
            assertThat(RESOLVER.isRefused(connected.jdbc(), answered)).isTrue();
            assertThat(RESOLVER.isRefused(connected.jdbc(), new SQLException("wrapped", answered)))
                    .isTrue();
            answered.setNextException(new SQLException("Error during commit", "HY000", 1180));
            assertThat(RESOLVER.isRefused(connected.jdbc(), answered)).isFalse();
            assertThat(RESOLVER.isRefused(connected.jdbc(), new SQLException("of the driver", "S1000")))
                    .isFalse();
            connected.jdbc().close();
            assertThat(RESOLVER.isRefused(connected.jdbc(), new SQLException("Deadlock found", "40001", 1213)))
                    .isFalse();
        }
    }

    @Test
    void aServerThatTakesNoWritesCannotSay() throws SQLException {
        try (Unit unit = begin();
                Connected own = Connects.open(SERVER)) {
            unit.writeToken();
            unit.connected().jdbc().commit();
            ServerFacts before = DIALECT.serverFacts(own.jdbc());
            SERVER.faults().makeReadOnly();
            assertThat(look(own, unit.mark(), true)).isEqualTo(Finding.ELSEWHERE);
            assertThat(RESOLVER.look(own.jdbc(), before, unit.mark(), true)).isEqualTo(Finding.ELSEWHERE);
            SERVER.faults().makeWritable();
            isFound(Finding.COMMITTED, unit, false);
        }
    }

    @Test
    void aRestartChangesNothing() throws SQLException {
        try (Unit stored = begin();
                Unit lost = begin()) {
            proxy.loseCommitAnswer(Ending.RESET);
            commitIsLost(stored);
            proxy.loseCommitRequest(Ending.SILENCE);
            commitIsLost(lost);
            SERVER.faults().stop(StopMode.FAST);
            SERVER.faults().start();
            isFound(Finding.COMMITTED, stored, true);
            isFound(Finding.ROLLED_BACK, lost, true);
        }
    }

    /** These servers write nothing for safety, so that either may be true; the token and the row have one fate. */
    @Test
    void afterACrashTheTokenIsThereIfTheRowIs() throws SQLException {
        try (Unit confirmed = begin();
                Unit lost = begin()) {
            proxy.loseCommitAnswer(Ending.RESET);
            commitIsLost(confirmed);
            proxy.loseCommitRequest(Ending.SILENCE);
            commitIsLost(lost);
            SERVER.faults().crash();
            SERVER.faults().start();
            Finding finding = outcome(SERVER, confirmed.mark(), true);
            assertThat(finding).isIn(Finding.COMMITTED, Finding.ROLLED_BACK);
            isFound(finding, confirmed, true);
            isFound(Finding.ROLLED_BACK, lost, true);
        }
    }

    @Test
    void aTokenCostsOneRoundTripHoweverTheDriverPrepares() throws SQLException {
        try (FaultProxy slow = SERVER.proxy();
                Unit unit = TokenTransactions.begin(Connects.open(SERVER.url(slow) + "&useServerPrepStmts=true"))) {
            long before = slow.roundTrips();
            unit.writeToken();
            assertThat(slow.roundTrips() - before).isOne();
        }
    }

    @Test
    void aMarkWithoutATokenIsAMistake() throws SQLException {
        try (Connected own = Connects.open(SERVER)) {
            for (Mark mark : List.of(
                    new Mark("4711", null, "`app`.`lifebelt_token`", 1, null),
                    new Mark(null, UUID.randomUUID(), null, 1, null))) {
                assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> look(own, mark, false)))
                        .isNotNull();
            }
            try (Statement statement = own.jdbc().createStatement()) {
                assertThat(statement.executeUpdate("delete from lifebelt_token"))
                        .isZero();
            }
        }
    }
}
