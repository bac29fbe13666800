package io.github.lifebelt.testing.internal.certificates;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Key;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/** Writes keys and certificates as the text files servers and drivers read. */
public final class Pem {
    private static final int LINE_LENGTH = 64;

    private Pem() {}

    /** All certificates of a file, in their order. */
    public static List<X509Certificate> readCertificates(Path file) throws IOException, CertificateException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        }
    }

    public static Path writeCertificates(Path file, List<? extends Certificate> certificates)
            throws IOException, CertificateEncodingException {
        StringBuilder text = new StringBuilder();
        for (Certificate certificate : certificates) {
            append(text, "CERTIFICATE", certificate.getEncoded());
        }
        return Files.writeString(file, text);
    }

    /** Writes a PKCS#8 key, readable for this user only. */
    public static Path writePrivateKey(Path file, Key key) throws IOException {
        StringBuilder text = new StringBuilder();
        append(text, "PRIVATE KEY", key.getEncoded());
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, text);
    }

    private static void append(StringBuilder text, String kind, byte[] der) {
        text.append("-----BEGIN ").append(kind).append("-----\n");
        text.append(Base64.getMimeEncoder(LINE_LENGTH, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der));
        text.append("\n-----END ").append(kind).append("-----\n");
    }
}
