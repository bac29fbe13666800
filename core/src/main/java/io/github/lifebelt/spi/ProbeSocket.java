package io.github.lifebelt.spi;

import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The socket under every connection. It looks like any {@link Socket} to a driver and to the JDK's TLS layer, and can
 * do two things more.
 *
 * <ul>
 *   <li>{@link #probe()} tells in one {@code read} system call, without sending a byte, whether the peer has closed,
 *       reset or said something. It works because the channel below is always non-blocking: a quiet socket answers
 *       {@code EAGAIN}. What was read goes into the buffer from which the driver reads next, so nothing is lost.
 *   <li>{@link #deadline(long)} bounds everything that follows by one absolute moment. A driver's time-outs are per
 *       operation, and the JDK's TLS layer waits a second one while it closes; this one holds.
 * </ul>
 *
 * <p>An interrupt never closes it, neither on platform nor on virtual threads: the operation goes on and the flag is
 * set again when it ends. (A plain socket is closed by the interrupt of a virtual thread; a channel's own streams are
 * closed by any interrupt.)
 *
 * <p>As thread-safe as a socket: one reader and one writer at a time; {@link #abort()}, {@link #close()} and
 * {@link #probe()} from anywhere.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // no monitor: close() must get through to a blocked reader
public final class ProbeSocket extends WaitingSocket {

    /** What {@link #probe()} saw. */
    public enum Liveness {
        /**
         * Nothing to read and no end: alive, as far as one end can tell. A silently dropped flow, or a kill that is
         * less than about a millisecond old, looks the same.
         */
        QUIET,
        /** Bytes are waiting: a notification, or the server's last words. Only a round trip can tell. */
        PENDING,
        /** The peer has closed or reset the connection. */
        DEAD,
        /** Somebody is reading: the connection is in use and not for others to judge. */
        BUSY
    }

    // A TLS record is at most 16 KiB and some; larger buffers gained nothing measurable.
    private static final int READ_BUFFER = 16 * 1024;
    // Larger writes are cut: the JDK keeps a direct buffer per thread as large as the largest write it ever saw.
    private static final int WRITE_CHUNK = 64 * 1024;

    private final ReentrantLock readLock = new ReentrantLock();
    private final ReentrantLock writeLock = new ReentrantLock();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BUFFER).flip();
    private final InputStream in = new Input();
    private final OutputStream out = new Output();
    private @Nullable Selector writeSelector;
    private volatile int soTimeoutMillis;
    private volatile boolean deaf;
    private volatile @Nullable IOException broken;
    private boolean eof;
    private boolean answerDue;

    private ProbeSocket(SocketChannel channel, Selector readSelector, HostResolver resolver, ConnectStamps stamps)
            throws SocketException {
        super(channel, readSelector, resolver, stamps);
    }

    static ProbeSocket open(long deadlineNanos, HostResolver resolver) throws IOException {
        return open(deadlineNanos, resolver, new ConnectStamps());
    }

    static ProbeSocket open(long deadlineNanos, HostResolver resolver, ConnectStamps stamps) throws IOException {
        SocketChannel channel = newChannel();
        try {
            ProbeSocket socket = new ProbeSocket(channel, Selector.open(), resolver, stamps);
            socket.deadline(deadlineNanos);
            return socket;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Looks whether the connection still stands. Never blocks, sends nothing, makes one system call (two when
     * something was waiting).
     *
     * @return what was seen
     */
    public Liveness probe() {
        if (closed) {
            return Liveness.DEAD;
        }
        if (!readLock.tryLock()) {
            return Liveness.BUSY;
        }
        try {
            if (eof || broken != null) {
                return Liveness.DEAD;
            }
            if (buffer.remaining() == buffer.capacity()) {
                return Liveness.PENDING;
            }
            int read;
            buffer.compact();
            try {
                read = channel.read(buffer);
                if (read > 0 && buffer.hasRemaining()) {
                    // The server's farewell comes first and its FIN right after: look behind the words.
                    read = channel.read(buffer);
                }
            } finally {
                buffer.flip();
            }
            if (read < 0) {
                eof = true;
                return Liveness.DEAD;
            }
            return buffer.hasRemaining() ? Liveness.PENDING : Liveness.QUIET;
        } catch (IOException e) {
            broken = e;
            return Liveness.DEAD;
        } finally {
            readLock.unlock();
        }
    }

    /**
     * From now on reads find the end of the stream. For a goodbye: the JDK's TLS layer waits for the peer's answer to it,
     * which nobody needs.
     */
    public void stopReading() {
        deaf = true;
    }

    /** Closes at once from any thread; whoever is blocked in here fails. Does no I/O but the system's close. */
    public void abort() {
        try {
            close();
        } catch (IOException e) {
            broken = e;
        }
    }

    /** Fills the empty buffer, waiting for at least one byte. Returns false at the end of the stream. */
    private boolean fill() throws IOException {
        // After a write the answer is not there yet: waiting first saves a read that can only say EAGAIN.
        boolean waitFirst = answerDue;
        answerDue = false;
        for (; ; ) {
            if (deaf) {
                return false;
            }
            if (waitFirst) {
                await(readSelector, soTimeoutMillis, "read");
            }
            int read = readSome();
            if (read != 0) {
                return read > 0;
            }
            waitFirst = true;
        }
    }

    private int readSome() throws IOException {
        IOException earlier = broken;
        if (earlier != null) {
            throw socketException(String.valueOf(earlier.getMessage()), earlier);
        }
        if (eof) {
            return -1;
        }
        buffer.clear();
        try {
            int read = channel.read(buffer);
            eof = read < 0;
            return read;
        } catch (IOException e) {
            throw asSocketsDo(e);
        } finally {
            buffer.flip();
        }
    }

    /** Channels throw other exceptions than sockets, and drivers and their callers know those of sockets. */
    private static IOException asSocketsDo(IOException e) {
        if (e instanceof ClosedChannelException) {
            return socketException("Socket closed", e);
        }
        // Its own time-outs are no SocketExceptions and stay what they are.
        return e instanceof SocketTimeoutException ? e : asSocketException(e);
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            readLock.lock();
            try {
                return buffer.hasRemaining() || fill() ? buffer.get() & 0xff : -1;
            } finally {
                readLock.unlock();
            }
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            readLock.lock();
            try {
                if (!buffer.hasRemaining() && !fill()) {
                    return -1;
                }
                int count = Math.min(length, buffer.remaining());
                buffer.get(target, offset, count);
                return count;
            } finally {
                readLock.unlock();
            }
        }

        @Override
        public int available() throws IOException {
            readLock.lock();
            try {
                if (!buffer.hasRemaining() && !eof && !closed) {
                    readSome();
                }
                return buffer.remaining();
            } finally {
                readLock.unlock();
            }
        }

        @Override
        public void close() throws IOException {
            ProbeSocket.this.close();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            writeLock.lock();
            try {
                int end = offset + length;
                for (int from = offset; from < end; ) {
                    int chunk = Math.min(WRITE_CHUNK, end - from);
                    writeFully(ByteBuffer.wrap(source, from, chunk));
                    from += chunk;
                }
                answerDue = true;
            } catch (IOException e) {
                throw asSocketsDo(e);
            } finally {
                writeLock.unlock();
            }
        }

        private void writeFully(ByteBuffer chunk) throws IOException {
            while (chunk.hasRemaining()) {
                if (channel.write(chunk) == 0) {
                    await(writable(), soTimeoutMillis, "write");
                }
            }
        }

        @Override
        public void close() throws IOException {
            ProbeSocket.this.close();
        }
    }

    // Most connections never fill the send buffer, so the second selector is made when one does.
    private Selector writable() throws IOException {
        Selector selector = writeSelector;
        if (selector == null) {
            selector = Selector.open();
            channel.register(selector, SelectionKey.OP_WRITE);
            writeSelector = selector;
            if (closed) {
                selector.close();
            }
        }
        return selector;
    }

    @Override
    public void close() throws IOException {
        // The channel first, then the selectors: closing the channel alone does not wake a waiting select, and the
        // file descriptor goes only when the keys do.
        try {
            lastChannel().close();
        } finally {
            readSelector.close();
            Selector selector = writeSelector;
            if (selector != null) {
                selector.close();
            }
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return checkOpen(in);
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return checkOpen(out);
    }

    private <T> T checkOpen(T stream) throws SocketException {
        if (closed) {
            throw new SocketException("Socket is closed");
        }
        if (!channel.isConnected()) {
            throw new SocketException("Socket is not connected");
        }
        return stream;
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        if (millis < 0) {
            throw new IllegalArgumentException("timeout can't be negative: " + millis);
        }
        soTimeoutMillis = millis;
    }

    @Override
    public int getSoTimeout() {
        return soTimeoutMillis;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    /** Null, as for any socket without a channel: reading past the streams would lose what the probe has read. */
    @Override
    public @Nullable SocketChannel getChannel() {
        return null;
    }

    @Override
    public String toString() {
        return "ProbeSocket[" + getLocalSocketAddress() + " -> " + getRemoteSocketAddress()
                + (closed ? ", closed]" : "]");
    }
}
