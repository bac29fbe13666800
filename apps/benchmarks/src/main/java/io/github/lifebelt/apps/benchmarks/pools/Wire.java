package io.github.lifebelt.apps.benchmarks.pools;

import java.time.Duration;

/**
 * How a connection reaches the server.
 *
 * @param tls whether it is encrypted, and verified
 * @param roundTrip what a round trip takes longer than the loopback does
 */
public record Wire(boolean tls, Duration roundTrip) {

    /** A network within one region of a cloud. */
    public static final Duration SAME_REGION = Duration.ofNanos(500_000);

    /** The loopback as it is. */
    public static Wire loopback(boolean tls) {
        return new Wire(tls, Duration.ZERO);
    }

    /** A round trip of 0.5 ms. */
    public static Wire delayed(boolean tls) {
        return new Wire(tls, SAME_REGION);
    }

    /** The added round trip, as a JMH parameter. */
    public long roundTripMicros() {
        return roundTrip.toNanos() / 1_000;
    }

    String key() {
        return (tls ? "tls" : "plain") + "-" + roundTripMicros();
    }
}
