package io.github.lifebelt.internal.tls;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the client's certificate and its key are: in two PEM files, in one, or in a key store.
 *
 * @param certificate its file
 * @param key its file, which may be the same one
 * @param password of the key or the key store, or null
 */
record ClientCertificate(
        TlsFile certificate, TlsFile key, @Nullable String password) {

    private static final List<String> CERTIFICATE = List.of("sslcert", "ssl-cert", "ssl_cert");
    private static final List<String> KEY = List.of("sslkey", "ssl-key", "ssl_key");
    private static final List<String> PASSWORD = List.of("sslpassword");
    private static final String STORE = "clientCertificateKeyStoreUrl";
    private static final String STORE_PASSWORD = "clientCertificateKeyStorePassword";

    private static final String CERTIFICATE_FILE = "a PEM file with the client's certificate, then those between it and"
            + " the authority, or a PKCS#12 file with certificate and key";
    private static final String KEY_FILE =
            "a PEM file with an unencrypted or PKCS#8-encrypted key, or PKCS#8 in DER, or a PKCS#12 file";

    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    /** What is shown to servers that ask. */
    record Identity(PrivateKey key, List<X509Certificate> chain) {}

    /**
     * What a URL says, in libpq's, MySQL's or Connector/J's words.
     *
     * @return null if there is nothing of the kind
     */
    static @Nullable ClientCertificate of(DatabaseUrl url) {
        Map<String, String> parameters = url.parameters();
        Map.@Nullable Entry<String, String> password = first(parameters, PASSWORD);
        String store = parameters.get(STORE);
        if (store != null && !store.isEmpty()) {
            TlsFile file = TlsFile.of(STORE, "SSL_CERT", path(store), CERTIFICATE_FILE);
            return new ClientCertificate(file, file, parameters.get(STORE_PASSWORD));
        }
        Map.@Nullable Entry<String, String> certificate = first(parameters, CERTIFICATE);
        Map.@Nullable Entry<String, String> key = first(parameters, KEY);
        if (certificate == null && key == null) {
            return null;
        }
        TlsFile keyFile = key == null ? null : TlsFile.of(key.getKey(), "SSL_KEY", key.getValue(), KEY_FILE);
        TlsFile certificateFile = certificate == null
                ? null
                : TlsFile.of(certificate.getKey(), "SSL_CERT", certificate.getValue(), CERTIFICATE_FILE);
        return new ClientCertificate(
                certificateFile == null ? only(keyFile) : certificateFile,
                keyFile == null ? only(certificateFile) : keyFile,
                password == null ? null : password.getValue());
    }

    private static TlsFile only(@Nullable TlsFile file) {
        if (file == null) {
            throw new IllegalStateException("neither a certificate nor a key is given");
        }
        return file;
    }

    private static Map.@Nullable Entry<String, String> first(Map<String, String> parameters, List<String> names) {
        for (String name : names) {
            String value = parameters.get(name);
            // libpq takes an empty value for none.
            if (value != null && !value.isEmpty()) {
                return Map.entry(name, value);
            }
        }
        return null;
    }

    /** Connector/J's, which is a URL or a path. */
    private static String path(String url) {
        if (!url.startsWith("file:")) {
            return url;
        }
        try {
            return Path.of(new URI(url)).toString();
        } catch (URISyntaxException | IllegalArgumentException e) {
            return url.substring("file:".length());
        }
    }

    List<TlsFile> files() {
        return isOneFile() ? List.of(certificate) : List.of(certificate, key);
    }

    private boolean isOneFile() {
        return certificate.path().equals(key.path());
    }

    /** Reads them, and refuses a pair that is none: the server would say no more than that the handshake has failed. */
    Identity read() {
        byte[] content = certificate.read();
        Identity identity;
        if (isKeyStore(content)) {
            identity = ofKeyStore(certificate, content);
        } else {
            byte[] keyContent = isOneFile() ? content : key.read();
            if (isKeyStore(keyContent)) {
                identity = ofKeyStore(key, keyContent);
            } else {
                requireBoth(content);
                List<X509Certificate> chain = chain(content);
                identity = new Identity(
                        PrivateKeys.read(key, keyContent, chain.get(0).getPublicKey(), password), chain);
            }
        }
        if (!belongTogether(identity)) {
            throw PrivateKeys.mismatch(key);
        }
        return identity;
    }

    /** Whoever gives one parameter of the two has usually forgotten the other. */
    private void requireBoth(byte[] content) {
        List<Pem.Block> blocks = Pem.blocks(content);
        boolean keys = blocks.stream().anyMatch(PrivateKeys::isKey);
        if (isOneFile() && keys != blocks.stream().anyMatch(ClientCertificate::isCertificate)) {
            throw new ConfigurationException(
                    keys ? "SSL_CERT_MISSING" : "SSL_KEY_MISSING",
                    certificate
                            + (keys
                                    ? " holds no certificate, and no sslcert (for MySQL ssl-cert) names one"
                                    : " holds no private key, and no sslkey (for MySQL ssl-key) names one"));
        }
    }

    private static boolean isCertificate(Pem.Block block) {
        return block.label().endsWith("CERTIFICATE");
    }

    /** Null, or what is to be said about who may read the key. libpq refuses to go on; secrets mounted by a platform are often so. */
    @Nullable
    String permissionWarning() {
        try {
            Set<PosixFilePermission> granted = Files.getPosixFilePermissions(key.path());
            if (!Collections.disjoint(granted, OTHERS)) {
                return key
                        + " can be read or changed by other users of this machine: chmod 600 (libpq would refuse it)";
            }
        } catch (IOException | UnsupportedOperationException e) {
            // Another kind of file system; reading it has been tried.
        }
        return null;
    }

    private List<X509Certificate> chain(byte[] content) {
        List<Pem.Block> blocks = Pem.blocks(content).stream()
                .filter(ClientCertificate::isCertificate)
                .toList();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<X509Certificate> chain = new ArrayList<>();
            for (Pem.Block block : blocks) {
                chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der())));
            }
            if (chain.isEmpty() && Pem.blocks(content).isEmpty()) {
                chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(content)));
            }
            if (!chain.isEmpty()) {
                return List.copyOf(chain);
            }
        } catch (CertificateException e) {
            // The parser's own words are left out: it quotes what it cannot read.
        }
        throw certificate.invalid(
                content, "holds no certificate, or one that is cut off; allowed: " + certificate.allowed());
    }

    /** PKCS#12 begins with a version number as a plain key does, but with another one. JKS has a number of its own. */
    private static boolean isKeyStore(byte[] content) {
        return startsWith(content, 0xfe, 0xed, 0xfe, 0xed) || (startsWith(content, 0x30) && version(content) == 3);
    }

    private static int version(byte[] der) {
        for (int at = 1; at < Math.min(der.length, 8) - 2; at++) {
            if (der[at] == 2 && der[at + 1] == 1 && PrivateKeys.tagInside(der) == 2) {
                return der[at + 2];
            }
        }
        return -1;
    }

    private static boolean startsWith(byte[] content, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (i >= content.length || (content[i] & 0xff) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private Identity ofKeyStore(TlsFile file, byte[] content) {
        char[] secret = password == null ? new char[0] : password.toCharArray();
        try {
            // This type reads JKS as well.
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(content), secret);
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias) && store.getKey(alias, secret) instanceof PrivateKey found) {
                    return new Identity(
                            found,
                            Arrays.stream(store.getCertificateChain(alias))
                                    .map(X509Certificate.class::cast)
                                    .toList());
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            if (e instanceof GeneralSecurityException || e.getCause() instanceof GeneralSecurityException) {
                throw new ConfigurationException(
                        "SSL_KEY_PASSWORD",
                        file + " is a key store that "
                                + (password == null ? "has a password, and none is given" : "has another password"));
            }
            throw file.invalid(content, "is a key store that cannot be read, or is cut off");
        }
        throw file.invalid(content, "is a key store without a private key; allowed: " + CERTIFICATE_FILE);
    }

    /** By trying: what one signs the other must verify. */
    private static boolean belongTogether(Identity identity) {
        String algorithm = switch (identity.key().getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            // Those that say themselves how they sign, or cannot say without parameters.
            case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
            default -> null;
        };
        if (algorithm == null) {
            return identity.key()
                    .getAlgorithm()
                    .equals(identity.chain().get(0).getPublicKey().getAlgorithm());
        }
        try {
            byte[] text = {1, 2, 3};
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(identity.key());
            signing.update(text);
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(identity.chain().get(0).getPublicKey());
            verifying.update(text);
            return verifying.verify(signing.sign());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Has no password. */
    @Override
    public String toString() {
        return isOneFile() ? certificate.toString() : certificate + ", " + key;
    }
}
