package io.github.lifebelt.apps.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void ofNineRoundsTheBoundIsTheSecond() {
        Spread spread = Spread.of(new double[] {9, 1, 8, 2, 7, 3, 6, 4, 5});
        assertThat(spread).isEqualTo(new Spread(5, 1, 9, 2, 8));
    }

    @Test
    void ofFiveOrFewerItIsTheExtreme() {
        assertThat(Spread.of(new double[] {5, 1, 4, 2, 3})).isEqualTo(new Spread(3, 1, 5, 1, 5));
        assertThat(Spread.of(new double[] {2})).isEqualTo(new Spread(2, 2, 2, 2, 2));
    }

    @Test
    void anEvenNumberOfRoundsHasItsMedianBetweenTwo() {
        assertThat(Spread.of(new double[] {4, 1, 3, 2}).median()).isEqualTo(2.5);
    }

    @Test
    void ratiosAreTakenRoundByRound() {
        Spread ratio = Spread.ofRatios(new double[] {10, 200, 3_000}, new double[] {5, 100, 1_000});
        assertThat(ratio.median()).isEqualTo(2);
        assertThat(ratio.max()).isEqualTo(3);
    }
}
