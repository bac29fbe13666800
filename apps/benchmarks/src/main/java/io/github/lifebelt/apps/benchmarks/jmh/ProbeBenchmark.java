package io.github.lifebelt.apps.benchmarks.jmh;

import io.github.lifebelt.apps.benchmarks.pools.IdleLoopback;
import io.github.lifebelt.apps.benchmarks.pools.ProbedConnection;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.spi.ProbeSocket.Liveness;
import java.io.IOException;
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

/** The probe of an idle connection, and the bare read of an idle socket that it is measured by. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ProbeBenchmark {

    /** Whether the connection is encrypted. */
    @Param({"false", "true"})
    public boolean tls;

    private Target target;
    private ProbedConnection connection;
    private IdleLoopback loopback;

    /** Connects. */
    @Setup
    public void open() throws Exception {
        target = new Target(Wire.loopback(tls));
        connection = ProbedConnection.open(target.endpoint());
        loopback = new IdleLoopback();
    }

    /** Disconnects. */
    @TearDown
    public void close() throws Exception {
        loopback.close();
        connection.close();
        target.close();
    }

    /** What the pool does before it lends. */
    @Benchmark
    public Liveness probe() {
        return connection.socket().probe();
    }

    /** The least that any look at a socket can cost. */
    @Benchmark
    public int bareRead() throws IOException {
        return loopback.read();
    }
}
