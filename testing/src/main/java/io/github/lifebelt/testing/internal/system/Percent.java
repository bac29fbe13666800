package io.github.lifebelt.testing.internal.system;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** Percent-encoding as URIs have it: a space is %20, not a plus, so that libpq and the JDBC driver read the same. */
public final class Percent {
    private static final String UNRESERVED = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

    private Percent() {}

    /** Encodes all but unreserved characters. */
    public static String encode(String text) {
        return encode(text, UNRESERVED);
    }

    /** Encodes all but unreserved characters and the slash, which may stand in a query and reads better. */
    public static String encode(Path file) {
        return encode(file.toString(), UNRESERVED + "/");
    }

    private static String encode(String text, String plain) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            if (plain.indexOf(octet) >= 0) {
                encoded.append((char) octet);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", octet));
            }
        }
        return encoded.toString();
    }
}
