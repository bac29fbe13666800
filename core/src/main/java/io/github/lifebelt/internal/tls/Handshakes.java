package io.github.lifebelt.internal.tls;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a pool's TLS handshakes have shown: the server's certificate, for the days it has left and for messages about a
 * failure, and whether the server has asked for one of ours. Thread-safe.
 */
final class Handshakes {

    private static final Duration SOON = Duration.ofDays(14);
    private static final Duration BETWEEN_WARNINGS = Duration.ofDays(1);

    private final InstantSource clock;
    private final AtomicReference<@Nullable Instant> warnedAt = new AtomicReference<>();
    private volatile Consumer<String> warnings = warning -> {};
    private volatile List<X509Certificate> shown = List.of();
    private volatile @Nullable Instant expiresAt;
    private volatile boolean asked;

    Handshakes(InstantSource clock) {
        this.clock = clock;
    }

    void warnTo(Consumer<String> sink) {
        warnings = sink;
    }

    /** Before anybody has judged it. */
    void shown(X509Certificate[] chain) {
        shown = List.of(chain);
    }

    /** Of the last server that was let in. */
    void accepted(X509Certificate[] chain) {
        expiresAt = chain[0].getNotAfter().toInstant();
        warnIfSoon();
    }

    void askedForCertificate() {
        asked = true;
    }

    List<X509Certificate> lastShown() {
        return shown;
    }

    boolean wasAsked() {
        return asked;
    }

    Instant now() {
        return clock.instant();
    }

    @Nullable
    Instant expiresAt() {
        return expiresAt;
    }

    /** Once a day while it is so; also called where sessions are resumed, in which nothing is shown. */
    void warnIfSoon() {
        Instant end = expiresAt;
        Instant now = clock.instant();
        if (end == null || end.minus(SOON).isAfter(now)) {
            return;
        }
        Instant last = warnedAt.get();
        if ((last != null && last.plus(BETWEEN_WARNINGS).isAfter(now)) || !warnedAt.compareAndSet(last, now)) {
            return;
        }
        Duration left = Duration.between(now, end);
        warnings.accept(
                left.isNegative()
                        ? "the server's certificate has expired at " + end + ", and clients that verify it are refused:"
                                + " renew it"
                        : "the server's certificate expires in " + left.toDays() + " days, at " + end
                                + ": renew it, or see to it that your provider does");
    }
}
