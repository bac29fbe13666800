package io.github.lifebelt.postgres.tx;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.ProtocolProxy;
import io.github.lifebelt.testing.ProtocolProxy.Ending;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.CommitOutcomeUnknownException;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The primary is lost in the middle of a COMMIT, and what became of it is found out on the replica that takes over. */
class PromotedCommitTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private TestDatabase primary;
    private TestDatabase replica;
    private ProtocolProxy proxy;
    private ConnectionPool pool;

    @BeforeEach
    void startPair() throws SQLException {
        primary = TestDatabase.postgres().start();
        replica = primary.replica();
        proxy = primary.protocolProxy();
        pool = ConnectionPool.builder(primary.databaseUrl(proxy).toBuilder()
                        .host(replica.host(), replica.port())
                        .build())
                .maxSize(2)
                .open();
        try (Connection connection = pool.getConnection()) {
            execute(connection, "create table paid (n int)");
            execute(connection, UnitOfWork.on(pool).tokenTableStatement());
        }
        await().ignoreExceptions().until(() -> rows() == 0);
    }

    @AfterEach
    void stopPair() {
        pool.close(Duration.ZERO);
        threads.shutdownNow();
        proxy.close();
        replica.close();
        primary.close();
    }

    /** As the replica has them. */
    private int rows() throws SQLException {
        try (Connection connection = replica.dataSource().getConnection()) {
            query(connection, "select count(*) from lifebelt_token");
            return Integer.parseInt(query(connection, "select count(*) from paid"));
        }
    }

    private UnitOfWork unit(CommitOutcome outcome) {
        return UnitOfWork.on(pool).commitOutcome(outcome).retry(RetryPolicy.conflictsAndLostConnections());
    }

    /** Once COMMIT is lost there is no way to the primary any more, and when the replica has what it is to have it takes over. */
    private Future<?> failOver(int rowsBefore) {
        return threads.submit(() -> {
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> proxy.commitAnswersLost() + proxy.commitRequestsLost() == 1);
            await().ignoreExceptions().until(() -> rows() == rowsBefore);
            primary.faults().crash();
            replica.faults().promote();
        });
    }

    @Test
    void aCommitThatTheReplicaHasIsOne() throws Exception {
        Future<?> failOver = failOver(1);
        AtomicInteger runs = new AtomicInteger();
        unit(CommitOutcome.TOKEN).run(tx -> {
            execute(tx.connection(), "insert into paid values (1)");
            runs.incrementAndGet();
            proxy.loseCommitAnswer(Ending.RESET);
            proxy.refuse();
        });
        failOver.get(60, TimeUnit.SECONDS);
        assertThat(runs).hasValue(1);
        assertThat(rows()).isOne();
    }

    @Test
    void oneThatNobodyHasIsMadeOnTheNewPrimary() throws Exception {
        Future<?> failOver = failOver(0);
        AtomicInteger runs = new AtomicInteger();
        unit(CommitOutcome.TOKEN).run(tx -> {
            execute(tx.connection(), "insert into paid values (1)");
            if (runs.incrementAndGet() == 1) {
                proxy.loseCommitRequest(Ending.RESET);
                proxy.refuse();
            }
        });
        failOver.get(60, TimeUnit.SECONDS);
        assertThat(runs).hasValue(2);
        assertThat(rows()).isOne();
    }

    /** The number may be another transaction's there, so nobody claims to know. */
    @Test
    void aTransactionIdOfTheOldPrimarySaysNothingOnTheNewOne() throws Exception {
        Future<?> failOver = failOver(1);
        assertThatThrownBy(() -> unit(CommitOutcome.TRANSACTION_ID).run(tx -> {
                    execute(tx.connection(), "insert into paid values (1)");
                    proxy.loseCommitAnswer(Ending.RESET);
                    proxy.refuse();
                }))
                .isInstanceOf(CommitOutcomeUnknownException.class);
        failOver.get(60, TimeUnit.SECONDS);
        assertThat(rows()).isOne();
    }
}
