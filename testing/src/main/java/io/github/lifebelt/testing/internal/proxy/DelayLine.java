package io.github.lifebelt.testing.internal.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * One direction of a proxied connection. One thread reads and notes when each piece is due, another writes it when it
 * is: a piece waits for its own delay only, not for those before it, so latency costs no throughput. A limited bandwidth
 * is paid by the reader, so that the sender is held back by it.
 */
final class DelayLine {
    private static final int PIECE_BYTES = 64 * 1024;
    // A slow line brings a little often, not much now and then.
    private static final int PORTIONS_A_SECOND = 20;
    // Enough to fill a wire of 1 GB/s and 16 ms; past that the sender is held back, as by any network.
    private static final int MOST_BYTES_UNDER_WAY = 16 * 1024 * 1024;
    // Parking oversleeps by 0.05 to 0.13 ms (the kernel's timer slack and waking up), so the rest is spun.
    private static final long SPIN_NANOS = 130_000;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final byte[] NOTHING = {};

    /** What comes with a piece, or instead of one. */
    private enum Ending {
        NONE,
        FINISH,
        RESET
    }

    private static final class Piece {
        final byte[] bytes;
        final Ending ending;
        final long dueNanos;

        Piece(byte[] bytes, Ending ending, long dueNanos) {
            this.bytes = bytes;
            this.ending = ending;
            this.dueNanos = dueNanos;
        }
    }

    private final ProxiedConnection connection;
    private final Socket from;
    private final Socket to;
    private final LongAdder counter;
    private final SplittableRandom random;
    private final LinkedBlockingQueue<Piece> underWay = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(MOST_BYTES_UNDER_WAY);
    private long lineFreeNanos = System.nanoTime();
    private int bytesOneAtATime;
    private volatile boolean closed;
    private volatile boolean ended;
    private volatile boolean lost;

    /**
     * @param random where jitter comes from, for this line only
     * @param bytesOneAtATime how many bytes at the beginning come one by one, each after the pause of a slow handshake
     */
    DelayLine(
            ProxiedConnection connection,
            Socket from,
            Socket to,
            LongAdder counter,
            SplittableRandom random,
            int bytesOneAtATime) {
        this.connection = connection;
        this.from = from;
        this.to = to;
        this.counter = counter;
        this.random = random;
        this.bytesOneAtATime = bytesOneAtATime;
    }

    /** Closes towards the receiver, after what is under way. */
    void finish() {
        underWay.add(new Piece(NOTHING, Ending.FINISH, System.nanoTime()));
    }

    /** Whether the receiver knows that nothing more will come. */
    boolean isClosedTowards(Socket receiver) {
        return closed && receiver == to;
    }

    /** Lets nothing through any more, neither bytes nor closes; nobody is told. */
    void lose() {
        lost = true;
    }

    /** Lets a reader that waits for room go on, because nothing is written any more. */
    void giveUp() {
        room.release(MOST_BYTES_UNDER_WAY);
    }

    /** Reads until the sender has closed. */
    void read() throws InterruptedException {
        byte[] buffer = new byte[PIECE_BYTES];
        try {
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                if (connection.wasToldOfFinish(from)) {
                    ProxiedConnection.closeWithReset(from);
                    return;
                }
                if (!connection.isFinishing() && !swallows()) {
                    connection.carries();
                    carry(buffer, n);
                }
            }
            put(NOTHING, Ending.FINISH);
        } catch (IOException e) {
            put(NOTHING, Ending.RESET);
        }
    }

    /** Whether the receiver was told of an ending, or never will be. */
    boolean hasEnded() {
        return ended;
    }

    /** Writes until an ending was passed on. */
    void write() throws InterruptedException {
        try {
            writeToTheEnd();
        } finally {
            ended = true;
            giveUp();
        }
    }

    private void writeToTheEnd() throws InterruptedException {
        while (true) {
            Piece piece = underWay.take();
            awaitTime(piece.dueNanos);
            room.release(piece.bytes.length);
            switch (piece.ending) {
                case NONE -> forward(piece.bytes);
                case FINISH -> {
                    forwardFinish();
                    return;
                }
                case RESET -> {
                    resetUnlessLost();
                    return;
                }
            }
        }
    }

    /** Takes bytes on their way, in portions and as fast as the line carries them. */
    private void carry(byte[] bytes, int count) throws InterruptedException {
        int done = 0;
        while (done < count) {
            long limit = connection.conditions().bytesPerSecond();
            int n = limit == 0 ? count - done : (int) Math.max(1, Math.min(count - done, limit / PORTIONS_A_SECOND));
            if (limit > 0) {
                awaitLine(n, limit);
            }
            room.acquire(n);
            put(Arrays.copyOfRange(bytes, done, done + n), Ending.NONE);
            done += n;
        }
    }

    /** Waits as long as the line needs for a portion, or until its bandwidth is changed. */
    private void awaitLine(int count, long limit) throws InterruptedException {
        long free = Math.max(System.nanoTime(), lineFreeNanos) + count * SECOND / limit;
        long left = free - System.nanoTime();
        while (left > 0 && connection.conditions().bytesPerSecond() == limit) {
            park(left);
            left = free - System.nanoTime();
        }
        lineFreeNanos = left > 0 ? System.nanoTime() : free;
    }

    private void put(byte[] bytes, Ending ending) {
        Conditions now = connection.conditions();
        long jitter = now.jitterNanos() == 0 ? 0 : random.nextLong(now.jitterNanos());
        underWay.add(new Piece(bytes, ending, System.nanoTime() + now.latencyNanos() + jitter));
    }

    private void forward(byte[] bytes) throws InterruptedException {
        try {
            OutputStream out = to.getOutputStream();
            int done = 0;
            while (done < bytes.length) {
                int n = awaitPause() ? 1 : bytes.length - done;
                if (swallows()) {
                    return;
                }
                // Counted first, so that who has seen an answer also sees it counted.
                counter.add(n);
                connection.passes(this);
                out.write(bytes, done, n);
                done += n;
            }
        } catch (IOException e) {
            resetUnlessLost();
        }
    }

    /** Waits before a byte of a slow handshake; false if the handshake is over or the network was healed. */
    private boolean awaitPause() throws InterruptedException {
        long start = System.nanoTime();
        while (bytesOneAtATime > 0) {
            long pause = connection.conditions().handshakePauseNanos();
            long left = pause - (System.nanoTime() - start);
            if (pause == 0) {
                bytesOneAtATime = 0;
            } else if (left <= 0) {
                bytesOneAtATime--;
                return true;
            } else {
                park(left);
            }
        }
        return false;
    }

    private void forwardFinish() {
        if (connection.isFinishing() || !swallows()) {
            try {
                to.shutdownOutput();
                closed = true;
            } catch (IOException e) {
                resetUnlessLost();
            }
        }
    }

    private void resetUnlessLost() {
        if (!swallows()) {
            connection.reset();
        }
    }

    private boolean swallows() {
        return lost || connection.swallows();
    }

    private static void awaitTime(long dueNanos) throws InterruptedException {
        for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
            if (left > SPIN_NANOS) {
                park(left - SPIN_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private static void park(long nanos) throws InterruptedException {
        LockSupport.parkNanos(nanos);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }
}
