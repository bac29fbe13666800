package io.github.lifebelt.internal.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefreshTimesTest {

    @ParameterizedTest
    @CsvSource({"PT24H, PT19H12M", "PT1H, PT48M", "PT15M, PT10M", "PT5M, PT2M30S", "PT2S, PT1S", "PT0.1S, PT0.25S"})
    void thereIsTimeLeftForASupplierThatFails(Duration valid, Duration refreshedAfter) {
        assertThat(RefreshTimes.untilRefresh(valid, 0)).isEqualTo(refreshedAfter);
    }

    @Test
    void aFleetDoesNotAskAtOnce() {
        assertThat(RefreshTimes.untilRefresh(Duration.ofHours(1), 0.999999))
                .isBetween(Duration.ofMinutes(43), Duration.ofMinutes(44));
    }

    @ParameterizedTest
    @CsvSource({"PT1H, PT30S", "PT1M, PT15S", "PT0.4S, PT0.25S", "PT-1S, PT30S"})
    void afterAFailureThereAreSeveralTries(Duration valid, Duration again) {
        assertThat(RefreshTimes.untilRetry(valid)).isEqualTo(again);
    }
}
