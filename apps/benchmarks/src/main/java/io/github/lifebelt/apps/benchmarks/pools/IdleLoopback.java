package io.github.lifebelt.apps.benchmarks.pools;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Two connected sockets on which nothing is said: the yardstick of the probe is what a bare read of one costs. */
public final class IdleLoopback implements AutoCloseable {

    private static final int AS_LARGE_AS_THE_PROBES = 16 * 1024;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(AS_LARGE_AS_THE_PROBES);
    private final SocketChannel client;
    private final SocketChannel peer;

    /** Connects. */
    public IdleLoopback() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            client = SocketChannel.open(listener.getLocalAddress());
            peer = listener.accept();
        }
        client.configureBlocking(false);
    }

    /** One read that finds nothing. */
    public int read() throws IOException {
        buffer.clear();
        return client.read(buffer);
    }

    @Override
    public void close() throws IOException {
        client.close();
        peer.close();
    }
}
