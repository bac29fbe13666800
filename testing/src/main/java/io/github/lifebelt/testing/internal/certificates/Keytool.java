package io.github.lifebelt.testing.internal.certificates;

import io.github.lifebelt.testing.internal.system.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The JDK's own tool for keys and certificates, the only public way of the JDK to issue any. */
public final class Keytool {
    public static final String PASSWORD = "changeit";

    private static final Duration LONGEST = Duration.ofSeconds(60);
    // A quarter of the time of a JVM that is started to stay.
    private static final List<String> QUICK_START =
            List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-J-Xshare:auto");

    private final Path folder;
    private final Path keyStore;

    /** Works on a PKCS12 file in the folder, made on first use. */
    public Keytool(Path folder) {
        this.folder = folder;
        this.keyStore = folder.resolve("all.p12");
    }

    /** All that was made so far. */
    public KeyStore keyStore() throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(keyStore.toFile(), PASSWORD.toCharArray());
    }

    /** Makes a key pair and a certificate for it; elliptic curve, because an RSA pair takes half a second. */
    public void generate(String alias, String distinguishedName, List<String> furtherOptions) throws IOException {
        List<String> options = new ArrayList<>(List.of("-dname", distinguishedName));
        options.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        options.addAll(furtherOptions);
        run("-genkeypair", alias, options);
    }

    /** A certificate for an existing key, made out by another authority than the one of its own. */
    public Certificate crossSign(String alias, String signer, List<String> furtherOptions)
            throws IOException, GeneralSecurityException {
        Path request = folder.resolve(alias + ".csr");
        Path signed = folder.resolve(alias + "-by-" + signer + ".crt");
        run("-certreq", alias, List.of("-file", request.toString()));
        List<String> options = new ArrayList<>(List.of("-infile", request.toString(), "-outfile", signed.toString()));
        options.addAll(furtherOptions);
        run("-gencert", signer, options);
        try (InputStream in = Files.newInputStream(signed)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private void run(String action, String alias, List<String> options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(QUICK_START);
        command.addAll(List.of(action, "-alias", alias));
        command.addAll(List.of("-keystore", keyStore.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(options);
        Command result = Command.run(command, folder, "", LONGEST);
        if (!result.succeeded()) {
            throw new IOException(
                    "keytool " + action + " failed for the certificate " + alias + ": " + result.output());
        }
    }
}
