package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.Transport;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A TCP handshake: cheap for both sides, and enough to know that nobody is there. */
final class TcpCheck {
    private static final Logger LOG = LoggerFactory.getLogger(TcpCheck.class);
    private static final int TIMEOUT_MILLIS = 1000;

    private final List<DatabaseUrl.Host> hosts;
    private final HostResolver resolver;
    private final int defaultPort;

    TcpCheck(PoolConfig config, Dialect dialect) {
        // Where a foreign socket factory leads to, nobody else knows.
        this.hosts = dialect.transport(config.url()) == Transport.HOSTS
                ? config.url().hosts()
                : List.of();
        this.resolver = config.resolver();
        this.defaultPort = dialect.defaultPort();
    }

    /** Whether a login is worth trying. */
    boolean somebodyListens() {
        if (hosts.isEmpty()) {
            return true;
        }
        for (DatabaseUrl.Host host : hosts) {
            if (host.name().isEmpty() || host.name().startsWith("/")) {
                return true;
            }
            try {
                List<InetAddress> addresses = HostResolver.addresses(resolver, host.name());
                if (listens(addresses, host.port() == null ? defaultPort : host.port())) {
                    return true;
                }
            } catch (UnknownHostException e) {
                // The next host, then. People are shown the failure of the whole connect, which the gate holds.
                LOG.trace("{} has no address", host, e);
            }
        }
        return false;
    }

    private static boolean listens(List<InetAddress> addresses, int port) {
        for (InetAddress address : addresses) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
                return true;
            } catch (IOException e) {
                LOG.trace("nobody listens at {} port {}", address, port, e);
            }
        }
        return false;
    }
}
