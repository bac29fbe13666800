package io.github.lifebelt.apps.service;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolStats;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the page draws. Nothing here waits for anybody: it must be seen while all is stuck. */
final class Live {
    private static final Duration RECENT = Duration.ofSeconds(5);
    private static final double PERCENT = 99;

    private final ConnectionPool pool;
    private final String database;
    private final int callers;
    private final Figures figures;
    private final Timeline timeline;
    private final Controls controls;

    Live(ConnectionPool pool, String database, int callers, Figures figures, Timeline timeline, Controls controls) {
        this.pool = pool;
        this.database = database;
        this.callers = callers;
        this.figures = figures;
        this.timeline = timeline;
        this.controls = controls;
    }

    /**
     * This moment.
     *
     * @param now milliseconds since 1970, by this machine's clock, as all the others
     * @param database what is behind the pool
     * @param callers threads of the built-in load
     * @param control the buttons' state
     * @param pool the pool's figures
     * @param transfers the transfers' figures
     * @param atWork transfers that have begun and not ended
     * @param p99 of the last five seconds, in milliseconds
     * @param kills sessions that the visitor has killed
     * @param errors failures by code
     * @param timeline the last minute
     * @param events what happened last
     */
    record Now(
            long now,
            String database,
            int callers,
            Controls.State control,
            Pool pool,
            Figures.Transfers transfers,
            long atWork,
            double p99,
            long kills,
            Map<String, Long> errors,
            List<Timeline.Sample> timeline,
            List<Figures.Event> events) {}

    /**
     * The pool.
     *
     * @param state how it stands to its database
     * @param active connections that are lent
     * @param idle connections that are not
     * @param waiting callers that wait
     * @param max the most connections
     * @param connects connections made so far
     * @param replaced connections found dead so far
     * @param borrows connections lent so far
     */
    record Pool(
            PoolStats.State state,
            int active,
            int idle,
            int waiting,
            int max,
            long connects,
            long replaced,
            long borrows) {}

    Controls controls() {
        return controls;
    }

    Now now() {
        PoolStats stats = pool.stats();
        return new Now(
                System.currentTimeMillis(),
                database,
                callers,
                controls.state(),
                new Pool(
                        stats.state(),
                        stats.active(),
                        stats.idle(),
                        stats.pending(),
                        stats.max(),
                        stats.connects(),
                        stats.replaced(),
                        stats.borrows()),
                figures.transfers(),
                figures.atWork(),
                figures.latencies().percentile(PERCENT, RECENT),
                figures.kills(),
                figures.errors(),
                timeline.samples(),
                figures.events());
    }
}
