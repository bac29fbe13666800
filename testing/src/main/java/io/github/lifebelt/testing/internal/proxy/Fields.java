package io.github.lifebelt.testing.internal.proxy;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;

/** The fields of a message, taken one after another. */
final class Fields {
    private static final int BYTE = 8;
    private static final int TWO_BYTES = 0xfc;
    private static final int THREE_BYTES = 0xfd;
    private static final int EIGHT_BYTES = 0xfe;

    private final byte[] bytes;
    private int next;

    Fields(byte[] bytes, int from) {
        this.bytes = bytes;
        this.next = from;
    }

    int position() {
        return next;
    }

    boolean isEmpty() {
        return next >= bytes.length;
    }

    int peek() {
        return isEmpty() ? -1 : bytes[next] & 0xff;
    }

    int takeByte() throws IOException {
        return (int) littleEndian(1);
    }

    void skip(long count) throws IOException {
        if (count < 0 || count > bytes.length - next) {
            throw new ProtocolException("A message ends within a field");
        }
        next += (int) count;
    }

    /** A number as MySQL writes it. */
    long littleEndian(int count) throws IOException {
        int from = next;
        skip(count);
        long value = 0;
        for (int i = count - 1; i >= 0; i--) {
            value = (value << BYTE) | (bytes[from + i] & 0xff);
        }
        return value;
    }

    /** MySQL's number of variable length. */
    long lengthEncoded() throws IOException {
        int first = takeByte();
        return switch (first) {
            case TWO_BYTES -> littleEndian(2);
            case THREE_BYTES -> littleEndian(3);
            case EIGHT_BYTES -> littleEndian(8);
            default -> first;
        };
    }

    /** A text up to a zero byte, which is skipped, or up to the end. One byte becomes one character. */
    String takeText() {
        int from = next;
        while (next < bytes.length && bytes[next] != 0) {
            next++;
        }
        String text = new String(bytes, from, next - from, StandardCharsets.ISO_8859_1);
        next = Math.min(bytes.length, next + 1);
        return text;
    }

    /** All that is left. */
    String takeRest() {
        String text = new String(bytes, next, bytes.length - next, StandardCharsets.ISO_8859_1);
        next = bytes.length;
        return text;
    }
}
