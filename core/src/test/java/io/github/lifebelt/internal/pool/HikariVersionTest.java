package io.github.lifebelt.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HikariVersionTest {

    @ParameterizedTest
    @CsvSource({
        "6.3.3, true",
        "6.3.4, true",
        "7.0.2, true",
        "7.1.0, true",
        "7.10.12, true",
        "6.3.2, false",
        "5.1.0, false",
        "8.0.0, false",
        "unknown, false"
    })
    void theRangeIsFrom633To8(String version, boolean supported) {
        assertThat(HikariVersion.supported(version)).isEqualTo(supported);
    }

    @Test
    void theOneOnTheClassPathIsFoundAndSupported() {
        assertThat(HikariVersion.found()).isNotNull();
        assertThatCode(HikariVersion::check).doesNotThrowAnyException();
    }
}
