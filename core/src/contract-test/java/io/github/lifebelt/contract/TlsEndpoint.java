package io.github.lifebelt.contract;

import io.github.lifebelt.testing.TestCertificates;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The far end of a cloud's connector: takes TLS from the first byte on, and hands on what is in it. */
final class TlsEndpoint implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TlsEndpoint.class);

    private final ServerSocket listening;
    private final int serverPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private TlsEndpoint(ServerSocket listening, int serverPort) {
        this.listening = listening;
        this.serverPort = serverPort;
    }

    static TlsEndpoint to(int serverPort) throws IOException {
        ServerSocket listening =
                context().getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        TlsEndpoint endpoint = new TlsEndpoint(listening, serverPort);
        start(endpoint::accept);
        return endpoint;
    }

    int port() {
        return listening.getLocalPort();
    }

    private static SSLContext context() throws IOException {
        ServerCertificate server = TestCertificates.shared().server();
        try (InputStream text = Files.newInputStream(server.chain())) {
            Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(text)
                    .toArray(Certificate[]::new);
            String base64 = Files.readString(server.privateKey()).replaceAll("-----[A-Z ]+-----", "");
            PrivateKey key = KeyFactory.getInstance(chain[0].getPublicKey().getAlgorithm())
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, new char[0]);
            store.setKeyEntry("server", key, new char[0], chain);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private void accept() throws IOException {
        for (; ; ) {
            Socket client = listening.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            sockets.add(client);
            sockets.add(server);
            start(() -> handOn(client, server));
            start(() -> handOn(server, client));
        }
    }

    private static void handOn(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        }
    }

    private interface Io {
        void run() throws IOException;
    }

    private static void start(Io io) {
        Thread thread = new Thread(
                () -> {
                    try {
                        io.run();
                    } catch (IOException e) {
                        LOG.debug("one side has ended", e);
                    }
                },
                "tls-endpoint");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
