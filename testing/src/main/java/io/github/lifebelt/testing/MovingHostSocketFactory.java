package io.github.lifebelt.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes sockets that go to where a {@link MovingHost} points to at that moment. The PostgreSQL JDBC driver makes it by
 * name, from {@link MovingHost#pgjdbcProperties()}; nobody else needs it.
 *
 * <p>Thread-safe.
 */
public final class MovingHostSocketFactory extends SocketFactory {

    private final MovingHost host;

    /**
     * For the driver.
     *
     * @param token the driver's property {@code socketFactoryArg}
     * @throws IllegalArgumentException if no host of this JVM has the token
     */
    public MovingHostSocketFactory(String token) {
        MovingHost known = MovingHost.byToken(token);
        if (known == null) {
            throw new IllegalArgumentException(
                    "no MovingHost has the token '" + token + "'; take what pgjdbcProperties() returns as it is");
        }
        host = known;
    }

    @Override
    public Socket createSocket() {
        return new MovingSocket(host);
    }

    @Override
    public Socket createSocket(String name, int port) throws IOException {
        return connected(InetSocketAddress.createUnresolved(name, port), null);
    }

    @Override
    public Socket createSocket(InetAddress address, int port) throws IOException {
        return connected(new InetSocketAddress(address, port), null);
    }

    @Override
    public Socket createSocket(String name, int port, InetAddress localAddress, int localPort) throws IOException {
        return connected(
                InetSocketAddress.createUnresolved(name, port), new InetSocketAddress(localAddress, localPort));
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return connected(new InetSocketAddress(address, port), new InetSocketAddress(localAddress, localPort));
    }

    private Socket connected(InetSocketAddress target, @Nullable InetSocketAddress local) throws IOException {
        Socket socket = createSocket();
        try {
            if (local != null) {
                socket.bind(local);
            }
            socket.connect(target);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static final class MovingSocket extends Socket {
        private final MovingHost host;

        MovingSocket(MovingHost host) {
            this.host = host;
        }

        @Override
        public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
            SocketAddress target = endpoint;
            if (endpoint instanceof InetSocketAddress given
                    && (given.isUnresolved() || given.getHostString().equalsIgnoreCase(host.name()))) {
                target = new InetSocketAddress(
                        host.resolve(given.getHostString()).get(0), given.getPort());
            }
            super.connect(target, timeoutMillis);
        }
    }
}
