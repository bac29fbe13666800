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
import io.github.lifebelt.postgres.Doubts.Doubt;
import io.github.lifebelt.postgres.Doubts.Way;
import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.Dialect.TransactionStart;
import io.github.lifebelt.testing.PgBouncer;
import io.github.lifebelt.testing.ProtocolProxy;
import io.github.lifebelt.testing.ProtocolProxy.Ending;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** COMMITs by way of a PgBouncer that pools transactions, looked for the same way. */
@Tag("packages")
class BouncerOutcomeTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private TestDatabase server;
    private PgBouncer bouncer;
    private ProtocolProxy proxy;
    private Connected client;
    private Connected own;

    @BeforeEach
    void open() throws SQLException {
        server = TestDatabase.postgres().tls(false).start();
        bouncer = PgBouncer.inFrontOf(server, Map.of("default_pool_size", "4"));
        proxy = ProtocolProxy.to(server.product(), "localhost", bouncer.port(), null);
        client = Connects.open(server, proxy);
        own = Connects.open(server.databaseUrl(bouncer));
        Doubts.prepare(own.jdbc());
    }

    @AfterEach
    void close() {
        own.close();
        client.close();
        proxy.close();
        bouncer.close();
        server.close();
    }

    private Finding look(Doubt doubt, boolean end) throws SQLException {
        return Doubts.look(own.jdbc(), doubt.mark(), end);
    }

    private void assertDecided(Doubt doubt, boolean end, Finding expected) throws SQLException {
        assertThat(await().atMost(SOON).until(() -> look(doubt, end), finding -> finding != Finding.OPEN))
                .isEqualTo(expected);
        assertThat(doubt.isStored(own.jdbc())).isEqualTo(expected == Finding.COMMITTED);
    }

    private static boolean isRefused(Doubt doubt) {
        SQLException failure = catchThrowableOfType(SQLException.class, doubt::commit);
        assertThat((Throwable) failure).isNotNull();
        return RESOLVER.isRefused(doubt.connection(), failure);
    }

    @Test
    void aMarkIsOfTheServersSession() throws SQLException {
        ServerFacts facts = dialect().serverFacts(client.jdbc());
        assertThat(facts.bouncer()).isTrue();
        client.jdbc().setAutoCommit(false);
        Mark begun = dialect()
                .begin(
                        client.jdbc(),
                        new TransactionStart(
                                Connection.TRANSACTION_SERIALIZABLE, false, null, Duration.ofSeconds(3), null, true),
                        facts);
        assertThat(begun).isEqualTo(RESOLVER.mark(client.jdbc(), facts));
        assertThat(begun.session()).isEqualTo(Long.parseLong(query(client.jdbc(), "select pg_backend_pid()")));
        assertThat(begun.session()).isNotEqualTo(dialect().sessionId(client.jdbc()));
        assertThat(begun.incarnation()).isEqualTo(facts.incarnation());
        assertThat(query(client.jdbc(), "show lock_timeout")).isEqualTo("3s");
        client.jdbc().commit();
        assertThat(query(client.jdbc(), "show lock_timeout")).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource({"TRANSACTION_ID, RESET", "TRANSACTION_ID, FINISH", "TOKEN, RESET", "TOKEN, FINISH"})
    void aLineThatBreaksAtCommit(Way way, Ending ending) throws SQLException {
        Doubt doubt = Doubts.begin(way, client.jdbc());
        proxy.loseCommitAnswer(ending);
        assertThat(isRefused(doubt)).isFalse();
        assertDecided(doubt, false, Finding.COMMITTED);
        try (Connected another = Connects.open(server, proxy)) {
            Doubt lost = Doubts.begin(way, another.jdbc());
            proxy.loseCommitRequest(ending);
            assertThat(isRefused(lost)).isFalse();
            assertDecided(lost, false, Finding.ROLLED_BACK);
        }
    }

    @ParameterizedTest
    @EnumSource
    void ofAHalfOpenLineTheServersSessionIsEnded(Way way) throws SQLException {
        try (Connected bystander = Connects.open(server)) {
            Doubt other = Doubts.begin(Way.TRANSACTION_ID, bystander.jdbc());
            Doubt doubt = Doubts.begin(way, client.jdbc());
            client.jdbc().setNetworkTimeout(Runnable::run, 300);
            proxy.loseCommitRequest(Ending.SILENCE);
            assertThat(isRefused(doubt)).isFalse();
            assertThat(look(doubt, false)).isEqualTo(Finding.OPEN);
            assertThat(look(doubt, true)).isEqualTo(Finding.OPEN);
            assertDecided(doubt, false, Finding.ROLLED_BACK);
            other.commit();
            await().atMost(SOON).until(() -> server.sessionsInTransaction() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerSessionThatIsKilledLeavesNothing(Way way) throws SQLException {
        Doubt doubt = Doubts.begin(way, client.jdbc());
        server.faults().killSessionsInTransaction();
        await().atMost(SOON).until(() -> server.sessionsInTransaction() == 0);
        assertThat(isRefused(doubt)).isFalse();
        assertDecided(doubt, false, Finding.ROLLED_BACK);
    }

    @ParameterizedTest
    @EnumSource
    void aRestartLeavesTheTransactionIdInDoubtAndTheTokenNot(Way way) throws SQLException {
        Doubt doubt = Doubts.begin(way, client.jdbc());
        proxy.loseCommitAnswer(Ending.RESET);
        assertThat(isRefused(doubt)).isFalse();
        server.faults().stop(StopMode.FAST);
        server.faults().start();
        own.close();
        own = await().atMost(SOON)
                .ignoreExceptionsInstanceOf(SQLException.class)
                .until(
                        () -> {
                            Connected again = Connects.open(server.databaseUrl(bouncer));
                            query(again.jdbc(), "select 1");
                            return again;
                        },
                        again -> true);
        assertThat(look(doubt, false)).isEqualTo(way == Way.TOKEN ? Finding.COMMITTED : Finding.UNKNOWN);
        assertThat(doubt.isStored(own.jdbc())).isTrue();
    }

    @Test
    void aLookLeavesNothingToTheNextOfThePooler() throws SQLException {
        Doubt doubt = Doubts.begin(Way.TOKEN, client.jdbc());
        doubt.commit();
        execute(own.jdbc(), "select 1");
        assertThat(look(doubt, true)).isEqualTo(Finding.COMMITTED);
        try (Connected next = Connects.open(server.databaseUrl(bouncer))) {
            assertThat(query(next.jdbc(), "show lock_timeout")).isEqualTo("0");
            assertThat(query(next.jdbc(), "show synchronous_commit")).isEqualTo("on");
        }
    }
}
