package io.github.lifebelt.apps.service;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.tx.DatabaseException;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Batch jobs that keep every connection of the pool to themselves: the fault that no database has. */
final class Hoard {
    private static final Logger LOG = LoggerFactory.getLogger(Hoard.class);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final String READ = "SELECT sum(balance) FROM lifebelt_service_account WHERE balance > ?";

    private final ConnectionPool pool;
    private final UnitOfWork report;
    private @Nullable CountDownLatch release;

    Hoard(ConnectionPool pool) {
        this.pool = pool;
        report = UnitOfWork.on(pool).named("monthly-report").readOnly();
    }

    /** Takes all connections, as they come free, for half a minute at most. */
    synchronized void take() {
        giveBack();
        CountDownLatch latch = new CountDownLatch(1);
        release = latch;
        int jobs = pool.stats().max();
        for (int i = 1; i <= jobs; i++) {
            Thread job = new Thread(() -> hold(latch), "report-job-" + i);
            job.setDaemon(true);
            job.start();
        }
        Thread end = new Thread(() -> endAfter(latch), "report-end");
        end.setDaemon(true);
        end.start();
    }

    synchronized void giveBack() {
        if (release != null) {
            release.countDown();
        }
    }

    synchronized boolean isHolding() {
        return release != null && release.getCount() > 0;
    }

    private void hold(CountDownLatch latch) {
        try {
            report.run(tx -> {
                try (PreparedStatement select = tx.connection().prepareStatement(READ)) {
                    select.setLong(1, 0);
                    select.executeQuery().close();
                }
                await(latch);
            });
        } catch (DatabaseException e) {
            LOG.info("a report ended early: {}", e.getMessage());
        }
    }

    private static void endAfter(CountDownLatch latch) {
        await(latch);
        latch.countDown();
    }

    /** By name in the stacks that the health report shows of those who hold. */
    private static void await(CountDownLatch latch) {
        try {
            var unused = latch.await(LONGEST.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
