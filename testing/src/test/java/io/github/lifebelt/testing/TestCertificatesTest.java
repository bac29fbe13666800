package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestCertificatesTest {
    private final TestCertificates certificates = TestCertificates.shared();

    @Test
    void theServersCertificateNamesLocalhostAndBothLoopbackAddresses() throws Exception {
        List<X509Certificate> chain = read(certificates.server().chain());
        assertThat(chain).hasSize(2);
        assertThat(chain.get(0).getSubjectAlternativeNames())
                .extracting(name -> (Object) name.get(1))
                .containsExactlyInAnyOrder("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(chain.get(1)).isEqualTo(read(certificates.authority()).get(0));
        chain.get(0).verify(chain.get(1).getPublicKey());
        chain.get(0).checkValidity();
    }

    @Test
    void certificatesAreMadeOnce() {
        assertThat(certificates.server()).isSameAs(certificates.server());
        assertThat(certificates.authority()).isEqualTo(certificates.authority());
        assertThat(certificates.otherAuthority()).isNotEqualTo(certificates.authority());
    }

    @Test
    void onlyThisUserCanReadThePrivateKey() throws Exception {
        Path key = certificates.server().privateKey();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(key))
                .startsWith("-----BEGIN PRIVATE KEY-----\n")
                .endsWith("-----END PRIVATE KEY-----\n");
    }

    @Test
    void aServerForAnotherHostIsRefusedOnlyIfNamesAreVerified() throws Exception {
        try (TestDatabase database =
                TestDatabase.postgres().certificate(certificates.wrongHost()).start()) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Sessions.open(database))
                    .withMessageContaining("localhost could not be verified");
            try (Connection connection =
                    Sessions.open(database, database.jdbcUrl().replace("verify-full", "verify-ca"))) {
                assertThat(Sessions.answers(connection)).isTrue();
            }
            assertThat(database.faults().killSessions()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void anExpiredServerIsRefused() throws Exception {
        try (TestDatabase database =
                TestDatabase.postgres().certificate(certificates.expired()).start()) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Sessions.open(database))
                    .withRootCauseInstanceOf(CertificateExpiredException.class);
            assertThat(database.faults().killSessions()).isZero();
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsRefused() throws Exception {
        try (TestDatabase database = TestDatabase.postgres().start()) {
            String distrusting = database.jdbcUrl()
                    .replace(
                            certificates.authority().toString(),
                            certificates.otherAuthority().toString());
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Sessions.open(database, distrusting))
                    .withMessageContaining("unable to find valid certification path");
        }
    }

    private static List<X509Certificate> read(Path pem) throws Exception {
        try (InputStream in = Files.newInputStream(pem)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        }
    }
}
