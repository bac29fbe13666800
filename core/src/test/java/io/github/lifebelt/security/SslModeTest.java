package io.github.lifebelt.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.security.CredentialsProvider.Credentials;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SslModeTest {

    @ParameterizedTest
    @EnumSource(SslMode.class)
    void isWrittenAndReadAsInLibpq(SslMode mode) {
        assertThat(SslMode.of(mode.toString())).isEqualTo(mode);
        assertThat(SslMode.of(mode.name())).isEqualTo(mode);
        assertThat(mode.verifies()).isEqualTo(mode.toString().startsWith("verify-"));
    }

    @Test
    void whatIsNoModeIsNull() {
        assertThat(SslMode.of("verify")).isNull();
        assertThat(SslMode.of("")).isNull();
    }

    @Test
    void credentialsDoNotShowTheirSecret() {
        assertThat(Credentials.of("app", "s3cret")).hasToString("Credentials[user=app, secret=***]");
        assertThat(Credentials.of(null, null)).hasToString("Credentials[user=null, secret=none]");
        assertThat(new Credentials("app", "s3cret", Instant.EPOCH))
                .hasToString("Credentials[user=app, secret=***, expiresAt=1970-01-01T00:00:00Z]");
    }
}
