package io.github.lifebelt.apps.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;

/** Root certificates of a PEM file as a key store, which is what MySQL's driver reads when nobody helps it. */
final class TrustedRoots {
    private static final String TYPE = "PKCS12";
    // There is nothing secret in it.
    private static final String PASSWORD = "changeit";

    private TrustedRoots() {}

    /** The driver's properties for a file of roots; the key store that they name goes with the JVM. */
    static Map<String, String> driverProperties(String pem) throws SQLException {
        try {
            Path file = Files.createTempFile("lifebelt-demo-roots", ".p12");
            file.toFile().deleteOnExit();
            store(Path.of(pem), file);
            return Map.of(
                    "trustCertificateKeyStoreUrl", file.toUri().toString(),
                    "trustCertificateKeyStoreType", TYPE,
                    "trustCertificateKeyStorePassword", PASSWORD);
        } catch (IOException | GeneralSecurityException e) {
            throw new SQLException("the root certificates of ssl-ca cannot be used: " + e.getMessage(), e);
        }
    }

    private static void store(Path pem, Path file) throws IOException, GeneralSecurityException {
        KeyStore roots = KeyStore.getInstance(TYPE);
        roots.load(null, null);
        try (InputStream in = Files.newInputStream(pem)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            int number = 0;
            for (Certificate certificate : certificates) {
                roots.setCertificateEntry("root-" + number++, certificate);
            }
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            roots.store(out, PASSWORD.toCharArray());
        }
    }
}
