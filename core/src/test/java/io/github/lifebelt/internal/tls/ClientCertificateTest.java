package io.github.lifebelt.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.internal.tls.ClientCertificate.Identity;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form in which tools write a certificate and its key, and what is said about each mistake. */
class ClientCertificateTest {

    private static final String PASSWORD = "s3cret$word";

    @TempDir
    static Path made;

    private static Map<Algorithm, Keys> keys;
    private static Keys another;

    @TempDir
    Path folder;

    private enum Algorithm {
        RSA,
        EC,
        ED25519
    }

    @BeforeAll
    static void generate() throws Exception {
        keys = Map.of(
                Algorithm.RSA, Keys.generate(made, "RSA", "-keysize", "2048"),
                Algorithm.EC, Keys.generate(made, "EC", "-groupname", "secp384r1"),
                Algorithm.ED25519, Keys.generate(made, "Ed25519"));
        another = Keys.generate(made, "EC", "-groupname", "secp256r1");
    }

    private Path write(String name, byte[] content) throws Exception {
        return Files.write(folder.resolve(name), content);
    }

    private Path write(String name, String content) throws Exception {
        return Files.writeString(folder.resolve(name), content);
    }

    private Path certificate(Keys of) throws Exception {
        return write("client.crt", of.certificatePem());
    }

