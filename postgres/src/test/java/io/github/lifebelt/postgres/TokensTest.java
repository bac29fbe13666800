package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Connects.dialect;
import static io.github.lifebelt.contract.Connects.since;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.postgres.Doubts.RESOLVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.postgres.Doubts.Doubt;
import io.github.lifebelt.postgres.Doubts.Way;
import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect.TransactionState;
import io.github.lifebelt.testing.Administrator;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of tokens, and who may do what with it. */
class TokensTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration ONE_WAY = Duration.ofMillis(40);

    private static TestDatabase server;

    private Connected own;

    @BeforeAll
    static void start() {
        server = TestDatabase.postgres().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() throws SQLException {
        own = Connects.open(server);
        execute(own.jdbc(), "drop table if exists doubts, lifebelt_token");
        Doubts.prepare(own.jdbc());
    }

    @AfterEach
    void close() {
        own.close();
        server.faults().killSessions();
        await().atMost(SOON).until(() -> server.sessions() == 0);
    }

    private Mark mark(UUID token, long session) throws SQLException {
        return new Mark(null, token, RESOLVER.findTokenTable(own.jdbc()), session, null);
    }

    /** What a transaction is marked with, of which nothing else is known. */
    private Mark mark() throws SQLException {
        return mark(UUID.randomUUID(), 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTokenAndItsCommitAreOneRoundTrip(boolean begun) throws SQLException {
        try (FaultProxy proxy = server.proxy();
                Connected client = Connects.open(server, proxy)) {
            client.jdbc().setAutoCommit(false);
            RESOLVER.writeToken(client.jdbc(), mark());
            proxy.latency(ONE_WAY);
            List<Duration> took = new ArrayList<>();
            // More often than the driver waits before it prepares on the server.
            for (int i = 0; i < 10; i++) {
                Mark mark = mark();
                if (begun) {
                    query(client.jdbc(), "select 1");
                }
                long begin = System.nanoTime();
                assertThat(RESOLVER.writeToken(client.jdbc(), mark)).isTrue();
                took.add(since(begin));
                assertThat(dialect().transactionState(client.jdbc())).isEqualTo(TransactionState.IDLE);
                assertThat(Doubts.look(own.jdbc(), mark, false)).isEqualTo(Finding.COMMITTED);
            }
            long sent = proxy.bytesToServer();
            client.jdbc().commit();
            assertThat(proxy.bytesToServer()).as("nothing is left to commit").isEqualTo(sent);
            Duration roundTrip = ONE_WAY.multipliedBy(2);
            assertThat(took).allSatisfy(each -> assertThat(each).isGreaterThanOrEqualTo(roundTrip));
            // A busy machine makes some longer, never shorter.
            assertThat(Collections.min(took)).isLessThan(roundTrip.multipliedBy(2));
        }
    }

    @Test
    void aTransactionIdIsOneRoundTripAndNoneIsNull() throws SQLException {
        try (Connected client = Connects.open(server)) {
            var facts = dialect().serverFacts(client.jdbc());
            client.jdbc().setAutoCommit(false);
            query(client.jdbc(), "select 1");
            assertThat(RESOLVER.mark(client.jdbc(), facts)).isNull();
            execute(client.jdbc(), "insert into doubts values (0)");
            Mark mark = RESOLVER.mark(client.jdbc(), facts);
            assertThat(mark.transactionId()).isEqualTo(query(client.jdbc(), "select txid_current()"));
            assertThat(mark.session()).isEqualTo(dialect().sessionId(client.jdbc()));
            assertThat(mark.incarnation()).isEqualTo(facts.incarnation());
        }
    }

    @Test
    void aTokenThatComesLateIsRefused() throws SQLException {
        try (Connected client = Connects.open(server)) {
            Doubt doubt = Doubts.begin(Way.TOKEN, client.jdbc());
            assertThat(Doubts.look(own.jdbc(), doubt.mark(), false)).isEqualTo(Finding.ROLLED_BACK);
            SQLException late = catchThrowableOfType(SQLException.class, doubt::commit);
            assertThat(late.getSQLState()).isEqualTo("23505");
            assertThat(RESOLVER.isRefused(client.jdbc(), late)).isTrue();
            client.jdbc().rollback();
            assertThat(doubt.isStored(own.jdbc())).isFalse();
        }
    }

    /** By what it is at, where a pooler has hidden its id; by its id, where it is at something else. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSessionThatKeepsATokenOpenIsFound(boolean byStatement) throws SQLException {
        try (Connected client = Connects.open(server);
                Connected idle = Connects.open(server)) {
            client.jdbc().setAutoCommit(false);
            String table = RESOLVER.findTokenTable(own.jdbc());
            UUID token = UUID.randomUUID();
            String sign = byStatement ? "/*lifebelt token " + token + "*/ " : "";
            execute(client.jdbc(), sign + "insert into " + table + " (id) values ('" + token + "')");
            long session = dialect().sessionId(client.jdbc());
            Mark mark = mark(token, byStatement ? 0 : session);
            assertThat(Doubts.look(own.jdbc(), mark, false)).isEqualTo(Finding.OPEN);
            Mark wrong = mark(UUID.randomUUID(), session);
            assertThat(Doubts.look(own.jdbc(), wrong, true))
                    .as("not waited for")
                    .isEqualTo(Finding.ROLLED_BACK);
            if (!byStatement) {
                wrong = mark(token, dialect().sessionId(idle.jdbc()));
                assertThat(Doubts.look(own.jdbc(), wrong, true))
                        .as("another's id")
                        .isEqualTo(Finding.OPEN);
            }
            dialect().ping(client.jdbc());
            if (byStatement) {
                // It is at the ping now; the sign has to be there again.
                execute(client.jdbc(), sign + "select 1");
            }
            assertThat(Doubts.look(own.jdbc(), mark, true)).isEqualTo(Finding.OPEN);
            assertThat(await().atMost(SOON)
                            .until(() -> Doubts.look(own.jdbc(), mark, false), found -> found != Finding.OPEN))
                    .isEqualTo(Finding.ROLLED_BACK);
            dialect().ping(idle.jdbc());
            // A session undoes what it did before it leaves the server's list.
            await().atMost(SOON).until(() -> server.sessions() == 2);
        }
    }

    @Test
    void theTableIsFoundAsTheSessionFindsIt() throws SQLException {
        assertThat(RESOLVER.findTokenTable(own.jdbc())).isEqualTo("public.lifebelt_token");
        execute(own.jdbc(), "create schema \"Odd \"\"one\"");
        execute(own.jdbc(), "set search_path = \"Odd \"\"one\", public");
        execute(own.jdbc(), RESOLVER.tokenTableStatement());
        String table = RESOLVER.findTokenTable(own.jdbc());
        assertThat(table).isEqualTo("\"Odd \"\"one\".lifebelt_token");
        execute(own.jdbc(), "set search_path = public");
        Mark mark = new Mark(null, UUID.randomUUID(), table, 0, null);
        RESOLVER.writeToken(own.jdbc(), mark);
        assertThat(Doubts.look(own.jdbc(), mark, false)).isEqualTo(Finding.COMMITTED);
        execute(own.jdbc(), "set search_path = pg_catalog");
        assertThat(RESOLVER.findTokenTable(own.jdbc())).isNull();
        execute(own.jdbc(), "drop schema \"Odd \"\"one\" cascade");
    }

    @ParameterizedTest
    @ValueSource(strings = {"temporary", "unlogged"})
    void aTableThatDoesNotOutliveItsSessionOrACrashIsNone(String kind) throws SQLException {
        execute(own.jdbc(), "drop table lifebelt_token");
        execute(own.jdbc(), RESOLVER.tokenTableStatement().replace("create", "create " + kind));
        assertThat(RESOLVER.findTokenTable(own.jdbc())).isNull();
    }

    /** Nothing but what it is given: who may write only can begin, and who may not delete does not clean up. */
    @ParameterizedTest
    @CsvSource({
        "'insert', true, false, false",
        "'select, insert', true, true, false",
        "'select, insert, delete', true, true, true",
        "'select', false, false, false"
    })
    void whoMayDoWhat(String rights, boolean write, boolean look, boolean remove) throws SQLException {
        try (Connection administrator = Administrator.of(server)) {
            execute(administrator, "drop role if exists clerk");
            execute(administrator, "create role clerk login password 'clerk'");
            try (Connected clerk = Connects.open(server.databaseUrl().toBuilder()
                    .user("clerk")
                    .password("clerk")
                    .build())) {
                execute(administrator, "grant " + rights + " on lifebelt_token to clerk");
                execute(administrator, "grant select, insert on doubts to clerk");
                Mark mark = mark();
                may(write, () -> RESOLVER.writeToken(clerk.jdbc(), mark));
                may(
                        look,
                        () -> assertThat(Doubts.look(clerk.jdbc(), mark, true)).isEqualTo(Finding.COMMITTED));
                may(
                        remove,
                        () -> assertThat(
                                        RESOLVER.removeTokens(clerk.jdbc(), mark.tokenTable(), new UUID(-1L, -1L), 100))
                                .isOne());
                if (look) {
                    assertThatAClerkFindsOut(clerk);
                }
            } finally {
                execute(administrator, "drop owned by clerk");
                execute(administrator, "drop role clerk");
            }
        }
    }

    private interface Action {
        void run() throws SQLException;
    }

    private static void may(boolean may, Action action) throws SQLException {
        if (may) {
            action.run();
        } else {
            assertThat(catchThrowableOfType(SQLException.class, action::run).getSQLState())
                    .isEqualTo("42501");
        }
    }

    private static void assertThatAClerkFindsOut(Connected clerk) throws SQLException {
        var url =
                server.databaseUrl().toBuilder().user("clerk").password("clerk").build();
        for (Way way : Way.values()) {
            try (Connected working = Connects.open(url)) {
                Doubt doubt = Doubts.begin(way, working.jdbc());
                if (way == Way.TOKEN) {
                    String table = doubt.mark().tokenTable();
                    execute(
                            working.jdbc(),
                            "insert into " + table + " (id) values ('"
                                    + doubt.mark().token() + "')");
                }
                assertThat(Doubts.look(clerk.jdbc(), doubt.mark(), true)).isEqualTo(Finding.OPEN);
                assertThat(await().atMost(SOON)
                                .until(
                                        () -> Doubts.look(clerk.jdbc(), doubt.mark(), false),
                                        found -> found != Finding.OPEN))
                        .isEqualTo(Finding.ROLLED_BACK);
            }
        }
    }
}
