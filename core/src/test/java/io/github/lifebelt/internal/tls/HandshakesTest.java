package io.github.lifebelt.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandshakesTest {

    @Test
    void aCertificateThatExpiresSoonIsAWarningOnceADay(@TempDir Path folder) throws Exception {
        X509Certificate certificate = Keys.generate(folder, "EC", "-groupname", "secp256r1", "-validity", "90")
                .certificate();
        Instant end = certificate.getNotAfter().toInstant();
        AtomicReference<Instant> now = new AtomicReference<>(end.minus(Duration.ofDays(15)));
        List<String> warnings = new ArrayList<>();
        Handshakes handshakes = new Handshakes(now::get);
        handshakes.warnTo(warnings::add);
        handshakes.warnIfSoon();
        assertThat(handshakes.expiresAt()).isNull();

        X509Certificate[] chain = {certificate};
        handshakes.shown(chain);
        handshakes.accepted(chain);
        assertThat(handshakes.expiresAt()).isEqualTo(end);
        assertThat(warnings).isEmpty();

        now.set(end.minus(Duration.ofDays(14)));
        handshakes.warnIfSoon();
        handshakes.accepted(chain);
        assertThat(warnings).singleElement().asString().contains("expires in 14 days", end.toString());

        now.set(end.minus(Duration.ofDays(13).plusSeconds(1)));
        handshakes.warnIfSoon();
        assertThat(warnings).hasSize(1);
        now.set(end.minus(Duration.ofDays(13)));
        handshakes.warnIfSoon();
        handshakes.warnIfSoon();
        assertThat(warnings).hasSize(2);

        now.set(end.plusSeconds(1));
        handshakes.warnIfSoon();
        assertThat(warnings).last().asString().contains("has expired");
    }
}
