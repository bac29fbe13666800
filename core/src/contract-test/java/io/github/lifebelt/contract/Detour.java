package io.github.lifebelt.contract;

import io.github.lifebelt.testing.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * Where a test's own socket factory leads to, whatever host the URL names: to a port of this machine, as a plain socket or
 * as one that has TLS already, as the connectors of clouds return it. The factory finds it by the driver property
 * {@link #PROPERTY}, which no driver knows.
 */
public final class Detour implements AutoCloseable {

    /** The property with the detour's number. */
    public static final String PROPERTY = "detour";

    private static final Map<String, Detour> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT = new AtomicLong();
    private static final long LONG_ENOUGH_SECONDS = 60;

    private final String id;
    private final boolean tls;
    private final List<Socket> made = new CopyOnWriteArrayList<>();
    private volatile int port;
    private volatile CountDownLatch obstacle = new CountDownLatch(0);

    Detour(int port, boolean tls) {
        this(String.valueOf(NEXT.incrementAndGet()), port, tls);
    }

    /** For a factory that goes by another property. */
    public Detour(String id, int port, boolean tls) {
        this.id = id;
        this.port = port;
        this.tls = tls;
        OPEN.put(id, this);
    }

    /** The one that a factory was told of. */
    public static Detour of(String id) {
        return OPEN.get(id);
    }

    String id() {
        return id;
    }

    /** For factories: connected, and through TLS if that is wanted. Blocks as long as it is blocked. */
    public Socket open() throws IOException {
        try {
            if (!obstacle.await(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("still blocked");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        made.add(socket);
        if (!tls) {
            return socket;
        }
        SSLSocket layer = (SSLSocket) trusting().getSocketFactory().createSocket(socket, "localhost", port, true);
        layer.startHandshake();
        return layer;
    }

    private static SSLContext trusting() throws IOException {
        try (InputStream in = Files.newInputStream(TestCertificates.shared().authorityTrustStore())) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, TestCertificates.TRUST_STORE_PASSWORD.toCharArray());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** From now on factories hang, as one does whose cloud does not answer. */
    void block() {
        obstacle = new CountDownLatch(1);
    }

    void unblock() {
        obstacle.countDown();
    }

    void leadTo(int otherPort) {
        port = otherPort;
    }

    /** All sockets that were made, in their order. */
    List<Socket> made() {
        return made;
    }

    @Override
    public void close() {
        unblock();
        OPEN.remove(id);
    }
}
