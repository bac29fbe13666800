package io.github.lifebelt.apps.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void percentilesAreExact() {
        for (int i = 5000; i >= 1; i--) {
            latencies.add(Duration.ofMillis(i));
        }

        assertThat(latencies.percentile(50)).isEqualTo(2500);
        assertThat(latencies.percentile(99)).isEqualTo(4950);
        assertThat(latencies.percentile(100)).isEqualTo(5000);
        assertThat(latencies.recentPercentile(100)).isEqualTo(2000);
    }

    @Test
    void withoutAnyUnitThereIsNothingToTell() {
        assertThat(latencies.percentile(99)).isZero();
    }
}
