package io.github.lifebelt.testing.internal.certificates;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;

/** Trusted authorities for clients that do not read PEM: PKCS12, its password {@link Keytool#PASSWORD}. */
public final class TrustStore {
    private TrustStore() {}

    /** Writes one. */
    public static Path write(Path file, List<? extends Certificate> authorities)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority-" + (i + 1), authorities.get(i));
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, Keytool.PASSWORD.toCharArray());
        }
        return file;
    }
}
