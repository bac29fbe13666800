package io.github.lifebelt.apps.service;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.metrics.PoolMetrics;
import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.testing.Faults;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** The whole: a pool, its tables, the callers, the addresses. What was begun is ended in reverse order. */
final class Service implements AutoCloseable {
    // A database may be longer in starting than its application.
    private static final Duration DATABASE_STARTS = Duration.ofMinutes(2);
    private static final Duration LONG_HOLD = Duration.ofSeconds(10);

    private final Target target;
    private final Deque<Runnable> endings = new ArrayDeque<>();
    private final Figures figures = new Figures();
    private final ConnectionPool pool;
    private final Web web;

    private Service(Target target, InetSocketAddress address, int threads) throws SQLException, IOException {
        this.target = target;
        Migrations migrations = target.database().migrations();
        pool = ConnectionPool.builder(target.url())
                .name("service")
                .migrations(migrations)
                .leakDetection(LONG_HOLD)
                .listener(figures)
                .open();
        boolean started = false;
        try {
            endings.push(pool::close);
            pool.awaitReady(DATABASE_STARTS);
            migrations.apply(pool);
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            endings.push(registry::close);
            new PoolMetrics(pool).withHikariNames().bindTo(registry);
            Bank bank = new Bank(pool, figures);
            Hoard hoard = new Hoard(pool);
            endings.push(hoard::giveBack);
            Timeline timeline = new Timeline(pool, figures);
            endings.push(timeline::close);
            Controls controls = new Controls(target.faults(), hoard, figures);
            web = new Web(
                    address,
                    pool,
                    registry,
                    bank,
                    new Live(pool, target.describe(), threads, figures, timeline, controls));
            endings.push(web::close);
            Load load = new Load(bank, threads);
            endings.push(load::close);
            started = true;
        } finally {
            if (!started) {
                end();
            }
        }
    }

    /**
     * Migrates and starts.
     *
     * @param target not closed by the service
     * @param address port 0 is any that is free
     * @param threads of the built-in load
     * @throws SQLException if the database refuses us, or does not start in time
     * @throws IOException if the address cannot be had
     */
    static Service start(Target target, InetSocketAddress address, int threads) throws SQLException, IOException {
        return new Service(target, address, threads);
    }

    InetSocketAddress address() {
        return web.address();
    }

    Figures.Transfers transfers() {
        return figures.transfers();
    }

    boolean isClosed() {
        return pool.isClosed();
    }

    /** Callers first, then requests, then the pool, which waits for whoever is still at work. */
    @Override
    public void close() {
        Faults faults = target.faults();
        if (faults != null) {
            try {
                faults.thaw();
            } catch (IllegalStateException e) {
                // When the process ends, the embedded server may be gone by now.
            }
        }
        end();
    }

    private void end() {
        while (!endings.isEmpty()) {
            endings.pop().run();
        }
    }
}
