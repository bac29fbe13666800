package io.github.lifebelt.internal.tls;

import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.FailureChain;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says in a sentence what a TLS failure is, and what to do. JSSE and the drivers bury it under "path building failed" and
 * "communications link failure"; what the server has shown, and what was demanded of it, is known here.
 */
final class TlsExplanation {

    /**
     * Whom the pool connects to.
     *
     * @param hosts names or addresses as they were given
     * @param raised how to take back that the mode was raised, or null if it was not
     * @param trustStore what the JDK's trust store lacks, or null
     */
    record Target(
            List<String> hosts,
            @Nullable String raised,
            @Nullable String trustStore) {}

    // RFC 8446, section 6.2: what a server can only say of the certificate it was shown, or was not.
    private static final List<String> ABOUT_OUR_CERTIFICATE = List.of(
            "certificate_required",
            "bad_certificate",
            "unsupported_certificate",
            "certificate_revoked",
            "certificate_expired",
            "certificate_unknown",
            "unknown_ca",
            "access_denied");

    private static final String PRIVATE_LINK = ".privatelink.";
    private static final String CLIENT_CERTIFICATE = "TLS_CLIENT_CERTIFICATE";
    private static final String EXPIRED = "TLS_CERTIFICATE_EXPIRED";

    private final SslMode mode;
    private final @Nullable TlsFile roots;
    private final @Nullable ClientCertificate client;
    private final Target target;
    private final Handshakes handshakes;

    TlsExplanation(
            SslMode mode,
            @Nullable TlsFile roots,
            @Nullable ClientCertificate client,
            Target target,
            Handshakes handshakes) {
        this.mode = mode;
        this.roots = roots;
        this.client = client;
        this.target = target;
        this.handshakes = handshakes;
    }

    /** As a sentence or two. */
    @Nullable
    String of(SQLException failure, ConnectProblem problem) {
        TlsTrouble trouble = trouble(failure, problem);
        if (trouble == null) {
            return problem == ConnectProblem.TLS ? target.raised() : null;
        }
        return trouble.text();
    }

    @Nullable
    TlsTrouble trouble(SQLException failure, ConnectProblem problem) {
        FailureChain chain = FailureChain.of(failure);
        if (problem == ConnectProblem.AUTHENTICATION) {
            // A server that has an account for holders of a certificate says no more than that access is denied.
            return handshakes.wasAsked() && client == null && isMySqls(failure)
                    ? new TlsTrouble(
                            CLIENT_CERTIFICATE,
                            "The server has asked for a client certificate and got none",
                            "if the account is one with REQUIRE X509, write ssl-cert=<PEM file> and ssl-key=<PEM file>")
                    : null;
        }
        if (problem != ConnectProblem.TLS) {
            return null;
        }
        String words =
                chain.all().stream().map(t -> String.valueOf(t.getMessage())).collect(Collectors.joining("\n"));
        TlsTrouble cause = ofCertificate(chain, words);
        if (cause == null) {
            cause = ofDemands(words);
        }
        if (cause == null) {
            cause = ofAlert(words);
        }
        return cause == null || target.raised() == null ? cause : cause.with(target.raised());
    }

    private static boolean isMySqls(SQLException failure) {
        return failure.getErrorCode() == 1045;
    }

    // ------------------------------------------------------------------------------------------------ certificates

    private @Nullable TlsTrouble ofCertificate(FailureChain chain, String words) {
        if (chain.has(CertificateExpiredException.class)) {
            return expired();
        }
        if (chain.has(CertificateNotYetValidException.class)) {
            return new TlsTrouble(
                    "TLS_CERTIFICATE_NOT_YET_VALID",
                    "The server's certificate is not valid yet",
                    "look at this machine's clock (it says " + handshakes.now()
                            + "), then at the certificate's beginning");
        }
        if (words.contains("No subject alternative")
                || words.contains("No name matching")
                || words.contains("hostnameverifier")) {
            return wrongHost();
        }
        if (chain.has(InvalidAlgorithmParameterException.class) && words.contains("trustAnchors")) {
            return new TlsTrouble(
                    "TLS_ROOTS_MISSING",
                    "Nobody is trusted: " + storeOrFile() + " holds no root certificate",
                    target.trustStore() == null
                            ? "write sslrootcert=<PEM file> with the root certificate of the server's provider"
                            : target.trustStore());
        }
        if (words.contains("unable to find valid certification path") || chain.has(CertPathBuilderException.class)) {
            return untrusted();
        }
        if (chain.has(CertPathValidatorException.class)) {
            return new TlsTrouble(
                    "TLS_CHAIN_REFUSED",
                    "The server's certificate chain is not acceptable to this JDK",
                    "see jdk.certpath.disabledAlgorithms for algorithms, com.sun.net.ssl.checkRevocation for revocation");
        }
        return null;
    }

    private TlsTrouble expired() {
        Instant now = handshakes.now();
        for (X509Certificate certificate : handshakes.lastShown()) {
            Instant end = certificate.getNotAfter().toInstant();
            if (end.isBefore(now)) {
                String whose = certificate.equals(handshakes.lastShown().get(0))
                        ? "The server's certificate"
                        : "'" + subject(certificate) + "', by which the server's certificate was issued,";
                return new TlsTrouble(
                        EXPIRED,
                        whose + " has expired: it was valid until " + end + " ("
                                + Duration.between(end, now).toDays() + " days ago)",
                        "Renew it on the server; no setting here is better");
            }
        }
        return new TlsTrouble(
                EXPIRED, "A certificate between the server's and the trusted root has expired", rootsAdvice());
    }

