package io.github.lifebelt.testing.internal.proxy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * What comes from one side, to be taken apart. Before it waits for more it flushes what goes to the other side, so that
 * messages that came together go on together and nothing waits for what has not come yet. For one thread.
 */
final class Source {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final InputStream in;
    private final OutputStream other;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int next;
    private int end;

    Source(InputStream in, OutputStream other) {
        this.in = in;
        this.other = other;
    }

    /** Whether there is more before the end of the stream; waits until that is known. */
    boolean hasMore() throws IOException {
        if (next == end) {
            other.flush();
            next = 0;
            end = Math.max(0, in.read(buffer));
        }
        return next < end;
    }

    void readFully(byte[] into, int from, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int n = available(length - done);
            System.arraycopy(buffer, next, into, from + done, n);
            next += n;
            done += n;
        }
    }

    void transferTo(OutputStream out, int length) throws IOException {
        int left = length;
        while (left > 0) {
            int n = available(left);
            out.write(buffer, next, n);
            next += n;
            left -= n;
        }
    }

    /** Reads to the end of the stream for nothing. */
    void drain() throws IOException {
        while (hasMore()) {
            next = end;
        }
    }

    private int available(int wanted) throws IOException {
        if (!hasMore()) {
            throw new EOFException("The stream ended within a message");
        }
        return Math.min(wanted, end - next);
    }
}
