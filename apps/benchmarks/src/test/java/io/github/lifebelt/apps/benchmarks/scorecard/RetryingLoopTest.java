package io.github.lifebelt.apps.benchmarks.scorecard;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryingLoopTest {

    @ParameterizedTest
    @CsvSource({
        "08006, 0, true",
        "40001, 0, true",
        "57P01, 0, true",
        "HY000, 1213, true",
        "70100, 1317, true",
        "23505, 0, false",
        "57014, 0, false",
        ", 0, false"
    })
    void whatMayPassIsTriedAgain(String state, int code, boolean again) {
        SQLException error = new SQLException("no", state, code);

        assertThat(RetryingLoop.mayPass(error)).isEqualTo(again);
        // Pools wrap what the driver says.
        assertThat(RetryingLoop.mayPass(new SQLException("wrapped", error))).isEqualTo(again);
    }
}
