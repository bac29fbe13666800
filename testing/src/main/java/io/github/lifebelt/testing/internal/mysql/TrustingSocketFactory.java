package io.github.lifebelt.testing.internal.mysql;

import com.mysql.cj.log.Log;
import com.mysql.cj.protocol.ServerSession;
import com.mysql.cj.protocol.SocketConnection;
import com.mysql.cj.protocol.StandardSocketFactory;
import io.github.lifebelt.testing.internal.certificates.TrustsAll;
import java.io.Closeable;
import java.io.IOException;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLSocket;

/**
 * TLS to a server whatever certificate it shows, for the administrator of a test's own server: bad certificates are
 * among the faults to be had. MySQL's driver makes one of these by its name.
 */
// The driver's declarations; the T it asks for is always a Socket.
@SuppressWarnings("TypeParameterUnusedInFormals")
public final class TrustingSocketFactory extends StandardSocketFactory {
    @Override
    public <T extends Closeable> T performTlsHandshake(SocketConnection connection, ServerSession session)
            throws IOException {
        return handshake();
    }

    @Override
    public <T extends Closeable> T performTlsHandshake(SocketConnection connection, ServerSession session, Log log)
            throws IOException {
        return handshake();
    }

    @SuppressWarnings("unchecked")
    private <T extends Closeable> T handshake() throws IOException {
        try {
            SSLSocket socket = (SSLSocket) TrustsAll.sockets().createSocket(rawSocket, host, port, true);
            socket.startHandshake();
            sslSocket = socket;
            return (T) socket;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }
}
