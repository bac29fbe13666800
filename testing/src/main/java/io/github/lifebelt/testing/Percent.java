package io.github.lifebelt.testing;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Percent-encoding as URIs have it: a space is %20, not a plus, so that libpq and the JDBC driver read the same. */
final class Percent {
    private static final String PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";

    private Percent() {}

    /** Encodes all but unreserved characters and the slash of file names. */
    static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            if (PLAIN.indexOf(octet) >= 0) {
                encoded.append((char) octet);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", octet));
            }
        }
        return encoded.toString();
    }
}
