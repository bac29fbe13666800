package io.github.lifebelt.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.internal.tls.TlsExplanation.Target;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import java.nio.file.Path;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of what drivers, the JDK and servers say; on real servers the matrix shows the most frequent ones. */
class TlsExplanationTest {

    @TempDir
    static Path made;

    private static X509Certificate azures;

    private final Handshakes handshakes = new Handshakes(Instant::now);

    @BeforeAll
    static void generate() throws Exception {
        azures = Keys.generate(
                        made,
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-ext",
                        "san=dns:*.postgres.database.azure.com,dns:*.mysql.database.azure.com")
                .certificate();
    }

    private @Nullable String explained(String host, SQLException failure) {
        return explained(host, failure, ConnectProblem.TLS, null);
    }

    private @Nullable String explained(
            String host, SQLException failure, ConnectProblem problem, @Nullable ClientCertificate client) {
        return new TlsExplanation(SslMode.VERIFY_FULL, null, client, new Target(List.of(host), null, null), handshakes)
                .of(failure, problem);
    }

    private static SQLException handshake(String words, @Nullable Throwable cause) {
        SSLHandshakeException handshake = new SSLHandshakeException(words);
        handshake.initCause(cause);
        return new SQLException("Communications link failure", "08S01", handshake);
    }

    private static SQLException wrongName() {
        return handshake("No subject alternative", new CertificateException("No subject alternative names present"));
    }

    @Test
    void aPrivateEndpointIsReachedByThePublicName() {
        handshakes.shown(new X509Certificate[] {azures});
        assertThat(explained("orders.privatelink.postgres.database.azure.com", wrongName()))
                .contains(
                        "not for orders.privatelink.postgres.database.azure.com but for *.postgres.database.azure.com",
                        "Connect to orders.postgres.database.azure.com, the public name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"34.1.2.3", "2001:db8::1"})
    void forAnAddressVerifyCaIsTheRightMode(String address) {
        handshakes.shown(new X509Certificate[] {azures});
        assertThat(explained(address, wrongName())).contains("Cloud SQL", "sslmode=verify-ca");
    }

    @Test
    void aCertificateWithoutNamesIsCalledByItsSubject() throws Exception {
        handshakes.shown(new X509Certificate[] {
            Keys.generate(made, "EC", "-groupname", "secp256r1").certificate()
        });
        assertThat(explained("db.example.com", wrongName())).contains("not for db.example.com but for 'CN=app'");
    }

    @Test
    void whoseTimeHasNotComeOrIsOver() throws Exception {
        SQLException early = handshake("PKIX", new CertificateNotYetValidException("NotBefore"));
        assertThat(explained("h", early)).contains("not valid yet", "clock");
        X509Certificate old = Keys.generate(
                        made, "EC", "-groupname", "secp256r1", "-startdate", "-100d", "-validity", "90")
                .certificate();
        SQLException late = handshake("PKIX", new CertificateExpiredException("NotAfter"));
        handshakes.shown(new X509Certificate[] {old});
        assertThat(explained("h", late))
                .startsWith("The server's certificate has expired")
                .contains("valid until " + old.getNotAfter().toInstant(), "(10 days ago)");
        handshakes.shown(new X509Certificate[] {azures, old});
        assertThat(explained("h", late))
                .startsWith("'CN=app', by which the server's certificate was issued, has expired");
        handshakes.shown(new X509Certificate[] {azures});
        assertThat(explained("h", late)).contains("between the server's and the trusted root has expired");
    }

    @Test
    void nobodyIsTrusted() {
        SQLException failure = handshake(
                "Unexpected error",
                new InvalidAlgorithmParameterException("the trustAnchors parameter must be non-empty"));
        assertThat(explained("h", failure)).contains("Nobody is trusted: the JDK's trust store");
    }

    @Test
    void whatTheJdkForbidsIsNotCalledUntrusted() {
        SQLException failure =
                handshake("PKIX path validation failed", new CertPathValidatorException("Algorithm constraints check"));
        assertThat(explained("h", failure)).contains("jdk.certpath.disabledAlgorithms");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "The server does not support SSL. | The server has no TLS",
                "SSL Connection required, but not provided by server. | The server has no TLS",
                "FATAL: no pg_hba.conf entry for host \"1.2.3.4\", no encryption | no connection without TLS",
                "FATAL: no pg_hba.conf entry for host \"1.2.3.4\", SSL off | no connection without TLS",
                "FATAL: SSL connection is required. Please specify SSL options and retry. | no connection without TLS",
                "ERROR: SSL required | no connection without TLS",
                "prohibited while --require_secure_transport=ON. | no connection without TLS",
                "FATAL: connection requires a valid client certificate | wants a client certificate"
            })
    void whatTheOtherSideDemands(String words, String explanation) {
        assertThat(explained("h", new SQLException(words, "08004"))).contains(explanation);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Received fatal alert: certificate_required | wants a client certificate",
                "Received fatal alert: unknown_ca | wants a client certificate",
                "Received fatal alert: handshake_failure | no version of TLS or no cipher in common",
                "Received fatal alert: protocol_version | no version of TLS or no cipher in common",
                "Unsupported or unrecognized SSL message | does not speak TLS"
            })
    void whatTheServersTlsSays(String words, String explanation) {
        assertThat(explained("h", handshake(words, null))).contains(explanation);
    }

    @Test
    void aFailedHandshakeAfterTheServerHasAskedIsAboutOurCertificate() {
        handshakes.askedForCertificate();
        SQLException failure = handshake("Received fatal alert: handshake_failure", null);
        assertThat(explained("h", failure)).contains("wants a client certificate");
        TlsFile file = TlsFile.of("sslcert", "SSL_CERT", "me.pem", "");
        assertThat(explained("h", failure, ConnectProblem.TLS, new ClientCertificate(file, file, "s3cret")))
                .contains("does not accept the client certificate", "me.pem")
                .doesNotContain("s3cret");
    }

    @Test
    void aDeniedLoginIsExplainedOnlyWhereACertificateWasAskedFor() {
        SQLException denied = new SQLException("Access denied for user 'app'", "28000", 1045);
        assertThat(explained("h", denied, ConnectProblem.AUTHENTICATION, null)).isNull();
        handshakes.askedForCertificate();
        assertThat(explained("h", denied, ConnectProblem.AUTHENTICATION, null)).contains("REQUIRE X509", "ssl-cert");
        TlsFile file = TlsFile.of("sslcert", "SSL_CERT", "me.pem", "");
        assertThat(explained("h", denied, ConnectProblem.AUTHENTICATION, new ClientCertificate(file, file, null)))
                .isNull();
    }

    @Test
    void whatIsNotAboutTlsIsNotExplained() {
        assertThat(explained("h", wrongName(), ConnectProblem.DATABASE, null)).isNull();
        assertThat(explained("h", new SQLException("something else"))).isNull();
    }
}
