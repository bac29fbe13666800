package io.github.lifebelt.postgres.net;

import io.github.lifebelt.spi.ProbeSocket;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Gives pgjdbc the sockets of a connect that is under way, and plain ones afterwards. No API.
 *
 * <p>The sockets are connected already: the driver leaves such a one alone, and would ask the JDK for the host's address
 * else, whose look-up has no time-out. So what the URL says of connecting ({@code connect_timeout},
 * {@code localSocketAddress}) is done here.
 *
 * <p>The driver keeps the factory for the life of the connection and asks it again for the second, short-lived
 * connection over which it cancels a statement. By then the token is unknown, and the cancel gets an ordinary socket:
 * it must not take the place of the socket that the pool probes, and its time-out is the driver's own
 * ({@code cancelSignalTimeout}, 10 s by default). It goes to the address to which the connection stands, since the name
 * may have moved meanwhile, or have several addresses, or mean nothing to the JDK.
 *
 * <p>Where the URL names another socket factory, both come from that one.
 *
 * <p>Thread-safe.
 */
public final class LifebeltSocketFactory extends SocketFactory {

    private static final int DEFAULT_PORT = 5432;
    private static final String DEFAULT_CANCEL_SECONDS = "10";

    private final String token;
    private volatile @Nullable ProbeSocket last;
    private volatile @Nullable ForeignSockets foreign;
    private volatile @Nullable String from;
    private volatile int cancelMillis;

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
        ConnectRequests.Target target = ConnectRequests.target(token);
        if (target == null) {
            ForeignSockets others = foreign;
            if (others != null) {
                return others.forCancel(cancelMillis);
            }
            ProbeSocket connection = last;
            SocketAddress peer = connection == null ? null : connection.getRemoteSocketAddress();
            return peer == null ? new Socket() : connected(new Socket(), peer, cancelMillis);
        }
        Map<String, String> parameters = target.request().url().parameters();
        from = parameters.get("localSocketAddress");
        cancelMillis = millis(parameters.getOrDefault("cancelSignalTimeout", DEFAULT_CANCEL_SECONDS));
        DatabaseUrl.Host host = target.host();
        InetSocketAddress address = InetSocketAddress.createUnresolved(
                host.name().isEmpty() ? "localhost" : host.name(), host.port() == null ? DEFAULT_PORT : host.port());
        String timeout = parameters.getOrDefault("connect_timeout", parameters.getOrDefault("connectTimeout", "0"));
        if (target.foreign() != null) {
            ForeignSockets others = new ForeignSockets(target.foreign(), address, from);
            foreign = others;
            return others.forConnection(target, millis(timeout));
        }
        return connected(unconnected(target), address, millis(timeout));
    }

    /** Seconds, of which 0 are none; as many as a socket can count. */
    private static int millis(String seconds) {
        return (int) Math.min(Integer.MAX_VALUE, TimeUnit.SECONDS.toMillis(Math.max(0, Long.parseLong(seconds))));
    }

    private Socket unconnected(ConnectRequests.Target target) throws IOException {
        ProbeSocket socket = target.request().newSocket();
        socket.deadline(target.untilNanos());
        last = socket;
        return KeepAlive.apply(socket, target.request().url());
    }

    private Socket connected(Socket socket, SocketAddress address, int timeoutMillis) throws IOException {
        return connected(socket, from, address, timeoutMillis);
    }

    static Socket connected(Socket socket, @Nullable String local, SocketAddress address, int timeoutMillis)
            throws IOException {
        try {
            if (local != null) {
                socket.bind(new InetSocketAddress(InetAddress.getByName(local), 0));
            }
            socket.connect(address, timeoutMillis);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    // What follows is there because a socket factory has to have it; the driver does not use it.

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket();
    }
}
