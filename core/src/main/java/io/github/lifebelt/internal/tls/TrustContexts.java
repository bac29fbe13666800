package io.github.lifebelt.internal.tls;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.internal.tls.ClientCertificate.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS contexts in memory, one for each pool: no key store files, and connections that resume each other's sessions. */
final class TrustContexts {

    // In a resumed session no certificate is shown; so one that was renewed is seen this much later at most.
    private static final int SESSION_SECONDS = 3600;

    private TrustContexts() {}

    /**
     * A context.
     *
     * @param verifies false to trust whoever answers
     * @param roots whom to trust, or null for the JDK's trust store
     * @param identity what is shown to a server that asks, or null
     * @param handshakes is told what the server has shown
     */
    static SSLContext of(
            boolean verifies, @Nullable KeyStore roots, @Nullable Identity identity, Handshakes handshakes) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {new ClientKeys(identity, handshakes)},
                    new TrustManager[] {new ServerTrust(verifies ? trusting(roots) : null, handshakes)},
                    null);
            context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
            return context;
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    private static ConfigurationException unavailable(GeneralSecurityException e) {
        return new ConfigurationException(
                "TLS_UNAVAILABLE", "this JDK cannot make a TLS context: " + e.getMessage(), e);
    }

    /** The JDK's judge of chains: it finds a way through cross-signed ones, whichever root is trusted. */
    static X509ExtendedTrustManager trusting(@Nullable KeyStore roots) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(roots);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("its trust managers do not look at host names"));
    }

    /** The certificates of a PEM file. */
    static KeyStore roots(TlsFile file, byte[] content) {
        Collection<? extends Certificate> certificates = certificates(file, content);
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("root-" + number++, certificate);
            }
            return store;
        } catch (IOException e) {
            throw unavailable(new GeneralSecurityException("an empty key store cannot be made", e));
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    // The parser's own words are left out: it quotes what it cannot read, and a wrong path may lead to a secret.
    private static Collection<? extends Certificate> certificates(TlsFile file, byte[] content) {
        Collection<? extends Certificate> found = List.of();
        try {
            found = CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(content));
        } catch (CertificateException e) {
            // Nothing was found.
        }
        if (found.isEmpty()) {
            throw file.invalid(content, "is no file of PEM certificates, or is cut off");
        }
        return found;
    }
}
