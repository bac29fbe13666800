package io.github.lifebelt.testing.internal.proxy;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One side of a relayed connection, with or without TLS. */
final class Leg {
    private static final Logger LOG = LoggerFactory.getLogger(Leg.class);
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Socket socket;
    private volatile @Nullable SSLSocket tls;

    Leg(Socket socket) {
        this.socket = socket;
    }

    /** Speaks TLS from now on; waits for the other side to do the same. */
    void startTls(Tls settings, boolean asClient) throws IOException {
        SSLSocket layer = settings.layer(socket, asClient);
        tls = layer;
        layer.startHandshake();
    }

    /** Takes so many bytes and none beyond them, which may be the beginning of a TLS handshake. */
    byte[] readExactly(int count) throws IOException {
        byte[] bytes = input().readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("The stream ended before a login");
        }
        return bytes;
    }

    void write(byte... bytes) throws IOException {
        OutputStream out = current().getOutputStream();
        out.write(bytes);
        out.flush();
    }

    InputStream input() throws IOException {
        return current().getInputStream();
    }

    /** What is written here leaves when it is flushed. */
    OutputStream bufferedOutput() throws IOException {
        return new BufferedOutputStream(current().getOutputStream(), BUFFER_BYTES);
    }

    /** Tells the other side that nothing more will come, as TLS does it and as TCP does it. */
    void finish() {
        SSLSocket layer = tls;
        if (layer != null) {
            try {
                layer.shutdownOutput();
            } catch (IOException e) {
                LOG.trace("No close_notify", e);
            }
        }
        if (!socket.isOutputShutdown()) {
            try {
                socket.shutdownOutput();
            } catch (IOException e) {
                LOG.trace("Was closed already", e);
            }
        }
    }

    /** Past TLS, which would wait for the other side. */
    void reset() {
        ProxiedConnection.closeWithReset(socket);
    }

    void close() {
        ProxiedConnection.closeQuietly(socket);
    }

    private Socket current() {
        SSLSocket layer = tls;
        return layer != null ? layer : socket;
    }
}
