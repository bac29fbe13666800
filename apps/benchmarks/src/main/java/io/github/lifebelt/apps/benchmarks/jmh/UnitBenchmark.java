package io.github.lifebelt.apps.benchmarks.jmh;

import io.github.lifebelt.apps.benchmarks.pools.Wire;
import java.time.Duration;
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

/** A unit of work with one insert, or one query in those that read, in each mode and by hand. Run it with 1 thread and 8. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class UnitBenchmark {

    // What one thread alone has besides is not among the parameters.
    private static final int MANY_THREADS = 8;

    /** Of the unit; "hikari" is the same by hand on HikariCP's default. */
    @Param({
        UnitModes.WRITE_BY_HAND,
        "off",
        "transaction id",
        "off, time-outs",
        "transaction id, readWrite, time-outs",
        "token",
        UnitModes.READ_BY_HAND,
        "readOnly, query"
    })
    public String mode = "";

    /** Whether the connections are encrypted. */
    @Param({"false", "true"})
    public boolean tls;

    /** What a round trip takes longer than the loopback does. */
    @Param({"0", "500"})
    public long roundTripMicros;

    private Target target;
    private UnitModes modes;
    private UnitModes.Step step;

    /** Fills the pools and empties the tables. */
    @Setup
    public void open() throws Exception {
        target = new Target(new Wire(tls, Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(roundTripMicros))));
        modes = new UnitModes(target.endpoint());
        step = modes.all(MANY_THREADS, true).stream()
                .filter(each -> each.mode().equals(mode))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no mode is called " + mode))
                .step();
    }

    /** Closes the pools. */
    @TearDown
    public void close() throws Exception {
        modes.close();
        target.close();
    }

    /** One unit. */
    @Benchmark
    public int unit() throws Exception {
        return step.run();
    }
}
