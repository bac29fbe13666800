package io.github.lifebelt.internal.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** A certificate with its key from the JDK's keytool, and the forms in which OpenSSL writes such a key. */
record Keys(X509Certificate certificate, PrivateKey key, Path store) {

    static final String STORE_PASSWORD = "changeit";

    private static final int OCTETS = 0x04;

    static Keys generate(Path folder, String algorithm, String... options) throws Exception {
        Path store = folder.resolve(algorithm + "-" + System.nanoTime() + ".p12");
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "one",
                "-dname",
                "CN=app",
                "-keyalg",
                algorithm,
                "-storetype",
                "PKCS12",
                "-storepass",
                STORE_PASSWORD,
                "-keystore",
                store.toString()));
        command.addAll(List.of(options));
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IOException("keytool: " + Files.readString(folder.resolve("keytool.log")));
        }
        KeyStore loaded = KeyStore.getInstance(store.toFile(), STORE_PASSWORD.toCharArray());
        return new Keys(
                (X509Certificate) loaded.getCertificate("one"),
                (PrivateKey) loaded.getKey("one", STORE_PASSWORD.toCharArray()),
                store);
    }

    String certificatePem() throws GeneralSecurityException {
        return pem("CERTIFICATE", certificate.getEncoded());
    }

    String pkcs8Pem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    /** PKCS#1 or SEC1: what PKCS#8 is put around. */
    byte[] inner() {
        byte[] der = key.getEncoded();
        int at = begin(der, 0);
        // Version and algorithm come before.
        at = begin(der, at) + length(der, at);
        at = begin(der, at) + length(der, at);
        if (der[at] != OCTETS) {
            throw new IllegalStateException("not PKCS#8");
        }
        return Arrays.copyOfRange(der, begin(der, at), begin(der, at) + length(der, at));
    }

    byte[] encrypted(String password) throws Exception {
        String algorithm = "PBEWithHmacSHA256AndAES_256";
        SecretKey secret =
                SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray()));
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(Cipher.ENCRYPT_MODE, secret);
        // The JDK has the parameters under the cipher's name, and the format under that of its scheme.
        AlgorithmParameters scheme = AlgorithmParameters.getInstance("PBES2");
        scheme.init(cipher.getParameters().getEncoded());
        return new EncryptedPrivateKeyInfo(scheme, cipher.doFinal(key.getEncoded())).getEncoded();
    }

    static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    private static int begin(byte[] der, int at) {
        return at + 2 + (der[at + 1] < 0 ? der[at + 1] & 0x7f : 0);
    }

    private static int length(byte[] der, int at) {
        return der[at + 1] >= 0
                ? der[at + 1]
                : new BigInteger(1, Arrays.copyOfRange(der, at + 2, begin(der, at))).intValue();
    }
}
