package io.github.lifebelt.postgres.tx;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.testing.PoolAssertions.exactlyOnce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolStats.State;
import io.github.lifebelt.contract.LedgerWorkers;
import io.github.lifebelt.testing.HaProxy;
import io.github.lifebelt.testing.Ledger;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A primary and its streaming replica behind a real HAProxy that goes by their roles, as beside Patroni. The replica takes
 * over while units run; what they were told is what is there. {@code -Ppackages} runs this.
 */
@Tag("packages")
class BalancerFailoverTest {
    private static final Logger LOG = LoggerFactory.getLogger(BalancerFailoverTest.class);
    private static final int WORKERS = 8;
    private static final Duration SOON = Duration.ofSeconds(30);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private TestDatabase primary;
    private TestDatabase replica;
    private HaProxy balancer;
    private ConnectionPool pool;

    /** What becomes of the primary. */
    private enum Fate {
        /** It is shut down, after it has sent the replica everything. */
        STOPPED,
        /** It stays, and takes no more writes: a switch-over. */
        READ_ONLY
    }

    @BeforeEach
    void startPair() {
        primary = TestDatabase.postgres().tls(true).start();
        replica = primary.replica();
        balancer = HaProxy.toTheWriter(primary, replica);
        pool = ConnectionPool.builder(primary.url(balancer)).maxSize(WORKERS).open();
    }

    @AfterEach
    void stopPair() {
        threads.shutdownNow();
        pool.close(Duration.ZERO);
        balancer.close();
        replica.close();
        primary.close();
    }

    @ParameterizedTest
    @EnumSource(Fate.class)
    void noUnitFailsOrIsLostWhileTheReplicaTakesOver(Fate fate) throws Exception {
        UnitOfWork unit =
                UnitOfWork.on(pool).commitOutcome(CommitOutcome.TOKEN).retry(RetryPolicy.conflictsAndLostConnections());
        await().atMost(SOON).ignoreExceptions().until(() -> portOfWriter() == primary.port());
        try (Connection connection = primary.dataSource().getConnection()) {
            execute(connection, unit.tokenTableStatement());
        }
        Ledger ledger = Ledger.in(primary.dataSource(balancer));
        await().atMost(SOON).ignoreExceptions().until(() -> ledgerRows(replica) == 0);
        Duration back;
        Collection<Throwable> failures;
        try (LedgerWorkers workers = new LedgerWorkers(threads, WORKERS, unit, ledger)) {
            await().atMost(SOON).until(() -> ledger.count().committed() > WORKERS);
            // What is written now reaches the replica before it takes over, or is not committed.
            if (fate == Fate.STOPPED) {
                primary.faults().stop(StopMode.FAST);
            } else {
                primary.faults().makeReadOnly();
                await().atMost(SOON).until(this::replicaHasEverything);
            }
            replica.faults().promote();
            long promoted = System.nanoTime();
            long before = ledgerRows(replica);
            await().atMost(SOON).until(() -> ledgerRows(replica) > before);
            back = Duration.ofNanos(System.nanoTime() - promoted);
            failures = workers.finish();
        }
        LOG.info("{}: writes go on {} ms after the promotion: {}", fate, back.toMillis(), ledger.count());
        assertThat(failures).isEmpty();
        assertThat(exactlyOnce(ledger).unknown()).isZero();
        // Borrowers are admitted by rounds, and the last ones may have been in the first.
        await().atMost(SOON)
                .until(() -> portOfWriter() == replica.port() && pool.stats().state() == State.UP);
    }

    private int portOfWriter() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return Integer.parseInt(query(connection, "select current_setting('port')"));
        }
    }

    private static long ledgerRows(TestDatabase database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return Long.parseLong(query(connection, "select count(*) from " + Ledger.TABLE));
        }
    }

    private boolean replicaHasEverything() throws SQLException {
        try (Connection old = primary.dataSource().getConnection();
                Connection follower = replica.dataSource().getConnection()) {
            String written = query(old, "select pg_current_wal_lsn()");
            return query(follower, "select pg_last_wal_replay_lsn() >= '" + written + "'::pg_lsn")
                    .equals("t");
        }
    }
}
