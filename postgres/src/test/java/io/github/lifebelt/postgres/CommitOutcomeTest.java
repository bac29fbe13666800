package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Connects.dialect;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.postgres.Doubts.RESOLVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.postgres.Doubts.Doubt;
import io.github.lifebelt.postgres.Doubts.Way;
import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect.TransactionState;
import io.github.lifebelt.testing.ProtocolProxy;
import io.github.lifebelt.testing.ProtocolProxy.Ending;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What became of COMMITs that went wrong, found out by transaction id and by token. */
@ParameterizedClass(name = "{0}, tls={1}")
@CsvSource({"TRANSACTION_ID, false", "TRANSACTION_ID, true", "TOKEN, false", "TOKEN, true"})
class CommitOutcomeTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int READ_TIMEOUT_MILLIS = 300;
    private static final int LOCK = 4711;
    private static final String AT_COMMIT = """
            create function at_commit() returns trigger language plpgsql as
            $$ begin perform pg_advisory_xact_lock(%d); return null; end $$;
            create constraint trigger at_commit after insert on doubts deferrable initially deferred
            for each row execute function at_commit()""".formatted(LOCK);

    @Parameter(0)
    Way way;

    @Parameter(1)
    boolean tls;

    private ProtocolProxy proxy;
    private Connected client;
    private Connected own;

    private TestDatabase server() {
        return Servers.get(tls);
    }

    @BeforeEach
    void open() throws SQLException {
        proxy = server().protocolProxy();
        client = Connects.open(server(), proxy);
        own = Connects.open(server());
        execute(own.jdbc(), "drop table if exists doubts");
        Doubts.prepare(own.jdbc());
    }

    @AfterEach
    void close() {
        client.close();
        own.close();
        proxy.close();
        Servers.heal(server());
        Servers.killSessions(server());
    }

    private Doubt begin() throws SQLException {
        return Doubts.begin(way, client.jdbc());
    }

    /** Commits, which must fail, and says whether the server has refused it. */
    private static boolean isRefused(Doubt doubt) {
        SQLException failure = catchThrowableOfType(SQLException.class, doubt::commit);
        assertThat((Throwable) failure).isNotNull();
        return RESOLVER.isRefused(doubt.connection(), failure);
    }

    private Finding look(Doubt doubt, boolean end) throws SQLException {
        return Doubts.look(own.jdbc(), doubt.mark(), end);
    }

    private Finding decision(Doubt doubt, boolean end) {
        return await().atMost(SOON)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> look(doubt, end), finding -> finding != Finding.OPEN);
    }

    /** The decision is true, and stays so. */
    private void assertDecided(Doubt doubt, boolean end, Finding expected) throws SQLException {
        assertThat(decision(doubt, end)).isEqualTo(expected);
        assertThat(doubt.isStored(own.jdbc())).isEqualTo(expected == Finding.COMMITTED);
        assertThat(look(doubt, true)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatIsLostLeavesItStored(Ending ending) throws SQLException {
        Doubt doubt = begin();
        client.jdbc().setNetworkTimeout(Runnable::run, READ_TIMEOUT_MILLIS);
        proxy.loseCommitAnswer(ending);
        assertThat(isRefused(doubt)).isFalse();
        // The client may have given up before the answer came so far.
        assertThat(proxy.awaitHits(SOON)).isTrue();
        assertThat(proxy.commitAnswersLost()).isEqualTo(1);
        assertDecided(doubt, false, Finding.COMMITTED);
    }

    @ParameterizedTest
    @EnumSource(names = {"RESET", "FINISH"})
    void aRequestThatIsLostWithItsLineLeavesNothing(Ending ending) throws SQLException {
        Doubt doubt = begin();
        proxy.loseCommitRequest(ending);
        assertThat(isRefused(doubt)).isFalse();
        assertThat(proxy.commitRequestsLost()).isEqualTo(1);
        assertDecided(doubt, false, Finding.ROLLED_BACK);
    }

    @Test
    void ofAHalfOpenLineTheSessionIsEndedWhenItIsTime() throws SQLException {
        Doubt doubt = begin();
        client.jdbc().setNetworkTimeout(Runnable::run, READ_TIMEOUT_MILLIS);
        proxy.loseCommitRequest(Ending.SILENCE);
        assertThat(isRefused(doubt)).isFalse();
        for (int i = 0; i < 3; i++) {
            assertThat(look(doubt, false)).isEqualTo(Finding.OPEN);
        }
        assertThat(look(doubt, true)).isEqualTo(Finding.OPEN);
        assertDecided(doubt, false, Finding.ROLLED_BACK);
        await().atMost(SOON).until(() -> server().sessionsInTransaction() == 0);
    }

    @Test
    void aCommitThatIsUnderWayIsWaitedFor() throws Exception {
        try (Connected lock = Connects.open(server())) {
            Doubt doubt = cutInTheMiddleOfCommit(lock);
            assertThat(look(doubt, false)).isEqualTo(Finding.OPEN);
            execute(lock.jdbc(), "select pg_advisory_unlock(" + LOCK + ")");
            assertDecided(doubt, false, Finding.COMMITTED);
        }
    }

    @Test
    void aCommitThatIsUnderWayForTooLongIsEnded() throws Exception {
        try (Connected lock = Connects.open(server())) {
            Doubt doubt = cutInTheMiddleOfCommit(lock);
            assertThat(look(doubt, true)).isEqualTo(Finding.OPEN);
            assertDecided(doubt, false, Finding.ROLLED_BACK);
        }
    }

    private Doubt cutInTheMiddleOfCommit(Connected lock) throws Exception {
        execute(lock.jdbc(), "select pg_advisory_lock(" + LOCK + ")");
        execute(own.jdbc(), "drop function if exists at_commit cascade");
        execute(own.jdbc(), AT_COMMIT);
        Doubt doubt = begin();
        FutureTask<Boolean> refused = new FutureTask<>(() -> isRefused(doubt));
        new Thread(refused, "committing").start();
        await().pollInterval(Duration.ofMillis(5))
                .atMost(SOON)
                .until(() -> "advisory"
                        .equals(query(
                                own.jdbc(),
                                "select max(wait_event) from pg_stat_activity where pid = "
                                        + dialect().sessionId(client.jdbc()))));
        proxy.reset();
        assertThat(refused.get(10, TimeUnit.SECONDS)).isFalse();
        return doubt;
    }

    @Test
    void aSessionKilledBeforeCommitLeavesNothing() throws SQLException {
        Doubt doubt = begin();
        server().faults().killSession(dialect().sessionId(client.jdbc()));
        assertThat(isRefused(doubt)).isFalse();
        assertDecided(doubt, false, Finding.ROLLED_BACK);
    }

    @Test
    void aCommitThatTheServerRefusesIsNoDoubt() throws SQLException {
        execute(own.jdbc(), "alter table doubts add unique (n) deferrable initially deferred");
        Doubt doubt = begin();
        execute(client.jdbc(), "insert into doubts values (" + doubt.row() + ")");
        assertThat(isRefused(doubt)).isTrue();
        assertThat(dialect().transactionState(client.jdbc())).isEqualTo(TransactionState.IDLE);
        assertDecided(doubt, false, Finding.ROLLED_BACK);
    }

    @Test
    void whatCameBeforeCommitAndFailedIsNoDoubt() throws SQLException {
        Doubt doubt = begin();
        assertThat((Throwable) catchThrowableOfType(SQLException.class, () -> query(client.jdbc(), "select 1/0")))
                .isNotNull();
        if (way == Way.TOKEN) {
            assertThat(isRefused(doubt)).isTrue();
            assertThat(dialect().transactionState(client.jdbc())).isEqualTo(TransactionState.FAILED);
        }
        dialect().rollback(client.jdbc());
        assertDecided(doubt, false, Finding.ROLLED_BACK);
    }

    @Test
    void onlyTheTransactionsOwnSessionIsEnded() throws SQLException {
        try (Connected working = Connects.open(server());
                Connected idle = Connects.open(server())) {
            Doubt doubt = begin();
            client.jdbc().setNetworkTimeout(Runnable::run, READ_TIMEOUT_MILLIS);
            proxy.loseCommitRequest(Ending.SILENCE);
            assertThat(isRefused(doubt)).isFalse();
            Doubt another = Doubts.begin(Way.TRANSACTION_ID, working.jdbc());
            Mark mark = doubt.mark();
            // As if the ids of sessions had been given to others meanwhile.
            for (Connected other : way == Way.TOKEN ? Set.of(idle) : Set.of(idle, working)) {
                Mark wrong = new Mark(
                        mark.transactionId(),
                        // Another's: so that nothing but the session's id points to anybody.
                        mark.token(),
                        mark.tokenTable(),
                        dialect().sessionId(other.jdbc()),
                        mark.incarnation());
                assertThat(Doubts.look(own.jdbc(), wrong, true)).isIn(Finding.OPEN, Finding.ROLLED_BACK);
                dialect().ping(idle.jdbc());
                dialect().ping(working.jdbc());
            }
            another.commit();
            assertThat(another.isStored(own.jdbc())).isTrue();
            assertDecided(doubt, true, Finding.ROLLED_BACK);
            dialect().ping(idle.jdbc());
        }
    }

    @Test
    void aLookLeavesNothingBehind() throws SQLException {
        Doubt doubt = begin();
        doubt.commit();
        execute(own.jdbc(), "set lock_timeout = '7s'");
        execute(own.jdbc(), "set default_transaction_isolation = 'serializable'");
        execute(own.jdbc(), "set default_transaction_read_only = on");
        assertThat(look(doubt, false)).isEqualTo(Finding.COMMITTED);
        assertThat(dialect().transactionState(own.jdbc())).isEqualTo(TransactionState.IDLE);
        assertThat(query(own.jdbc(), "show lock_timeout")).isEqualTo("7s");
        assertThat(query(own.jdbc(), "show synchronous_commit")).isEqualTo("on");
        assertThat(query(own.jdbc(), "show transaction_isolation")).isEqualTo("serializable");
    }

    @Test
    void oldTokensAreRemovedByOneAtATime() throws SQLException {
        String table = RESOLVER.findTokenTable(own.jdbc());
        execute(own.jdbc(), "delete from " + table);
        for (int i = 0; i < 10; i++) {
            execute(
                    own.jdbc(),
                    "insert into " + table + " (id) values ('" + new UUID(i << 16 | 0x7000, 1L << 63) + "')");
        }
        UUID before = new UUID(8 << 16 | 0x7000, 1L << 63);
        assertThat(RESOLVER.removeTokens(own.jdbc(), table, before, 5)).isEqualTo(5);
        assertThat(query(own.jdbc(), "select min(id::text) from " + table)).startsWith("00000000-0005-");
        client.jdbc().setAutoCommit(false);
        assertThat(RESOLVER.removeTokens(client.jdbc(), table, before, 1)).isEqualTo(1);
        assertThat(RESOLVER.removeTokens(own.jdbc(), table, before, 5))
                .as("while another is at it")
                .isZero();
        client.jdbc().commit();
        assertThat(RESOLVER.removeTokens(own.jdbc(), table, before, 5)).isEqualTo(2);
        assertThat(RESOLVER.removeTokens(own.jdbc(), table, before, 5)).isZero();
        assertThat(query(own.jdbc(), "select count(*) from " + table)).isEqualTo("2");
    }
}
