package io.github.lifebelt.postgres.net;

import io.github.lifebelt.spi.ProbeSocket;
import java.io.IOException;
import java.net.Socket;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import org.postgresql.ssl.WrappedFactory;

/**
 * Gives pgjdbc the TLS sockets of a pool's {@link SSLContext}. No API.
 *
 * <p>The context decides whom to trust. For {@code verify-full} the driver compares the host name itself, with its
 * {@code PGjdbcHostnameVerifier}, whatever factory made the socket.
 *
 * <p>Thread-safe.
 */
public final class LifebeltSslFactory extends WrappedFactory {

    /**
     * For the driver.
     *
     * @param info the connection's properties, of which {@code sslfactoryarg} is the context's token
     */
    public LifebeltSslFactory(Properties info) {
        String token = info.getProperty("sslfactoryarg", "");
        SSLContext context = ConnectRequests.context(token);
        if (context == null) {
            throw new IllegalStateException("TLS context " + token + " is gone: the pool it belonged to was closed");
        }
        factory = context.getSocketFactory();
    }

    /** For the driver, which begins the handshake right after. */
    @Override
    public Socket createSocket(Socket below, String host, int port, boolean autoClose) throws IOException {
        Socket secure = super.createSocket(below, host, port, autoClose);
        if (below instanceof ProbeSocket timed) {
            timed.encrypts();
        }
        return secure;
    }
}
