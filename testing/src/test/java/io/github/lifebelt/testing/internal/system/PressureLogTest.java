package io.github.lifebelt.testing.internal.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PressureLogTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final PressureLog log = new PressureLog();
    private long atMillis;
    private long waitedMillis;

    /** With a look each tenth of a second. */
    private void passes(Duration time, int percentWaited) {
        for (long i = 0; i < time.toMillis() / 100; i++) {
            atMillis += 100;
            waitedMillis += percentWaited;
            log.note(TimeUnit.MILLISECONDS.toNanos(atMillis), TimeUnit.MILLISECONDS.toNanos(waitedMillis));
        }
    }

    @Test
    void whereNothingWaitsTheLimitIsTheLimit() {
        assertThat(log.longest(LIMIT)).isEqualTo(LIMIT);
        passes(Duration.ofSeconds(10), 0);
        assertThat(log.longest(LIMIT)).isEqualTo(LIMIT);
    }

    @Test
    void aBusyMomentIsAllowedForOnce() {
        passes(Duration.ofSeconds(5), 0);
        passes(Duration.ofSeconds(1), 60);
        passes(Duration.ofSeconds(5), 0);
        assertThat(log.longest(LIMIT)).isEqualTo(LIMIT.plusMillis(600));
    }

    @Test
    void whatWaitsHalfOfTheTimeTakesTwiceAsLongHoweverLongThatGoesOn() {
        passes(Duration.ofMinutes(1), 50);
        assertThat(log.longest(LIMIT))
                .isBetween(LIMIT.multipliedBy(2), LIMIT.multipliedBy(2).plusMillis(300));
    }
}
