package io.github.lifebelt.security;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a connection demands of TLS, in libpq's terms and order.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-ssl.html">libpq: SSL support</a>
 */
public enum SslMode {
    /** No TLS. */
    DISABLE,
    /** Plain first, TLS if the server insists. Verifies nothing. */
    ALLOW,
    /** TLS if the server offers it, else plain. Verifies nothing: whoever stands between can switch it off. */
    PREFER,
    /** TLS or no connection. The server's certificate is not verified. */
    REQUIRE,
    /** TLS, and the certificate chains to a trusted root. Any host with such a certificate will do. */
    VERIFY_CA,
    /** TLS, the certificate chains to a trusted root and is for the host that was asked for. */
    VERIFY_FULL;

    /**
     * Reads libpq's spelling in any case, with {@code -} or {@code _}.
     *
     * @param text for example {@code verify-full}
     * @return the mode, or null if there is none of that name
     */
    public static @Nullable SslMode of(String text) {
        String wanted = text.toLowerCase(Locale.ROOT).replace('_', '-');
        for (SslMode mode : values()) {
            if (mode.toString().equals(wanted)) {
                return mode;
            }
        }
        return null;
    }

    /**
     * Whether the server has to prove who it is.
     *
     * @return true for {@link #VERIFY_CA} and {@link #VERIFY_FULL}
     */
    public boolean verifies() {
        return compareTo(VERIFY_CA) >= 0;
    }

    /** libpq's spelling, for example {@code verify-full}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
