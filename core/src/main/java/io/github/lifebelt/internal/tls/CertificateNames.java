package io.github.lifebelt.internal.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Whom a certificate is for. */
final class CertificateNames {

    private static final int DNS = 2;
    private static final int ADDRESS = 7;
    private static final int MOST = 8;
    private static final Pattern V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private CertificateNames() {}

    /** Host names and addresses, or the subject if there are none: the first few, for a message. */
    static List<String> of(X509Certificate certificate) {
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                List<String> hosts = all.stream()
                        .filter(name -> name.get(0).equals(DNS) || name.get(0).equals(ADDRESS))
                        .map(name -> String.valueOf(name.get(1)))
                        .toList();
                if (hosts.size() > MOST) {
                    return Stream.concat(hosts.stream().limit(MOST), Stream.of((hosts.size() - MOST) + " more"))
                            .toList();
                }
                if (!hosts.isEmpty()) {
                    return hosts;
                }
            }
        } catch (CertificateParsingException e) {
            // The subject has to do.
        }
        return List.of("'" + certificate.getSubjectX500Principal().getName() + "'");
    }

    static boolean isAddress(String host) {
        return host.indexOf(':') >= 0 || V4.matcher(host).matches();
    }

    static boolean isSelfSigned(X509Certificate certificate) {
        if (!certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
            return false;
        }
        try {
            certificate.verify(certificate.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
