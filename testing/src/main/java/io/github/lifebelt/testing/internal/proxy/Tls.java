package io.github.lifebelt.testing.internal.proxy;

import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.certificates.TrustsAll;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** TLS with the server's certificate towards clients, and without any demands towards the server. */
final class Tls {
    private static final char[] NO_PASSWORD = {};

    private final SSLSocketFactory towardsClients;
    private final SSLSocketFactory towardsServer;

    private Tls(SSLSocketFactory towardsClients, SSLSocketFactory towardsServer) {
        this.towardsClients = towardsClients;
        this.towardsServer = towardsServer;
    }

    /**
     * Reads a certificate and its key.
     *
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if they are no certificate and its key
     */
    static Tls of(ServerCertificate certificate) throws IOException {
        try (InputStream chainText = Files.newInputStream(certificate.chain())) {
            Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(chainText)
                    .toArray(Certificate[]::new);
            if (chain.length == 0) {
                throw new CertificateException("no certificate in it");
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NO_PASSWORD);
            String algorithm = chain[0].getPublicKey().getAlgorithm();
            store.setKeyEntry("server", privateKey(certificate.privateKey(), algorithm), NO_PASSWORD, chain);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, NO_PASSWORD);
            // Two contexts: a client that has a server's certificate to offer is refused by a server that asks.
            return new Tls(sockets(keys.getKeyManagers()), TrustsAll.sockets());
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    certificate.chain() + " is no certificate with the key " + certificate.privateKey() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static SSLSocketFactory sockets(KeyManager[] keys) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, null, null);
        return context.getSocketFactory();
    }

    /** TLS above a connected socket, before the handshake. */
    SSLSocket layer(Socket socket, boolean asClient) throws IOException {
        SSLSocketFactory factory = asClient ? towardsServer : towardsClients;
        SSLSocket layer = (SSLSocket) factory.createSocket(socket, null, socket.getPort(), true);
        layer.setUseClientMode(asClient);
        return layer;
    }

    private static PrivateKey privateKey(Path file, String algorithm) throws IOException, GeneralSecurityException {
        String base64 = Files.readString(file).replaceAll("-----[A-Z ]+-----", "");
        return KeyFactory.getInstance(algorithm)
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
    }
}
