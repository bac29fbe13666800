package io.github.lifebelt.internal.tls;

import io.github.lifebelt.ConfigurationException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS contexts in memory, one for each pool: no key store files, and connections that resume each other's sessions. */
final class TrustContexts {

    private TrustContexts() {}

    /**
     * A context.
     *
     * @param verifies false to trust whoever answers
     * @param rootFile PEM certificates to trust, or null for the JDK's
     */
    static SSLContext of(boolean verifies, @Nullable String rootFile) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager[] managers = null;
            if (rootFile != null) {
                // Read also where it is not used: a wrong path is a mistake whatever the mode.
                managers = trusting(roots(rootFile));
            }
            context.init(null, verifies ? managers : new TrustManager[] {new TrustsAnybody()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new ConfigurationException(
                    "TLS_UNAVAILABLE", "this JDK cannot make a TLS context: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] trusting(KeyStore roots) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(roots);
        return factory.getTrustManagers();
    }

    private static KeyStore roots(String file) throws GeneralSecurityException {
        Collection<? extends Certificate> certificates = certificates(file);
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException("an empty key store cannot be made", e);
        }
        int number = 0;
        for (Certificate certificate : certificates) {
            store.setCertificateEntry("root-" + number++, certificate);
        }
        return store;
    }

    private static Collection<? extends Certificate> certificates(String file) {
        Path path;
        try {
            path = Path.of(file);
        } catch (InvalidPathException e) {
            throw new ConfigurationException(
                    "SSL_ROOT_CERT_MISSING", "sslrootcert '" + file + "' is no path: " + e.getReason(), e);
        }
        if (!Files.exists(path)) {
            throw new ConfigurationException(
                    "SSL_ROOT_CERT_MISSING",
                    "sslrootcert " + path.toAbsolutePath()
                            + " does not exist; allowed: a readable file of PEM certificates,"
                            + " or 'system' for the JDK's trust store");
        }
        if (Files.isDirectory(path)) {
            throw new ConfigurationException(
                    "SSL_ROOT_CERT_UNREADABLE",
                    "sslrootcert " + path.toAbsolutePath() + " is a directory; allowed: one file of PEM certificates");
        }
        byte[] content;
        try {
            content = Files.readAllBytes(path);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "SSL_ROOT_CERT_UNREADABLE", "sslrootcert " + path.toAbsolutePath() + " cannot be read: " + e, e);
        }
        return parsed(content, path);
    }

    // The parser's own words are left out: it quotes what it cannot read, and a wrong path may lead to a secret.
    private static Collection<? extends Certificate> parsed(byte[] content, Path path) {
        Collection<? extends Certificate> found = List.of();
        try {
            found = CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(content));
        } catch (CertificateException e) {
            // Nothing was found.
        }
        if (found.isEmpty()) {
            throw new ConfigurationException(
                    "SSL_ROOT_CERT_INVALID",
                    "sslrootcert " + path.toAbsolutePath() + " (" + content.length
                            + " bytes) is no file of PEM certificates, or is cut off");
        }
        return found;
    }

    /** For the modes that encrypt without verifying. The pool warns about them. */
    private static final class TrustsAnybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