    private static ClientCertificate of(String... namesAndValues) {
        DatabaseUrl.Builder url = DatabaseUrl.builder("none").host("h");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            url.parameter(namesAndValues[i], namesAndValues[i + 1]);
        }
        return ClientCertificate.of(url.build());
    }

    private static void isRead(ClientCertificate files, Keys expected) {
        Identity identity = files.read();
        assertThat(identity.chain().get(0)).isEqualTo(expected.certificate());
        assertThat(identity.key().getEncoded()).isEqualTo(expected.key().getEncoded());
    }

    private static ConfigurationException refused(ClientCertificate files, String code) {
        ConfigurationException refused = catchThrowableOfType(ConfigurationException.class, files::read);
        assertThat(refused).as(code).isNotNull();
        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused).hasMessageNotContaining(PASSWORD).hasMessageNotContaining("hunter2");
        return refused;
    }

    @Test
    void withoutOneThereIsNone() {
        assertThat(of()).isNull();
        assertThat(of("sslcert", "", "sslkey", "")).isNull();
        assertThat(of("sslpassword", PASSWORD)).isNull();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void pkcs8InPemAndInDer(Algorithm algorithm) throws Exception {
        Keys one = keys.get(algorithm);
        Path certificate = certificate(one);
        isRead(
                of(
                        "sslcert",
                        certificate.toString(),
                        "sslkey",
                        write("a.key", one.pkcs8Pem()).toString()),
                one);
        isRead(
                of(
                        "sslcert",
                        certificate.toString(),
                        "sslkey",
                        write("a.pk8", one.key().getEncoded()).toString()),
                one);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void encryptedPkcs8(Algorithm algorithm) throws Exception {
        Keys one = keys.get(algorithm);
        String certificate = certificate(one).toString();
        byte[] encrypted = one.encrypted(PASSWORD);
        String pem =
                write("e.key", Keys.pem("ENCRYPTED PRIVATE KEY", encrypted)).toString();
        isRead(of("sslcert", certificate, "sslkey", pem, "sslpassword", PASSWORD), one);
        String der = write("e.pk8", encrypted).toString();
        isRead(of("sslcert", certificate, "sslkey", der, "sslpassword", PASSWORD), one);
        assertThat(refused(of("sslcert", certificate, "sslkey", pem, "sslpassword", "another"), "SSL_KEY_PASSWORD"))
                .hasMessageContaining("e.key");
        assertThat(refused(of("sslcert", certificate, "sslkey", pem), "SSL_KEY_PASSWORD"))
                .hasMessageContaining("no sslpassword is given");
    }

    @ParameterizedTest
    @CsvSource({"RSA, RSA PRIVATE KEY", "EC, EC PRIVATE KEY"})
    void theOlderForms(Algorithm algorithm, String label) throws Exception {
        Keys one = keys.get(algorithm);
        // As openssl ecparam -genkey has it.
        String before = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        String key = write("old.key", before + Keys.pem(label, one.inner())).toString();
        isRead(of("sslcert", certificate(one).toString(), "sslkey", key), one);
        assertThat(refused(of("sslcert", certificate(another).toString(), "sslkey", key), "SSL_KEY_MISMATCH"))
                .hasMessageContaining("old.key");
    }

    @Test
    void opensslsOldEncryptionIsNotSupportedAndSaysSo() throws Exception {
        Keys one = keys.get(Algorithm.RSA);
        String key = Keys.pem("RSA PRIVATE KEY", one.inner())
                .replaceFirst("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0123456789ABCDEF\n\n");
        assertThat(refused(
                        of(
                                "sslcert",
                                certificate(one).toString(),
                                "sslkey",
                                write("old.key", key).toString(),
                                "sslpassword",
                                PASSWORD),
                        "SSL_KEY_INVALID"))
                .hasMessageContaining("openssl pkcs8 -topk8");
    }

    @Test
    void bothInOneFileAndUnderTheNamesOfMySqlsClients() throws Exception {
        Keys one = keys.get(Algorithm.EC);
        String both = write("both.pem", one.pkcs8Pem() + one.certificatePem()).toString();
        isRead(of("sslcert", both), one);
        isRead(of("ssl-cert", both, "ssl-key", both), one);
        isRead(of("ssl_cert", both, "ssl_key", both), one);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PKCS12", "JKS"})
    void keyStores(String type) throws Exception {
        Keys one = keys.get(Algorithm.RSA);
        Path file = folder.resolve("store");
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        char[] secret = PASSWORD.toCharArray();
        store.setKeyEntry("me", one.key(), secret, new java.security.cert.Certificate[] {one.certificate()});
        try (var out = Files.newOutputStream(file)) {
            store.store(out, secret);
        }
        isRead(of("sslcert", file.toString(), "sslpassword", PASSWORD), one);
        isRead(of("sslkey", file.toString(), "sslpassword", PASSWORD), one);
        isRead(
                of(
                        "clientCertificateKeyStoreUrl",
                        file.toUri().toString().replace("///", "/"),
                        "clientCertificateKeyStoreType",
                        type,
                        "clientCertificateKeyStorePassword",
                        PASSWORD),
                one);
        refused(of("sslcert", file.toString(), "sslpassword", "another"), "SSL_KEY_PASSWORD");
        refused(of("sslcert", file.toString()), "SSL_KEY_PASSWORD");
    }

    @Test
    void theKeyHasToBeTheCertificates() throws Exception {
        String key = write("a.key", keys.get(Algorithm.EC).pkcs8Pem()).toString();
        for (Keys other : new Keys[] {another, keys.get(Algorithm.RSA), keys.get(Algorithm.ED25519)}) {
            refused(of("sslcert", certificate(other).toString(), "sslkey", key), "SSL_KEY_MISMATCH");
        }
    }

    @Test
    void whatIsMissingOrNoFileIsNamed() throws Exception {
        String certificate = certificate(another).toString();
        String key = write("a.key", another.pkcs8Pem()).toString();
        String nowhere = folder.resolve("nowhere").toString();
        assertThat(refused(of("sslcert", nowhere, "sslkey", key), "SSL_CERT_MISSING"))
                .hasMessageContaining("sslcert " + nowhere);
        assertThat(refused(of("ssl-cert", certificate, "ssl-key", nowhere), "SSL_KEY_MISSING"))
                .hasMessageContaining("ssl-key " + nowhere);
        refused(of("sslcert", folder.toString(), "sslkey", key), "SSL_CERT_UNREADABLE");
        refused(of("sslcert", certificate, "sslkey", folder.toString()), "SSL_KEY_UNREADABLE");
        refused(of("sslcert", certificate), "SSL_KEY_MISSING");
        refused(of("sslkey", key), "SSL_CERT_MISSING");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "DB_PASSWORD=hunter2",
                "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nhunter2\n-----END ENCRYPTED PRIVATE KEY-----\n",
                "-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n",
                "0hunter2"
            })
    void whatIsInAFileThatIsNoneIsNotShown(String content) throws Exception {
        String wrong = write("wrong", content).toString();
        String certificate = certificate(another).toString();
        String key = write("a.key", another.pkcs8Pem()).toString();
        refused(of("sslcert", wrong, "sslkey", key, "sslpassword", PASSWORD), "SSL_CERT_INVALID");
        refused(of("sslcert", certificate, "sslkey", wrong, "sslpassword", PASSWORD), "SSL_KEY_INVALID");
    }

    /** Some platforms put the text itself into a variable. */
    @Test
    void theTextOfAKeyInPlaceOfItsPathIsNotShown() {
        for (String name : new String[] {"sslkey", "ssl-key", "sslcert"}) {
            ConfigurationException refused =
                    catchThrowableOfType(ConfigurationException.class, () -> of(name, another.pkcs8Pem()));
            assertThat(refused.code()).isEqualTo(name.contains("key") ? "SSL_KEY_INVALID" : "SSL_CERT_INVALID");
            assertThat(refused)
                    .hasMessageContaining("its path is wanted")
                    .hasMessageNotContaining(another.pkcs8Pem().substring(40, 60));
        }
    }

    @Test
    void aCutOffKeyIsInvalid() throws Exception {
        String certificate = certificate(another).toString();
        byte[] der = another.key().getEncoded();
        refused(
                of(
                        "sslcert",
                        certificate,
                        "sslkey",
                        write("cut.pk8", Arrays.copyOf(der, der.length / 2)).toString()),
                "SSL_KEY_INVALID");
        String pem = another.pkcs8Pem();
        refused(
                of(
                        "sslcert",
                        certificate,
                        "sslkey",
                        write("cut.key", pem.substring(0, pem.length() / 2)).toString()),
                "SSL_KEY_INVALID");
    }

    @ParameterizedTest
    @CsvSource({"rw-------, false", "r--------, false", "rw-r-----, false", "rw-r--r--, true", "rw-rw----, true"})
    void aKeyThatOthersMayReadIsAWarningOnly(String permissions, boolean warned) throws Exception {
        Path key = write("a.key", another.pkcs8Pem());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(permissions));
        ClientCertificate files = of("sslcert", certificate(another).toString(), "sslkey", key.toString());
        isRead(files, another);
        if (warned) {
            assertThat(files.permissionWarning()).contains("sslkey", "chmod 600");
        } else {
            assertThat(files.permissionWarning()).isNull();
        }
        assertThat(files.toString().toLowerCase(Locale.ROOT)).doesNotContain("password");
    }
}