    private TlsTrouble wrongHost() {
        String names = handshakes.lastShown().isEmpty()
                ? "another host"
                : String.join(", ", CertificateNames.of(handshakes.lastShown().get(0)));
        String here = String.join(", ", target.hosts());
        String cause = "The server's certificate is not for " + here + " but for " + names;
        return new TlsTrouble("TLS_WRONG_HOST", cause, rightHost());
    }

    private String rightHost() {
        for (String host : target.hosts()) {
            if (host.toLowerCase(Locale.ROOT).contains(PRIVATE_LINK)) {
                return "Connect to " + host.replaceFirst("(?i)\\.privatelink\\.", ".")
                        + ", the public name, which leads to the private endpoint from within its network";
            }
        }
        if (target.hosts().stream().anyMatch(CertificateNames::isAddress)) {
            return "Connect by a name that is in it; where there is none, as for Cloud SQL's addresses with the"
                    + " instance's server-ca.pem, write sslmode=verify-ca (for MySQL ssl-mode=VERIFY_CA)";
        }
        return "Connect by a name that is in it, or give the server a certificate for this name;"
                + " sslmode=verify-ca accepts every host with a certificate of that authority";
    }

    private TlsTrouble untrusted() {
        List<X509Certificate> shown = handshakes.lastShown();
        if (shown.size() == 1 && CertificateNames.isSelfSigned(shown.get(0))) {
            return new TlsTrouble(
                    "TLS_SELF_SIGNED",
                    "The server's certificate '" + subject(shown.get(0)) + "' is signed by itself, and not among "
                            + storeOrFile(),
                    "get one from an authority, or write sslrootcert=<PEM file> with exactly this certificate");
        }
        String issuer = shown.isEmpty()
                ? "an authority"
                : "'" + shown.get(shown.size() - 1).getIssuerX500Principal().getName() + "'";
        return new TlsTrouble(
                "TLS_UNKNOWN_AUTHORITY",
                "The server's certificate comes from " + issuer + ", which is not among " + storeOrFile(),
                rootsAdvice());
    }

    private String rootsAdvice() {
        if (target.trustStore() != null && roots == null) {
            return target.trustStore();
        }
        return roots == null
                ? "write sslrootcert=<PEM file> with the root certificate of the server's provider (for MySQL ssl-ca)"
                : "put the root certificate of the server's provider into that file, beside those that are there";
    }

    private String storeOrFile() {
        return roots == null ? "the JDK's trust store" : roots.toString();
    }

    private static String subject(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }

    // ------------------------------------------------------------------------------------------------ demands

    private @Nullable TlsTrouble ofDemands(String words) {
        if (words.contains("does not support SSL") || words.contains("not provided by server")) {
            return new TlsTrouble(
                    "TLS_NOT_OFFERED",
                    "The server has no TLS, and sslmode " + mode + " demands it",
                    "turn TLS on there; sslmode=disable (for MySQL ssl-mode=DISABLED) sends everything in plain text, for a"
                            + " network that is yours");
        }
        if (words.contains("client certificate")) {
            return clientCertificate();
        }
        String lower = words.toLowerCase(Locale.ROOT);
        if (words.contains("no encryption")
                || words.contains("SSL off")
                || words.contains("SSL connection is required")
                || words.contains("require_secure_transport")
                || lower.contains("ssl required")) {
            return demanded(mode);
        }
        return null;
    }

    /** The server takes no plain text. */
    static TlsTrouble demanded(SslMode mode) {
        return new TlsTrouble(
                "TLS_REQUIRED",
                "The server takes no connection without TLS, and sslmode is " + mode,
                "write sslmode=verify-full (for MySQL ssl-mode=VERIFY_IDENTITY)");
    }

    private TlsTrouble clientCertificate() {
        return client == null
                ? new TlsTrouble(
                        CLIENT_CERTIFICATE,
                        "The server wants a client certificate",
                        "write sslcert=<PEM file> and sslkey=<PEM file> (for MySQL ssl-cert and ssl-key)")
                : new TlsTrouble(
                        CLIENT_CERTIFICATE,
                        "The server does not accept the client certificate (" + client + ")",
                        "its authority must be among those that the server trusts, it must be for this user where the"
                                + " server compares names, and valid now");
    }

    // ------------------------------------------------------------------------------------------------ alerts

    /** What the server's TLS has to say, of which there is a word at most. */
    private @Nullable TlsTrouble ofAlert(String words) {
        if (words.contains("fatal alert")
                && (ABOUT_OUR_CERTIFICATE.stream().anyMatch(words::contains)
                        || (words.contains("handshake_failure") && handshakes.wasAsked()))) {
            return clientCertificate();
        }
        if (words.contains("protocol_version")
                || words.contains("No appropriate protocol")
                || words.contains("handshake_failure")) {
            return new TlsTrouble(
                    "TLS_NO_COMMON_VERSION",
                    "This JDK and the server have no version of TLS or no cipher in common",
                    "TLS 1.2 and 1.3 are spoken here; see jdk.tls.disabledAlgorithms and jdk.tls.client.protocols");
        }
        if (words.contains("Unsupported or unrecognized SSL message")) {
            return new TlsTrouble(
                    "TLS_NOT_SPOKEN",
                    "What answers there does not speak TLS at this point",
                    "look at the port, and at proxies on the way");
        }
        return null;
    }
}
