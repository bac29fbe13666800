package io.github.lifebelt.internal.credentials;

import java.time.Duration;

/** When credentials that expire are asked for again. */
final class RefreshTimes {
    private static final Duration SOONEST = Duration.ofMillis(250);
    private static final Duration LATEST_RETRY = Duration.ofSeconds(30);
    private static final Duration AMPLE = Duration.ofMinutes(5);

    private RefreshTimes() {}

    /**
     * How long to wait with what is valid for the given time: four fifths of it, but so that five minutes are left, if
     * that is less than half of it. An hour's token is renewed after 48 minutes, one of 15 minutes after 10.
     *
     * @param random from 0 to 1: up to a tenth earlier, so that a fleet that was started at one moment does not ask at one
     */
    static Duration untilRefresh(Duration valid, double random) {
        Duration left = longer(valid.dividedBy(5), shorter(AMPLE, valid.dividedBy(2)));
        long millis = valid.minus(left).toMillis();
        return longer(SOONEST, Duration.ofMillis(millis - (long) (millis * random / 10)));
    }

    /** How long after a failure, with what is valid for the given time: several tries before it is over. */
    static Duration untilRetry(Duration valid) {
        if (valid.isNegative()) {
            return LATEST_RETRY;
        }
        return longer(SOONEST, shorter(LATEST_RETRY, valid.dividedBy(4)));
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? b : a;
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
