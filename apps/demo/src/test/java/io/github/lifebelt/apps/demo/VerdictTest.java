package io.github.lifebelt.apps.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VerdictTest {

    @Test
    void aStormThatNobodyFeltIsGood() {
        assertThat(Verdict.of(result(0, 0, 0, 0, 50, 1, 40), true).isGood()).isTrue();
    }

    @Test
    void eachUnitThatDidNotCommitOnceIsAShortcoming() {
        assertThat(Verdict.of(result(1, 2, 3, 4, 50, 1, 40), true).shortcomings())
                .containsExactly(
                        "failed units: 1, none is allowed",
                        "units of unknown outcome: 2, none is allowed",
                        "lost units: 3, none is allowed",
                        "duplicated units: 4, none is allowed");
    }

    @Test
    void aCalmIsNoStorm() {
        Result calm = result(0, 0, 0, 0, 39, 0, 0);

        assertThat(Verdict.of(calm, true).shortcomings())
                .containsExactly(
                        "sessions ended a second: 3.9, at least 4 are demanded",
                        "restarts of the server: 0.0, at least 1 are demanded",
                        "connections replaced: 0.0, at least 1 are demanded");
        assertThat(Verdict.of(calm, false).isGood()).isTrue();
    }

    @Test
    void anIdleRunProvesNothing() {
        Result idle = new Result(999, 999, 0, 0, 0, 0, 50, 1, 40, 0, 0, 1, 2, 10);

        assertThat(Verdict.of(idle, true).shortcomings())
                .containsExactly("units a second: 99.9, at least 100 are demanded");
    }

    private static Result result(
            long failed, long unknown, long lost, long duplicated, long kills, long restarts, long replaced) {
        long units = 5000;
        return new Result(
                units,
                units - failed - unknown,
                failed,
                unknown,
                lost,
                duplicated,
                kills,
                restarts,
                replaced,
                0,
                0,
                1,
                2,
                10);
    }
}
