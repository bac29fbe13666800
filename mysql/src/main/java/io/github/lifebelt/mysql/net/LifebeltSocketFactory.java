package io.github.lifebelt.mysql.net;

import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.conf.PropertySet;
import com.mysql.cj.log.Log;
import com.mysql.cj.protocol.ServerSession;
import com.mysql.cj.protocol.SocketConnection;
import com.mysql.cj.protocol.SocketFactory;
import com.mysql.cj.protocol.StandardSocketFactory;
import com.mysql.cj.util.Util;
import io.github.lifebelt.mysql.net.Attempts.Attempt;
import io.github.lifebelt.mysql.net.Attempts.Target;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.ProbeSocket;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Gives Connector/J the sockets of a connect that is under way, and TLS by the pool's own context. No API.
 *
 * <p>The driver makes one for each connection, and another one for the short session over which it kills a statement
 * that has run out of time. That session gets an ordinary socket, since it must not take the place of the socket that
 * the pool probes; it goes to the address to which the connection stands, as the name may have moved meanwhile.
 *
 * <p>Deadlines are the socket's: of the driver's own time-outs only {@code connectTimeout} counts, for TCP alone. The
 * host name is looked up by the socket, by the pool's resolver.
 *
 * <p>Where the URL names another socket factory, all of them come from that one, and TLS within is still the pool's.
 *
 * <p>Used by one connecting thread.
 */
// The driver's declarations; the T it asks for is always a Socket.
@SuppressWarnings({"TypeParameterUnusedInFormals", "unchecked"})
public final class LifebeltSocketFactory extends StandardSocketFactory {

    // For each answer of the server that a statement is to be killed on. The driver itself would wait for ever, and the
    // thread whose statement it was with it.
    private static final int KILL_TIMEOUT_MILLIS = 10_000;

    /** What TLS may speak, as the driver has it: older versions are broken. */
    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private @Nullable Target target;

    /** For the driver. */
    public LifebeltSocketFactory() {}

    @Override
    public <T extends Closeable> T connect(String hostname, int portNumber, PropertySet properties, int loginTimeout)
            throws IOException {
        Attempt attempt = Attempts.current();
        if (attempt != null) {
            return (T) connect(attempt, properties);
        }
        Target known = Attempts.of(properties);
        if (known == null) {
            throw new SocketException("the pool knows of no connection for which this one could be");
        }
        return (T) connectAgain(known, properties);
    }

    private Socket connect(Attempt attempt, PropertySet properties) throws IOException {
        ConnectRequest request = attempt.request();
        if (attempt.foreign() != null) {
            Socket made = foreign(attempt.foreign(), attempt.host(), attempt.port(), properties);
            request.adopt(made, attempt.untilNanos());
            return reached(made, attempt, properties);
        }
        ProbeSocket socket = request.newSocket();
        socket.deadline(attempt.untilNanos());
        setUp(socket, properties);
        socket.connect(
                InetSocketAddress.createUnresolved(attempt.host(), attempt.port()),
                properties.getIntegerProperty(PropertyKey.connectTimeout).getValue());
        return reached(socket, attempt, properties);
    }

    private Socket reached(Socket socket, Attempt attempt, PropertySet properties) {
        SocketAddress peer = socket.getRemoteSocketAddress();
        SocketAddress address =
                peer == null ? InetSocketAddress.createUnresolved(attempt.host(), attempt.port()) : peer;
        Target reached = new Target(
                address, attempt.host(), attempt.port(), attempt.request().tls(), attempt.foreign());
        Attempts.reached(properties, reached);
        return remember(socket, reached);
    }

    /** A socket of the factory that the URL names, which may lead to wherever it likes. */
    private static Socket foreign(String className, String host, int port, PropertySet properties) throws IOException {
        try {
            SocketFactory factory = Util.getInstance(SocketFactory.class, className, null, null, null);
            Socket socket = factory.connect(host, port, properties, 0);
            if (socket != null) {
                return socket;
            }
        } catch (RuntimeException e) {
            // In its own words: the driver would hide them in a fault of its own.
            throw new IOException("socket factory " + className + " fails: " + e, e);
        }
        throw new SocketException("socket factory " + className + " has made no socket");
    }

    private Socket connectAgain(Target known, PropertySet properties) throws IOException {
        if (known.foreign() != null) {
            Socket made = foreignAgain(known.foreign(), known, properties);
            made.setSoTimeout(KILL_TIMEOUT_MILLIS);
            return remember(made, known);
        }
        Socket socket = new Socket();
        try {
            setUp(socket, properties);
            socket.connect(known.address(), KILL_TIMEOUT_MILLIS);
            socket.setSoTimeout(KILL_TIMEOUT_MILLIS);
            return remember(socket, known);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket foreignAgain(String className, Target known, PropertySet properties) throws IOException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(KILL_TIMEOUT_MILLIS);
        try {
            return ConnectRequest.within(until, () -> foreign(className, known.host(), known.port(), properties));
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    private void setUp(Socket socket, PropertySet properties) throws IOException {
        configureSocket(socket, properties);
        String local =
                properties.getStringProperty(PropertyKey.localSocketAddress).getValue();
        if (local != null && !local.isEmpty()) {
            socket.bind(new InetSocketAddress(local, 0));
        }
    }

    private Socket remember(Socket socket, Target reached) {
        target = reached;
        host = reached.host();
        port = reached.port();
        rawSocket = socket;
        sslSocket = socket;
        return socket;
    }

    /** The driver would bound reads by what is left of its login time-out. */
    @Override
    public void beforeHandshake() {}

    /** Nothing was changed before. */
    @Override
    public void afterHandshake() {}

    @Override
    public <T extends Closeable> T performTlsHandshake(SocketConnection connection, ServerSession session)
            throws IOException {
        return performTlsHandshake(connection, session, null);
    }

    /**
     * {@inheritDoc}
     *
     * <p>In place of {@code ExportControlled.performTlsHandshake}, which reads key stores from files, makes a context for
     * each connection, so that no session is resumed, and refuses an expired certificate even where nothing is to be
     * verified.
     */
    @Override
    public <T extends Closeable> T performTlsHandshake(
            SocketConnection connection, ServerSession session, @Nullable Log log) throws IOException {
        Target to = target;
        SSLContext context = to == null ? null : to.tls().context();
        if (to == null || context == null) {
            throw new SocketException("TLS was begun though it is off");
        }
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(rawSocket, to.host(), to.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(protocols(parameters.getProtocols(), connection.getPropertySet()));
        if (to.tls().mode() == SslMode.VERIFY_FULL) {
            // By RFC 2818: the names and addresses that the certificate is for.
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        socket.setSSLParameters(parameters);
        ProbeSocket timed = rawSocket instanceof ProbeSocket ours ? ours : null;
        if (timed != null) {
            timed.encrypts();
        }
        socket.startHandshake();
        if (timed != null) {
            timed.encrypted();
        }
        sslSocket = socket;
        return (T) socket;
    }

    /** What the JDK has enabled and the driver's property {@code tlsVersions} leaves. */
    private static String[] protocols(String[] enabled, PropertySet properties) {
        String wanted = properties.getStringProperty(PropertyKey.tlsVersions).getValue();
        List<String> chosen = wanted == null
                ? PROTOCOLS
                : Arrays.stream(wanted.split(",", -1)).map(String::trim).toList();
        return Arrays.stream(enabled)
                .filter(PROTOCOLS::contains)
                .filter(chosen::contains)
                .toArray(String[]::new);
    }
}
