package io.github.lifebelt.testing.internal.proxy;

import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * One direction of a proxied connection. One thread reads and notes when each piece is due, another writes it when it
 * is: a piece waits for its own delay only, not for those before it, so latency costs no throughput.
 */
final class DelayLine {
    private static final int PIECE_BYTES = 64 * 1024;
    // Enough to fill a wire of 1 GB/s and 16 ms; past that the sender is held back, as by any network.
    private static final int MOST_BYTES_UNDER_WAY = 16 * 1024 * 1024;
    // Parking oversleeps by 0.05 to 0.13 ms (the kernel's timer slack and waking up), so the rest is spun.
    private static final long SPIN_NANOS = 130_000;
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
    private final LinkedBlockingQueue<Piece> underWay = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(MOST_BYTES_UNDER_WAY);
    private volatile boolean closed;

    DelayLine(ProxiedConnection connection, Socket from, Socket to, LongAdder counter) {
        this.connection = connection;
        this.from = from;
        this.to = to;
        this.counter = counter;
    }

    /** Closes towards the receiver, after what is under way. */
    void finish() {
        underWay.add(new Piece(NOTHING, Ending.FINISH, System.nanoTime()));
    }

    /** Whether the receiver knows that nothing more will come. */
    boolean isClosedTowards(Socket receiver) {
        return closed && receiver == to;
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
                if (!connection.isFinishing() && !connection.swallows()) {
                    room.acquire(n);
                    put(Arrays.copyOf(buffer, n), Ending.NONE);
                }
            }
            put(NOTHING, Ending.FINISH);
        } catch (IOException e) {
            put(NOTHING, Ending.RESET);
        }
    }

    /** Writes until an ending was passed on. */
    void write() throws InterruptedException {
        try {
            writeToTheEnd();
        } finally {
            // A reader that waits for room may go on: what it has is not written any more.
            room.release(MOST_BYTES_UNDER_WAY);
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
                    if (!connection.swallows()) {
                        connection.reset();
                    }
                    return;
                }
            }
        }
    }

    private void put(byte[] bytes, Ending ending) {
        underWay.add(new Piece(bytes, ending, System.nanoTime() + connection.latencyNanos()));
    }

    private void forward(byte[] bytes) {
        if (connection.swallows()) {
            return;
        }
        try {
            // Counted first, so that who has seen an answer also sees it counted.
            counter.add(bytes.length);
            to.getOutputStream().write(bytes);
        } catch (IOException e) {
            connection.reset();
        }
    }

    private void forwardFinish() {
        if (connection.isFinishing() || !connection.swallows()) {
            try {
                to.shutdownOutput();
                closed = true;
            } catch (IOException e) {
                connection.reset();
            }
        }
    }

    private static void awaitTime(long dueNanos) throws InterruptedException {
        for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
            if (left > SPIN_NANOS) {
                LockSupport.parkNanos(left - SPIN_NANOS);
            } else {
                Thread.onSpinWait();
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
