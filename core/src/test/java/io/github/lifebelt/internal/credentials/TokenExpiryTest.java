package io.github.lifebelt.internal.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenExpiryTest {

    static String jwt(String claims) {
        return part("{\"alg\":\"RS256\"}") + "." + part(claims) + "." + part("signature");
    }

    private static String part(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aJsonWebTokenSaysWhen() {
        assertThat(TokenExpiry.of(jwt("{\"aud\":\"x\",\"exp\" : 1893456000,\"iat\":1}")))
                .isEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
        assertThat(TokenExpiry.of(jwt("{\"exp\":1893456000.5}"))).isEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
    }

    @Test
    void aLoginTokenOfRdsSaysWhen() {
        assertThat(
                        TokenExpiry.of(
                                "db.rds.amazonaws.com:5432/?Action=connect&DBUser=app"
                                        + "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20300101T000000Z&X-Amz-Expires=900&X-Amz-Signature=ab"))
                .isEqualTo(Instant.parse("2030-01-01T00:15:00Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "a.b.c",
                "three.dots.in.it",
                "eyJ.%%%.x",
                "&X-Amz-Date=20301399T000000Z&X-Amz-Expires=900",
                "?X-Amz-Date=20300101T000000Z"
            })
    void aPasswordDoesNot(String secret) {
        assertThat(TokenExpiry.of(secret)).isNull();
    }

    @Test
    void norDoesATokenWithoutTheClaim() {
        assertThat(TokenExpiry.of(jwt("{\"sub\":\"exp\"}"))).isNull();
        assertThat(TokenExpiry.of(jwt("{\"exp\":\"soon\"}"))).isNull();
        assertThat(TokenExpiry.of(jwt("{\"exp\":99999999999999999999}"))).isNull();
        assertThat(TokenExpiry.of(jwt("[\"exp\", 1893456000]"))).isNull();
    }
}
