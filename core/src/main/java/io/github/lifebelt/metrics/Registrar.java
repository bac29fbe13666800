package io.github.lifebelt.metrics;

import io.github.lifebelt.internal.jdbc.Elapsed;
import io.github.lifebelt.internal.metrics.MeterNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Registers meters under the names that there are, for one pool. What is asked for figures is not kept alive by it. */
final class Registrar {
    private static final String SECONDS = "seconds";
    private static final double NANOS = 1e9;

    private final MeterRegistry registry;
    private final Tags named;

    Registrar(MeterRegistry registry, Tags named) {
        this.registry = registry;
        this.named = named;
    }

    <T> void gauge(MeterNames name, T source, ToDoubleFunction<T> figure, String... tags) {
        Gauge.builder(name.meter(), source, figure)
                .description(name.meaning())
                .baseUnit(baseUnit(name))
                .tags(named.and(tags))
                .register(registry);
    }

    <T> void counter(MeterNames name, T source, ToDoubleFunction<T> figure, String... tags) {
        FunctionCounter.builder(name.meter(), source, figure)
                .description(name.meaning())
                .tags(named.and(tags))
                .register(registry);
    }

    /** For what happens too often to be told one by one. The longest stands beside it, as it does with a timer. */
    <T> void timer(MeterNames name, MeterNames max, T source, Function<T, Elapsed> times, String... tags) {
        FunctionTimer.builder(
                        name.meter(),
                        source,
                        from -> times.apply(from).count(),
                        from -> times.apply(from).nanos(),
                        TimeUnit.NANOSECONDS)
                .description(name.meaning())
                .tags(named.and(tags))
                .register(registry);
        // The name ends in the unit, and so has none.
        Gauge.builder(max.meter(), source, from -> times.apply(from).maxNanos(System.nanoTime()) / NANOS)
                .description(max.meaning())
                .tags(named.and(tags))
                .register(registry);
    }

    Counter counter(MeterNames name, String... tags) {
        return Counter.builder(name.meter())
                .description(name.meaning())
                .tags(named.and(tags))
                .register(registry);
    }

    Timer timer(MeterNames name, String... tags) {
        return Timer.builder(name.meter())
                .description(name.meaning())
                .tags(named.and(tags))
                .register(registry);
    }

    private static @Nullable String baseUnit(MeterNames name) {
        return name.unit().equals(SECONDS) ? SECONDS : null;
    }
}
