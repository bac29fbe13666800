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
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Sessions.open(database, trusting(database, certificates.otherAuthority())))
                    .withMessageContaining("unable to find valid certification path");
        }
    }

    @Test
    void aCrossSignedServerIsAcceptedWithTheOldAuthorityAndWithTheNew() throws Exception {
        try (TestDatabase database =
                TestDatabase.postgres().certificate(certificates.crossSigned()).start()) {
            List<X509Certificate> chain = read(certificates.crossSigned().chain());
            assertThat(chain).hasSize(3);
            assertThat(chain.get(2).getIssuerX500Principal())
                    .isEqualTo(read(certificates.authority()).get(0).getSubjectX500Principal())
                    .isNotEqualTo(chain.get(2).getSubjectX500Principal());
            try (Connection connection = Sessions.open(database)) {
                assertThat(Sessions.answers(connection)).isTrue();
            }
            try (Connection connection = Sessions.open(database, trusting(database, certificates.newAuthority()))) {
                assertThat(Sessions.answers(connection)).isTrue();
            }
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Sessions.open(database, trusting(database, certificates.otherAuthority())))
                    .withMessageContaining("unable to find valid certification path");
        }
    }

    private static String trusting(TestDatabase database, Path authority) {
        return database.jdbcUrl().replace(TestCertificates.shared().authority().toString(), authority.toString());
    }

    private static List<X509Certificate> read(Path pem) throws Exception {
        try (InputStream in = Files.newInputStream(pem)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        }
    }
}
