package io.github.lifebelt.internal.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScrubTest {

    private static final List<String> KNOWN = List.of("hunter2");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "refused hunter2",
                "GET /token?secret=hunter3&x=1",
                "password: hunter3 is wrong",
                "{\"client_secret\": \"hunter3\"}",
                "AZURE_CLIENT_SECRET='hunter3'",
                "token eyJhbGciOiJhunter3.eyJleHAiOjF9.c2ln is over",
                "first line\nsecond with hunter3"
            })
    void whatIsOrLooksLikeASecretIsNotShown(String message) {
        assertThat(Scrub.failure(new IOException(message), KNOWN))
                .startsWith("IOException: ")
                .doesNotContain("hunter");
    }

    @Test
    void whatHelpsIs() {
        assertThat(Scrub.failure(new IOException("connect timed out to 169.254.169.254"), KNOWN))
                .isEqualTo("IOException: connect timed out to 169.254.169.254");
        assertThat(Scrub.failure(new IllegalStateException(), KNOWN)).isEqualTo("IllegalStateException");
        assertThat(Scrub.text("x".repeat(1_000), KNOWN)).hasSizeLessThan(250);
    }

    @Test
    void aCauseIsKeptOnlyIfNothingInItsChainIsSecret() {
        SQLException sound = new SQLException("no answer", new IOException("timed out"));
        assertThat(Scrub.cause(sound, KNOWN)).isSameAs(sound);
        assertThat(Scrub.cause(new SQLException("no answer", new IOException("sent hunter2")), KNOWN))
                .isNull();
    }
}
