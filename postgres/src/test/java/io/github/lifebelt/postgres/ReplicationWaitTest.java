package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Connects.dialect;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.postgres.Doubts.Doubt;
import io.github.lifebelt.postgres.Doubts.Way;
import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.testing.Administrator;
import io.github.lifebelt.testing.ProtocolProxy;
import io.github.lifebelt.testing.ProtocolProxy.Ending;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** COMMITs that wait for a replica which is not there. */
class ReplicationWaitTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private TestDatabase server;

    @BeforeEach
    void start() throws SQLException {
        server = TestDatabase.postgres()
                .setting("synchronous_standby_names", "nobody")
                .setting("synchronous_commit", "local")
                .start();
        try (Connected connected = Connects.open(server)) {
            Doubts.prepare(connected.jdbc());
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Connected waitingForReplicas(Connected connected) throws SQLException {
        execute(connected.jdbc(), "set synchronous_commit = on");
        return connected;
    }

    @ParameterizedTest
    @EnumSource
    void aCommitThatWaitsForAReplicaIsNeverEnded(Way way) throws SQLException {
        try (Connected client = waitingForReplicas(Connects.open(server));
                Connected own = waitingForReplicas(Connects.open(server))) {
            Doubt doubt = Doubts.begin(way, client.jdbc());
            client.jdbc().setNetworkTimeout(Runnable::run, 300);
            SQLException failure = catchThrowableOfType(SQLException.class, doubt::commit);
            assertThat(Doubts.RESOLVER.isRefused(client.jdbc(), failure)).isFalse();
            String waiting = "select wait_event from pg_stat_activity where pid = "
                    + dialect().sessionId(client.jdbc());
            // Until then the COMMIT waits for nobody, and may be ended.
            await().atMost(SOON).until(() -> "SyncRep".equals(query(own.jdbc(), waiting)));
            for (int i = 0; i < 5; i++) {
                assertThat(Doubts.look(own.jdbc(), doubt.mark(), true)).isEqualTo(Finding.OPEN);
                assertThat(query(own.jdbc(), waiting)).isEqualTo("SyncRep");
            }
            expectNoReplica();
            assertThat(await().atMost(SOON)
                            .until(
                                    () -> Doubts.look(own.jdbc(), doubt.mark(), false),
                                    finding -> finding != Finding.OPEN))
                    .isEqualTo(Finding.COMMITTED);
            assertThat(doubt.isStored(own.jdbc())).isTrue();
        }
    }

    private void expectNoReplica() throws SQLException {
        try (Connection administrator = Administrator.of(server)) {
            execute(administrator, "alter system set synchronous_standby_names = ''");
            execute(administrator, "select pg_reload_conf()");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLookDoesNotWaitForReplicasItself(Way way) throws SQLException {
        try (ProtocolProxy proxy = server.protocolProxy();
                Connected client = Connects.open(server, proxy);
                Connected own = waitingForReplicas(Connects.open(server))) {
            Doubt doubt = Doubts.begin(way, client.jdbc());
            proxy.loseCommitRequest(Ending.RESET);
            assertThat((Throwable) catchThrowableOfType(SQLException.class, doubt::commit))
                    .isNotNull();
            assertThat(await().atMost(SOON)
                            .until(
                                    () -> Doubts.look(own.jdbc(), doubt.mark(), false),
                                    finding -> finding != Finding.OPEN))
                    .isEqualTo(Finding.ROLLED_BACK);
        }
    }
}
