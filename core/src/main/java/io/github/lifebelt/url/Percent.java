package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Percent-decoding that refuses what it cannot read, and never repeats it: it may be a password. */
final class Percent {

    private static final Pattern LONE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    private Percent() {}

    /** Whether a '%' stands for itself. */
    static boolean hasLone(String text) {
        return LONE.matcher(text).find();
    }

    /** Encodes each '%' that stands for itself. */
    static String encodeLone(String text) {
        return LONE.matcher(text).replaceAll("%25");
    }

    /**
     * Decodes {@code %XX} as UTF-8.
     *
     * @param component what it is, for the message
     * @param product what it is for, for the message
     * @param plusIsSpace true for the rules of HTML forms, which drivers follow, false for those of URIs
     */
    static String decode(String text, String component, String product, boolean plusIsSpace) {
        if (text.indexOf('%') < 0) {
            return plusIsSpace ? text.replace('+', ' ') : text;
        }
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(in.length);
        for (int i = 0; i < in.length; i++) {
            if (in[i] == '%') {
                int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
                int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw invalid(
                            component, "a '%' is not followed by two hexadecimal digits; a '%' itself is written %25");
                }
                if (high + low == 0) {
                    throw invalid(component, "%00 cannot be sent to " + product);
                }
                out.write(high * 16 + low);
                i += 2;
            } else {
                out.write(plusIsSpace && in[i] == '+' ? ' ' : in[i]);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(out.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw invalid(component, "what was percent-encoded is not UTF-8");
        }
    }

    /** Whether each '%' begins what is percent-encoded, and that is UTF-8 without zero bytes. */
    static boolean isEncoded(String text) {
        try {
            decode(text, "", "", false);
            return true;
        } catch (ConfigurationException e) {
            return false;
        }
    }

    /** Decodes what can be decoded, and leaves the rest as it stands, as programs in Python do. */
    static String loose(String text, boolean plusIsSpace) {
        String plain = plusIsSpace ? text.replace('+', ' ') : text;
        if (plain.indexOf('%') < 0) {
            return plain;
        }
        byte[] in = plain.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(in.length);
        for (int i = 0; i < in.length; i++) {
            int high = in[i] == '%' && i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
            int low = high >= 0 ? Character.digit(in[i + 2], 16) : -1;
            if (low >= 0) {
                out.write(high * 16 + low);
                i += 2;
            } else {
                out.write(in[i]);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    static ConfigurationException invalid(String component, String why) {
        return new ConfigurationException("INVALID_PERCENT_ENCODING", component + ": " + why);
    }
}
