package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.testing.PoolAssertions.exactlyOnce;
import static io.github.lifebelt.testing.PoolAssertions.nothingLeftInTransaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.Gateway;
import io.github.lifebelt.testing.Ledger;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Eight threads run units by way of something that stands between them and the server, while sessions are killed five times
 * a second, what stands between fails, and the server restarts: nobody's unit fails, and all is stored once.
 *
 * <p>{@code -Dlifebelt.contract.stormSeconds=20} for a longer one.
 */
public abstract class GatewayStorm extends PoolTest {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayStorm.class);

    private static final int SECONDS = Integer.getInteger("lifebelt.contract.stormSeconds", 6);
    private static final int KILL_MILLIS = 200;
    private static final int WORKERS = 8;

    /** What units go through; closed by who made it. */
    protected abstract Gateway gateway();

    /** Lets the gateway fail, so that all its connections break, and come back. */
    protected abstract void disturb();

    @Test
    void noUnitIsLostOrStoredTwiceAndNoneFails() throws Exception {
        // Longer than a server takes to start on a busy machine.
        ConnectionPool pool = open(ConnectionPool.builder(server().url(gateway()))
                .maxSize(WORKERS)
                .borrowTimeout(Duration.ofSeconds(20))
                .unavailableTimeout(Duration.ofSeconds(20)));
        UnitOfWork unit =
                UnitOfWork.on(pool).commitOutcome(CommitOutcome.TOKEN).retry(RetryPolicy.conflictsAndLostConnections());
        createTokenTable(unit);
        Ledger ledger = Ledger.in(server().dataSource());
        int kills;
        Collection<Throwable> failures;
        try (LedgerWorkers workers = new LedgerWorkers(threads, WORKERS, unit, ledger)) {
            kills = storm();
            failures = workers.finish();
        }
        Ledger.Count count = exactlyOnce(ledger);
        LOG.info(
                "{} s, {} kills: {}, {} replaced",
                SECONDS,
                kills,
                count,
                pool.stats().replaced());
        assertThat(failures).isEmpty();
        assertThat(count.committed()).isGreaterThan(4L * SECONDS);
        assertThat(kills).isGreaterThan(SECONDS);
        assertThat(pool.stats().replaced()).isGreaterThan(SECONDS);
        await().untilAsserted(() -> assertThat(pool.stats().active()).isZero());
        nothingLeftInTransaction(server());
    }

    private void createTokenTable(UnitOfWork unit) throws SQLException {
        try (Connection connection = bare()) {
            execute(connection, "drop table if exists lifebelt_token");
            execute(connection, unit.tokenTableStatement());
        }
    }

    /** Gives the number of sessions that were killed. */
    private int storm() throws Exception {
        AtomicInteger killed = new AtomicInteger();
        ScheduledExecutorService weather = Executors.newSingleThreadScheduledExecutor();
        try {
            weather.scheduleAtFixedRate(
                    () -> killed.addAndGet(server().faults().killSessions()),
                    KILL_MILLIS,
                    KILL_MILLIS,
                    TimeUnit.MILLISECONDS);
            Future<?> broken = weather.schedule(this::disturb, SECONDS * 300L, TimeUnit.MILLISECONDS);
            Future<?> restarted = weather.schedule(this::restart, SECONDS * 600L, TimeUnit.MILLISECONDS);
            // On the same thread as the faults, so none of them is under way when it ends.
            Future<?> calm = weather.schedule(() -> {}, SECONDS, TimeUnit.SECONDS);
            calm.get(SECONDS + 60L, TimeUnit.SECONDS);
            broken.get(0, TimeUnit.SECONDS);
            restarted.get(0, TimeUnit.SECONDS);
            return killed.get();
        } finally {
            weather.shutdownNow();
        }
    }

    private void restart() {
        server().faults().stop(StopMode.FAST);
        server().faults().start();
    }
}
