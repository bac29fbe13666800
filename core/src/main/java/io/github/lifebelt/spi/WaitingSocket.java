package io.github.lifebelt.spi;

import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import io.github.lifebelt.spi.ConnectRequest.Phase;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The half of a {@link Socket} that waits: for a connection and for bytes, until a time-out, a deadline, or the end of
 * the socket.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // no monitor: close() must get through to a blocked thread
abstract class WaitingSocket extends ChannelSocket {

    private static final long NONE = Long.MAX_VALUE;

    final Selector readSelector;
    volatile boolean closed;
    private final HostResolver resolver;
    private final ConnectStamps stamps;
    private final Object replacing = new Object();
    private volatile boolean bounded;
    private volatile long deadlineNanos;
    private volatile boolean deadlineMissed;
    private volatile @Nullable Thread lookingUp;

    WaitingSocket(SocketChannel channel, Selector readSelector, HostResolver resolver, ConnectStamps stamps)
            throws SocketException {
        super(channel);
        this.stamps = stamps;
        this.readSelector = readSelector;
        this.resolver = resolver;
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

    /**
     * Connects. A name is looked up if the driver has not done so, and in any case if the pool was given a resolver of
     * its own; then the addresses are tried in their order, each with its share of the time that is left.
     *
     * The time-out and the deadline count for the look-up as well, which goes on without us then.
     *
     * @throws UnknownHostException if there is no address
     * @throws IOException if none connected: the failure of the last that was tried, with the others suppressed
     */
    @Override
    public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
        long timeoutAt = momentIn(timeoutMillis);
        try {
            List<? extends SocketAddress> addresses = addresses(endpoint, timeoutAt);
            stamps.enter(Phase.TCP);
            connectToOneOf(addresses, timeoutAt);
            stamps.enter(Phase.AUTH);
        } catch (ClosedSelectorException | CancelledKeyException e) {
            // Aborted between two calls.
            throw socketException("Socket closed", e);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private List<? extends SocketAddress> addresses(SocketAddress endpoint, long timeoutAt) throws IOException {
        if (!(endpoint instanceof InetSocketAddress given) || (resolver == HostResolver.JDK && !given.isUnresolved())) {
            return List.of(endpoint);
        }
        if (!LookUps.isIpAddress(given.getHostString())) {
            stamps.enter(Phase.DNS);
        }
        lookingUp = Thread.currentThread();
        try {
            return LookUps.addresses(resolver, given.getHostString(), () -> waitingTime(timeoutAt, "look-up")).stream()
                    .map(address -> new InetSocketAddress(address, given.getPort()))
                    .toList();
        } finally {
            lookingUp = null;
        }
    }

    private void connectToOneOf(List<? extends SocketAddress> addresses, long timeoutAt) throws IOException {
        List<IOException> failures = new ArrayList<>();
        for (int i = 0; ; i++) {
            try {
                if (i > 0) {
                    replaceChannel();
                }
                connectTo(addresses.get(i), share(timeoutAt, addresses.size() - i));
                return;
            } catch (IOException e) {
                if (i == addresses.size() - 1 || closed || deadlineMissed || isPast(timeoutAt)) {
                    failures.forEach(e::addSuppressed);
                    throw e;
                }
                failures.add(e);
            }
        }
    }

    private void connectTo(SocketAddress address, long timeoutAt) throws IOException {
        boolean connected = channel.connect(address);
        SelectionKey key = channel.register(readSelector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT);
        if (!connected) {
            do {
                awaitUntil(timeoutAt, readSelector, "connect");
            } while (!channel.finishConnect());
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    /** Says that a TLS handshake begins, for the time that it takes. By the connecting thread. */
    public final void encrypts() {
        stamps.enter(Phase.TLS);
    }

    /** Says that the handshake is over. By the connecting thread. */
    public final void encrypted() {
        stamps.encrypted();
    }

    /**
     * {@inheritDoc}
     *
     * <p>pgjdbc does the TLS handshake by itself, and this is the first that it wants of a socket that has become secure.
     */
    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        super.setTcpNoDelay(on);
        stamps.encrypted();
    }

    /** When to give an address up, so that one which swallows everything leaves the others their part of the time. */
    private long share(long timeoutAt, int addresses) {
        if (addresses == 1) {
            return timeoutAt;
        }
        long now = System.nanoTime();
        long left = Math.min(
                bounded ? deadlineNanos - now : Long.MAX_VALUE, timeoutAt == NONE ? Long.MAX_VALUE : timeoutAt - now);
        return left == Long.MAX_VALUE ? NONE : now + left / addresses;
    }

    private void replaceChannel() throws IOException {
        channel.close();
        // Else the system would go on with what was begun until the next look at the selector.
        readSelector.selectNow();
        SocketChannel next = successor();
        synchronized (replacing) {
            channel = next;
        }
        if (closed) {
            next.close();
            throw new SocketException("Socket closed");
        }
    }

    /** Marks the socket as closed; no channel comes after the one that is returned, or it is closed by who made it. */
    final SocketChannel lastChannel() {
        closed = true;
        LockSupport.unpark(lookingUp);
        synchronized (replacing) {
            return channel;
        }
    }

    private static long momentIn(int timeoutMillis) {
        return timeoutMillis > 0 ? System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis) : NONE;
    }

    private static boolean isPast(long timeoutAt) {
        return timeoutAt != NONE && System.nanoTime() - timeoutAt >= 0;
    }

    /** Waits for the selector's one key, at most for a time-out; 0 is none. */
    final void await(Selector selector, int timeoutMillis, String doing) throws IOException {
        awaitUntil(momentIn(timeoutMillis), selector, doing);
    }

    /** Restores the interrupt flag when it is over instead of ending for it. */
    private void awaitUntil(long timeoutAt, Selector selector, String doing) throws IOException {
        boolean interrupted = false;
        try {
            for (; ; ) {
                interrupted |= Thread.interrupted();
                long left = waitingTime(timeoutAt, doing);
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

    /** How long there is to wait, or why not. */
    private long waitingTime(long timeoutAt, String doing) throws IOException {
        if (closed) {
            throw new SocketException("Socket closed");
        }
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
