package io.github.lifebelt.spi;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * The half of a {@link Socket} that waits: for a connection and for bytes, until a time-out, a deadline, or the end of
 * the socket.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // no monitor: close() must get through to a blocked thread
abstract class WaitingSocket extends ChannelSocket {

    private static final long NONE = Long.MAX_VALUE;

    final Selector readSelector;
    volatile boolean closed;
    private volatile boolean bounded;
    private volatile long deadlineNanos;
    private volatile boolean deadlineMissed;

    WaitingSocket(SocketChannel channel, Selector readSelector) throws SocketException {
        super(channel);
        this.readSelector = readSelector;
    }

    /**
     * Bounds all that follows by an absolute moment. When it passes, the operation under way fails with a
     * {@link SocketException}, deliberately not a {@link SocketTimeoutException}: pgjdbc takes the latter for a wait
     * that may go on and reads again.
     *
     * @param nanos on the clock of {@link System#nanoTime()}
     */
    public final void deadline(long nanos) {
        deadlineNanos = nanos;
        deadlineMissed = false;
        bounded = true;
    }

    /** Takes the bound away again. */
    public final void noDeadline() {
        bounded = false;
    }

    /**
     * Whether an operation failed because the deadline passed.
     *
     * @return true from that moment until the next {@link #deadline(long)}
     */
    public final boolean missedDeadline() {
        return deadlineMissed;
    }

    @Override
    public void connect(SocketAddress endpoint) throws IOException {
        connect(endpoint, 0);
    }

    @Override
    public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
        if (endpoint instanceof InetSocketAddress address && address.isUnresolved()) {
            throw new UnknownHostException(address.getHostString());
        }
        try {
            boolean connected = channel.connect(endpoint);
            SelectionKey key =
                    channel.register(readSelector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT);
            if (!connected) {
                do {
                    await(readSelector, timeoutMillis, "connect");
                } while (!channel.finishConnect());
                key.interestOps(SelectionKey.OP_READ);
            }
        } catch (ClosedSelectorException | CancelledKeyException e) {
            // Aborted between two of the calls above.
            throw socketException("Socket closed", e);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Waits for the selector's one key. Restores the interrupt flag when it is over instead of ending for it. */
    final void await(Selector selector, int timeoutMillis, String doing) throws IOException {
        long timeoutAt = timeoutMillis > 0 ? System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis) : NONE;
        boolean interrupted = false;
        try {
            for (; ; ) {
                if (closed) {
                    throw new SocketException("Socket closed");
                }
                interrupted |= Thread.interrupted();
                long left = nanosLeft(timeoutAt, doing);
                int ready = left == NONE
                        ? selector.select(key -> {})
                        : selector.select(key -> {}, TimeUnit.NANOSECONDS.toMillis(left) + 1);
                if (ready > 0) {
                    return;
                }
            }
        } catch (ClosedSelectorException e) {
            throw socketException("Socket closed", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private long nanosLeft(long timeoutAt, String doing) throws IOException {
        long left = NONE;
        if (bounded) {
            left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                deadlineMissed = true;
                throw new SocketException("deadline passed during " + doing);
            }
        }
        if (timeoutAt != NONE) {
            long untilTimeout = timeoutAt - System.nanoTime();
            if (untilTimeout <= 0) {
                throw new SocketTimeoutException(doing + " timed out");
            }
            left = Math.min(left, untilTimeout);
        }
        return left;
    }
}
