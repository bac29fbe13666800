package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Diagnoses.doesNotMention;
import static io.github.lifebelt.contract.Diagnoses.examine;
import static io.github.lifebelt.contract.Diagnoses.finding;
import static io.github.lifebelt.contract.Diagnoses.isBroken;
import static io.github.lifebelt.contract.Diagnoses.isSound;
import static io.github.lifebelt.contract.Diagnoses.warns;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.doctor.Doctor.Finding;
import io.github.lifebelt.doctor.Doctor.Layer;
import io.github.lifebelt.doctor.Doctor.Report;
import io.github.lifebelt.doctor.Doctor.Status;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the doctor says of TLS, whatever SQLState hides it, and that what it advises works. */
class DoctorTlsTest extends TlsLogins {

    private static final class Own {
        static final TestDatabase SERVER = TestDatabase.of(Servers.PRODUCT)
                .certificate(CERTIFICATES.server())
                .start();
    }

    @AfterAll
    static void close() {
        Own.SERVER.close();
    }

    private static DatabaseUrl full(Path roots) {
        return url(Own.SERVER, SslMode.VERIFY_FULL, roots);
    }

    @Test
    void anAuthorityThatIsNotTrusted() {
        Own.SERVER.faults().showCertificate(CERTIFICATES.server());
        Finding found = isBroken(url(Own.SERVER, SslMode.VERIFY_FULL, null), Layer.TLS, "TLS_UNKNOWN_AUTHORITY");
        assertThat(found.fix()).contains("sslrootcert=<PEM file>");
        isBroken(full(CERTIFICATES.otherAuthority()), Layer.TLS, "TLS_UNKNOWN_AUTHORITY");
        Report cured = isSound(full(CERTIFICATES.authority()), Layer.POOL);
        doesNotMention(cured, "TLS_NOT_VERIFIED");
    }

    @Test
    void certificatesThatAreNotGood() {
        Own.SERVER.faults().showCertificate(CERTIFICATES.wrongHost());
        Finding name = isBroken(full(CERTIFICATES.authority()), Layer.TLS, "TLS_WRONG_HOST");
        assertThat(name.what()).contains("elsewhere.example");
        isSound(url(Own.SERVER, SslMode.VERIFY_CA, CERTIFICATES.authority()), Layer.POOL);
        Own.SERVER.faults().showCertificate(CERTIFICATES.expired());
        isBroken(full(CERTIFICATES.authority()), Layer.TLS, "TLS_CERTIFICATE_EXPIRED");
        Own.SERVER.faults().showCertificate(CERTIFICATES.selfSigned());
        isBroken(full(CERTIFICATES.authority()), Layer.TLS, "TLS_SELF_SIGNED");
        isSound(full(CERTIFICATES.selfSigned().chain()), Layer.POOL);
        Own.SERVER.faults().showCertificate(CERTIFICATES.endsSoon());
        warns(examine(full(CERTIFICATES.authority())), Layer.TLS, "TLS_CERTIFICATE_EXPIRES_SOON");
        Own.SERVER.faults().showCertificate(CERTIFICATES.server());
        doesNotMention(isSound(full(CERTIFICATES.authority()), Layer.POOL), "TLS_CERTIFICATE_EXPIRES_SOON");
    }

    @Test
    @Tag("smoke")
    void aServerThatDemandsTls() {
        TestDatabase server = Servers.get(true);
        Finding found = isBroken(url(server, SslMode.DISABLE, null), Layer.TLS, code());
        assertThat(found.fix()).contains("VERIFY_IDENTITY");
        isSound(url(server, SslMode.VERIFY_FULL, CERTIFICATES.authority()), Layer.POOL);
    }

    /** MySQL that has not seen the password over TLS yet wants TLS for the password first. */
    private static String code() {
        Report report = examine(url(Servers.get(true), SslMode.DISABLE, null));
        return report.findings().stream()
                .map(Finding::code)
                .filter("TLS_REQUIRED_FOR_LOGIN"::equals)
                .findFirst()
                .orElse("TLS_REQUIRED");
    }

    @Test
    void aServerWithoutTls() {
        TestDatabase server = Servers.get(false);
        isBroken(url(server, SslMode.REQUIRE, null), Layer.TLS, "TLS_NOT_OFFERED");
        isSound(url(server, SslMode.DISABLE, null), Layer.POOL);
    }

    @Test
    void whatIsNotVerifiedIsSaid() {
        DatabaseUrl require = url(Servers.get(true), SslMode.REQUIRE, null);
        Report report = examine(require);
        warns(report, Layer.TLS, "TLS_NOT_VERIFIED");
        assertThat(finding(report, "TLS_NOT_VERIFIED").fix()).contains("sslmode=verify-full");
        Report cured = isSound(url(Servers.get(true), SslMode.VERIFY_FULL, CERTIFICATES.authority()), Layer.POOL);
        doesNotMention(cured, "TLS_NOT_VERIFIED");
    }

    @Test
    void aRootFileThatIsNotThere() {
        Report report = examine(full(Path.of("/nowhere/root.pem")));
        Finding found = report.firstError().orElseThrow();
        assertThat(found.code()).isEqualTo("SSL_ROOT_CERT_MISSING");
        assertThat(found.layer()).isEqualTo(Layer.TLS);
        assertThat(report.status(Layer.TCP)).isEqualTo(Status.OK);
        assertThat(report.status(Layer.AUTH)).isEqualTo(Status.SKIPPED);
        isSound(full(CERTIFICATES.authority()), Layer.TLS);
    }

    @Test
    void aServerThatWantsAClientCertificate() throws Exception {
        try (TestDatabase server = TestDatabase.of(Servers.PRODUCT)
                .tls(true)
                .clientCertificates(true)
                .start()) {
            DatabaseUrl none = url(server, SslMode.VERIFY_FULL, CERTIFICATES.authority());
            Finding found = examine(none).firstError().orElseThrow();
            assertThat(found.what() + found.fix()).contains(Sql.CERTIFICATE);
            isSound(
                    none.toBuilder()
                            .parameter("sslcert", CERTIFICATES.client().chain().toString())
                            .parameter(
                                    "sslkey", CERTIFICATES.client().privateKey().toString())
                            .build(),
                    Layer.POOL);
        }
    }
}
