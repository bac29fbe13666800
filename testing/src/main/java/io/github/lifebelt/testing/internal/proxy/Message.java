package io.github.lifebelt.testing.internal.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** One message or packet: its beginning in memory, header and all, and how much of it is still to come. */
final class Message {
    // Enough for any statement that is meant to be recognised; what is longer is data.
    private static final int MOST_IN_MEMORY = 1024 * 1024;

    private final byte[] start;
    private final int headerLength;
    private final int toCome;

    private Message(byte[] start, int headerLength, int toCome) {
        this.start = start;
        this.headerLength = headerLength;
        this.toCome = toCome;
    }

    /** Reads what follows a header. */
    static Message read(Source source, byte[] header, int payloadLength) throws IOException {
        int held = Math.min(payloadLength, MOST_IN_MEMORY);
        byte[] start = Arrays.copyOf(header, header.length + held);
        source.readFully(start, header.length, held);
        return new Message(start, header.length, payloadLength - held);
    }

    int header(int index) {
        return start[index] & 0xff;
    }

    int payloadLength() {
        return start.length - headerLength + toCome;
    }

    /** The payload, or the beginning of a very long one. */
    Fields fields() {
        return new Fields(start, headerLength);
    }

    /** Writes all of it, the source being where it was read from. */
    void writeTo(OutputStream out, Source source) throws IOException {
        out.write(start);
        source.transferTo(out, toCome);
    }

    /** Writes the first half of what is in memory, so that the receiver waits for the rest of a message. */
    void writeHalfTo(OutputStream out) throws IOException {
        out.write(start, 0, start.length / 2);
    }
}
