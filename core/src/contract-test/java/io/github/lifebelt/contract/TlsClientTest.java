package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.testing.TestCertificates.ClientCertificate;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On a server that lets nobody in without a certificate. */
class TlsClientTest extends TlsLogins {

    private static final TestDatabase SERVER =
            TestDatabase.of(Servers.PRODUCT).clientCertificates(true).start();

    @TempDir
    Path folder;

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static DatabaseUrl with(SslMode mode, ClientCertificate client) {
        return url(SERVER, mode, mode.verifies() ? CERTIFICATES.authority() : null).toBuilder()
                .parameter("sslcert", client.chain().toString())
                .parameter("sslkey", client.privateKey().toString())
                .build();
    }

    @ParameterizedTest
    @EnumSource(
            value = SslMode.class,
            names = {"PREFER", "REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
    void whoShowsOneIsLetIn(SslMode mode) throws SQLException {
        connects(with(mode, CERTIFICATES.client()), true);
    }

    @Test
    void aKeyStoreWithAPasswordWillDo() throws Exception {
        ClientCertificate client = CERTIFICATES.client();
        Path file = folder.resolve("client.p12");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] secret = "s3cret".toCharArray();
        Certificate[] chain;
        try (var in = Files.newInputStream(client.chain())) {
            chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .toArray(Certificate[]::new);
        }
        String base64 = Files.readString(client.privateKey()).replaceAll("-----[A-Z ]+-----", "");
        store.setKeyEntry(
                "client",
                KeyFactory.getInstance("EC")
                        .generatePrivate(
                                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64))),
                secret,
                chain);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, secret);
        }
        connects(
                url(SERVER, SslMode.VERIFY_FULL, CERTIFICATES.authority()).toBuilder()
                        .parameter("sslcert", file.toString())
                        .parameter("sslpassword", "s3cret")
                        .build(),
                true);
    }

    @Test
    void whoShowsNoneIsToldWhatIsMissing() {
        DatabaseUrl none = url(SERVER, SslMode.VERIFY_FULL, CERTIFICATES.authority());
        assertThat(refusal(none)).hasMessageContaining("a client certificate").hasMessageContaining(Sql.CERTIFICATE);
    }

    @Test
    void oneOfAnotherAuthorityIsRefusedAndNamed() {
        Throwable refused = refusal(with(SslMode.VERIFY_FULL, CERTIFICATES.strangersClient()));
        assertThat(refused)
                .hasMessageContaining("does not accept the client certificate (sslcert ")
                .hasMessageContaining(CERTIFICATES.strangersClient().chain().toString());
    }

    /** As a program that renews certificates does it: the key first, then the certificate, under an open pool. */
    @Test
    void aRenewedOneIsTakenWithoutARestart() throws Exception {
        Path certificate = Files.copy(CERTIFICATES.strangersClient().chain(), folder.resolve("tls.crt"));
        Path key = Files.copy(CERTIFICATES.strangersClient().privateKey(), folder.resolve("tls.key"));
        DatabaseUrl url = with(SslMode.VERIFY_FULL, new ClientCertificate(certificate, key));
        try (ConnectionPool pool = ConnectionPool.builder(url).open()) {
            assertThat(catchThrowableOfType(
                                    SQLException.class,
                                    () -> pool.getConnection().close())
                            .getMessage())
                    .contains("does not accept the client certificate");
            exchange(key, CERTIFICATES.client().privateKey());
            exchange(certificate, CERTIFICATES.client().chain());
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptionsInstanceOf(SQLException.class)
                    .untilAsserted(() -> {
                        try (Connection connection = pool.getConnection()) {
                            assertThat(Sql.isEncrypted(connection)).isTrue();
                        }
                    });
        }
    }

    private void exchange(Path file, Path content) throws IOException {
        Path fresh = Files.copy(content, folder.resolve("fresh"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void aKeyThatIsNotTheCertificatesIsRefusedWhenThePoolIsBuilt() {
        DatabaseUrl url = with(
                SslMode.VERIFY_FULL,
                new ClientCertificate(
                        CERTIFICATES.client().chain(),
                        CERTIFICATES.strangersClient().privateKey()));
        ConfigurationException refused = catchThrowableOfType(
                ConfigurationException.class,
                () -> ConnectionPool.builder(url).open().close());
        assertThat(refused.code()).isEqualTo("SSL_KEY_MISMATCH");
    }

    private static Throwable refusal(DatabaseUrl url) {
        try (ConnectionPool pool = ConnectionPool.builder(url).open()) {
            SQLException refused = catchThrowableOfType(SQLException.class, () -> {
                try (Connection connection = pool.getConnection()) {
                    assertThat(connection).as("a connection that must not be").isNull();
                }
            });
            assertThat((Throwable) refused).isNotNull();
            return refused;
        }
    }
}
