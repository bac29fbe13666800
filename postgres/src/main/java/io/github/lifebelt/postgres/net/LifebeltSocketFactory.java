package io.github.lifebelt.postgres.net;

import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.HostResolver;
import io.github.lifebelt.spi.ProbeSocket;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.List;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Gives pgjdbc the sockets of a connect that is under way, and plain ones afterwards. No API.
 *
 * <p>The driver keeps the factory for the life of the connection and asks it again for the second, short-lived
 * connection over which it cancels a statement. By then the token is unknown, and the cancel gets an ordinary socket:
 * it must not take the place of the socket that the pool probes, and its time-out is the driver's own
 * ({@code cancelSignalTimeout}). It goes to the address to which the connection stands, since the name may have moved
 * meanwhile, or have several addresses, or mean nothing to the JDK.
 *
 * <p>Thread-safe.
 */
public final class LifebeltSocketFactory extends SocketFactory {

    // With one of these the driver has something to say about the connect itself.
    private static final List<String> OF_THE_CONNECT =
            List.of("connect_timeout", "connectTimeout", "localSocketAddress");

    private static final int DEFAULT_PORT = 5432;

    private final String token;
    private volatile @Nullable ProbeSocket last;

    /**
     * For the driver.
     *
     * @param token the driver's property {@code socketFactoryArg}
     */
    public LifebeltSocketFactory(String token) {
        this.token = token;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Already connected if there is no doubt where to and the pool has a resolver of its own: the driver would ask the
     * JDK first, whose look-up has no time-out, only for its answer to be thrown away.
     */
    @Override
    public Socket createSocket() throws IOException {
        Socket socket = unconnected();
        ConnectRequest request = ConnectRequests.request(token);
        if (request != null && request.resolver() != HostResolver.JDK) {
            InetSocketAddress only = onlyTarget(request.url());
            if (only != null) {
                socket.connect(only);
            }
        }
        return socket;
    }

    private static @Nullable InetSocketAddress onlyTarget(DatabaseUrl url) {
        if (url.hosts().size() != 1 || OF_THE_CONNECT.stream().anyMatch(url.parameters()::containsKey)) {
            return null;
        }
        DatabaseUrl.Host host = url.hosts().get(0);
        return host.name().isEmpty()
                ? null
                : InetSocketAddress.createUnresolved(host.name(), host.port() == null ? DEFAULT_PORT : host.port());
    }

    private Socket unconnected() throws IOException {
        ConnectRequest request = ConnectRequests.request(token);
        if (request == null) {
            ProbeSocket connection = last;
            SocketAddress peer = connection == null ? null : connection.getRemoteSocketAddress();
            return peer == null ? new Socket() : new SocketTo(peer);
        }
        ProbeSocket socket = request.newSocket();
        last = socket;
        return KeepAlive.apply(socket, request.url());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(InetAddress.getByName(host), port, localHost, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        Socket socket = unconnected();
        socket.bind(new InetSocketAddress(localHost, localPort));
        socket.connect(new InetSocketAddress(host, port));
        return socket;
    }

    private Socket connected(InetSocketAddress address) throws IOException {
        Socket socket = unconnected();
        socket.connect(address);
        return socket;
    }

    /** Connects to one address, whatever it is told. */
    private static final class SocketTo extends Socket {
        private final SocketAddress address;

        SocketTo(SocketAddress address) {
            this.address = address;
        }

        @Override
        public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
            super.connect(address, timeoutMillis);
        }
    }
}
