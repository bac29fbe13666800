package io.github.lifebelt.postgres.net;

import io.github.lifebelt.spi.ConnectRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Gives pgjdbc the sockets of a connect that is under way, and plain ones afterwards. No API.
 *
 * <p>The driver keeps the factory for the life of the connection and asks it again for the second, short-lived
 * connection over which it cancels a statement. By then the token is unknown, and the cancel gets an ordinary socket:
 * it must not take the place of the socket that the pool probes, and its time-out is the driver's own
 * ({@code cancelSignalTimeout}).
 *
 * <p>Thread-safe.
 */
public final class LifebeltSocketFactory extends SocketFactory {

    private final String token;

    /**
     * For the driver.
     *
     * @param token the driver's property {@code socketFactoryArg}
     */
    public LifebeltSocketFactory(String token) {
        this.token = token;
    }

    @Override
    public Socket createSocket() throws IOException {
        ConnectRequest request = ConnectRequests.request(token);
        return request == null ? new Socket() : KeepAlive.apply(request.newSocket(), request.url());
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
        Socket socket = createSocket();
        socket.bind(new InetSocketAddress(localHost, localPort));
        socket.connect(new InetSocketAddress(host, port));
        return socket;
    }

    private Socket connected(InetSocketAddress address) throws IOException {
        Socket socket = createSocket();
        socket.connect(address);
        return socket;
    }
}
