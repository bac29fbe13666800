package io.github.lifebelt.postgres.net;

import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of a factory that the URL names, for one connection and for what cancels its statements. Some come
 * connected, to wherever the factory likes; the others are connected to the host of the URL, as the driver does.
 *
 * <p>Thread-safe.
 */
final class ForeignSockets {

    private final SocketFactory factory;
    private final InetSocketAddress host;
    private final @Nullable String from;
    private volatile SocketAddress address;

    ForeignSockets(SocketFactory factory, InetSocketAddress host, @Nullable String from) {
        this.factory = factory;
        this.host = host;
        this.from = from;
        this.address = host;
    }

    /** On a thread that may be left behind: nothing in here holds the deadline but that the socket is closed then. */
    Socket forConnection(ConnectRequests.Target target, int timeoutMillis) throws IOException {
        Socket socket = made();
        target.request().adopt(socket, target.untilNanos());
        if (!socket.isConnected()) {
            address = looked(target.request().resolver());
        }
        return KeepAlive.apply(
                connected(socket, timeoutMillis), target.request().url());
    }

    Socket forCancel(int timeoutMillis) throws IOException {
        if (timeoutMillis == 0) {
            return connected(made(), 0);
        }
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        try {
            return ConnectRequest.within(until, () -> connected(made(), timeoutMillis));
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    /** With its name if it fails: the driver would blame the host of the URL, or take it for a fault of its own. */
    private Socket made() throws IOException {
        try {
            Socket socket = factory.createSocket();
            if (socket != null) {
                return socket;
            }
        } catch (IOException | RuntimeException e) {
            throw new IOException("socket factory " + factory.getClass().getName() + " fails: " + e, e);
        }
        throw new IOException("socket factory " + factory.getClass().getName() + " has made no socket");
    }

    private Socket connected(Socket socket, int timeoutMillis) throws IOException {
        return socket.isConnected() ? socket : LifebeltSocketFactory.connected(socket, from, address, timeoutMillis);
    }

    /** A path, or a name that nobody knows, may still tell the factory's sockets something. */
    private SocketAddress looked(HostResolver resolver) {
        if (host.getHostString().startsWith("/")) {
            return host;
        }
        try {
            return new InetSocketAddress(
                    HostResolver.addresses(resolver, host.getHostString()).get(0), host.getPort());
        } catch (UnknownHostException e) {
            return host;
        }
    }
}
