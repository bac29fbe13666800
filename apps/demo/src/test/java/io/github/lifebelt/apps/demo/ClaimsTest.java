package io.github.lifebelt.apps.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClaimsTest {
    private final Claims claims = new Claims(3);

    @Test
    void whatWasToldIsKeptForEachUnit() {
        for (int i = 0; i < 5000; i++) {
            assertThat(claims.next(2)).isEqualTo(Claims.unit(2, i));
            claims.settle(2, i % 2 == 0 ? Outcome.COMMITTED : Outcome.FAILED);
        }

        assertThat(claims.unitsOf(2)).isEqualTo(5000);
        assertThat(claims.unitsOf(1)).isZero();
        assertThat(claims.outcome(2, 4999)).isEqualTo(Outcome.FAILED);
        assertThat(claims.find(Claims.unit(2, 4999))).isEqualTo(new Claims.Position(2, 4999));
    }

    @Test
    void idsThatNobodyUsedAreNotFound() {
        claims.settle(0, Outcome.COMMITTED);

        assertThat(claims.find(0)).isEqualTo(new Claims.Position(0, 0));
        assertThat(claims.find(1)).isNull();
        assertThat(claims.find(-1)).isNull();
        assertThat(claims.find(Claims.unit(3, 0))).isNull();
        assertThat(claims.find(Long.MAX_VALUE)).isNull();
    }
}
