package io.github.lifebelt.contract;

import io.github.lifebelt.PoolListener;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Physical connections that were made and whose end was not told: none when a pool is closed, whatever it has met. */
final class Standing implements PoolListener {
    private final AtomicInteger connections = new AtomicInteger();

    int connections() {
        return connections.get();
    }

    @Override
    public void connected(Duration took) {
        connections.incrementAndGet();
    }

    @Override
    public void closed(CloseReason reason, @Nullable String sqlState, Duration age) {
        connections.decrementAndGet();
    }
}
