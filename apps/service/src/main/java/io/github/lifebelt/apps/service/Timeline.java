package io.github.lifebelt.apps.service;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolStats;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The last minute, kept here and not in the page, so that whoever opens it late sees what led to this. */
final class Timeline implements AutoCloseable {
    private static final int PERIOD_MILLIS = 500;
    private static final int KEPT = 121;
    private static final Duration RECENT = Duration.ofSeconds(1);
    private static final double PERCENT = 99;

    private final ConnectionPool pool;
    private final Figures figures;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final ScheduledExecutorService clock;
    private Figures.Transfers before;

    /**
     * One moment.
     *
     * @param at milliseconds since 1970
     * @param active connections that are lent
     * @param idle connections that are not
     * @param waiting callers that wait
     * @param state the pool's
     * @param committed transfers since the sample before
     * @param failed the same of those that failed or are unknown
     * @param p99 in milliseconds, of those that were committed in the second before
     */
    record Sample(
            long at,
            int active,
            int idle,
            int waiting,
            PoolStats.State state,
            long committed,
            long failed,
            double p99) {}

    Timeline(ConnectionPool pool, Figures figures) {
        this.pool = pool;
        this.figures = figures;
        before = figures.transfers();
        clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "timeline");
            thread.setDaemon(true);
            return thread;
        });
        var unused = clock.scheduleAtFixedRate(this::sample, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private synchronized void sample() {
        PoolStats stats = pool.stats();
        Figures.Transfers now = figures.transfers();
        samples.addLast(new Sample(
                System.currentTimeMillis(),
                stats.active(),
                stats.idle(),
                stats.pending(),
                stats.state(),
                now.committed() - before.committed(),
                now.failed() + now.unknown() - before.failed() - before.unknown(),
                figures.latencies().percentile(PERCENT, RECENT)));
        before = now;
        if (samples.size() > KEPT) {
            samples.removeFirst();
        }
    }

    synchronized List<Sample> samples() {
        return new ArrayList<>(samples);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
