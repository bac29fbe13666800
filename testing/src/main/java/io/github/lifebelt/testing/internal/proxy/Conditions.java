package io.github.lifebelt.testing.internal.proxy;

import java.time.Duration;

/**
 * How good a network is. Immutable, so that a direction always sees what belongs together.
 *
 * @param latencyNanos the delay of one direction
 * @param jitterNanos the most that chance adds to it
 * @param bytesPerSecond what a connection carries in one direction; 0 for no limit
 * @param handshakePauseNanos the pause before each of a new connection's first bytes to the client; 0 for none
 * @param forgetAfterNanos how long nothing may pass on a connection before it is forgotten; 0 for as long as it likes
 */
record Conditions(
        long latencyNanos, long jitterNanos, long bytesPerSecond, long handshakePauseNanos, long forgetAfterNanos) {
    static final Conditions GOOD = new Conditions(0, 0, 0, 0, 0);

    Conditions withLatency(Duration oneWay, Duration jitter) {
        return new Conditions(
                nanos("latency", oneWay),
                nanos("jitter", jitter),
                bytesPerSecond,
                handshakePauseNanos,
                forgetAfterNanos);
    }

    Conditions withBandwidth(long limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("bandwidth must not be negative, but is " + limit);
        }
        return new Conditions(latencyNanos, jitterNanos, limit, handshakePauseNanos, forgetAfterNanos);
    }

    Conditions withHandshakePause(Duration pause) {
        return new Conditions(latencyNanos, jitterNanos, bytesPerSecond, nanos("pause", pause), forgetAfterNanos);
    }

    Conditions withIdleForgotten(Duration after) {
        return new Conditions(
                latencyNanos, jitterNanos, bytesPerSecond, handshakePauseNanos, nanos("idle time", after));
    }

    private static long nanos(String what, Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException(what + " must not be negative, but is " + duration);
        }
        return duration.toNanos();
    }
}
