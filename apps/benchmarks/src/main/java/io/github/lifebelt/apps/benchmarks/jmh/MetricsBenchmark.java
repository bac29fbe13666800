package io.github.lifebelt.apps.benchmarks.jmh;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.apps.benchmarks.pools.Work;
import io.github.lifebelt.metrics.PoolMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Borrow and return on Lifebelt, with all meters bound to a Prometheus registry and with none. Run it with 1 thread and 8. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MetricsBenchmark {

    /** Whether the pool is measured. */
    @Param({"false", "true"})
    public boolean metrics;

    /** Whether the connections are encrypted. */
    @Param({"false", "true"})
    public boolean tls;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private Target target;
    private OpenPool open;

    /** Fills the pool. */
    @Setup
    public void open() throws SQLException {
        target = new Target(Wire.loopback(tls));
        open = target.pool(Peer.LIFEBELT.label());
        if (metrics) {
            new PoolMetrics((ConnectionPool) open.dataSource()).bindTo(registry);
        }
    }

    /** Closes the pool. */
    @TearDown
    public void close() throws Exception {
        open.close();
        registry.close();
        target.close();
    }

    /** One borrow. */
    @Benchmark
    public boolean borrow() throws SQLException {
        return Work.borrow(open.dataSource());
    }
}
