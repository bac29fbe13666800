package io.github.lifebelt.apps.benchmarks.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplesTest {

    @Test
    void percentilesAreTakenFromAllThatWereAdded() {
        Samples some = new Samples();
        Samples others = new Samples();
        for (long i = 1; i <= 1_000; i++) {
            (i % 2 == 0 ? some : others).add(1_001 - i);
        }

        some.addAll(others);

        assertThat(some.count()).isEqualTo(1_000);
        assertThat(some.percentile(50)).isEqualTo(500);
        assertThat(some.percentile(99)).isEqualTo(990);
        assertThat(some.max()).isEqualTo(1_000);
    }

    @Test
    void whatComesAfterwardsCounts() {
        Samples samples = new Samples();
        samples.add(5);
        assertThat(samples.max()).isEqualTo(5);

        samples.add(3);

        assertThat(samples.percentile(0)).isEqualTo(3);
        assertThat(samples.percentile(50)).isEqualTo(3);
        assertThat(samples.max()).isEqualTo(5);
    }

    @Test
    void ofNoneThereIsNoPercentile() {
        assertThat(new Samples().percentile(50)).isNaN();
    }
}
