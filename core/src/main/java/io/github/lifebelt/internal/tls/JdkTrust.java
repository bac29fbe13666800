package io.github.lifebelt.internal.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the JDK's trust store can verify a cloud's servers. Azure's certificates lead to one of two roots, and to either
 * of them from one day to the next; one of the two came late into the JDK (21, 17.0.8), and small images have no roots at
 * all.
 *
 * @see <a href="https://bugs.openjdk.org/browse/JDK-8304760">JDK-8304760: Microsoft's roots</a>
 */
final class JdkTrust {

    private static final List<String> AZURE = List.of(
            ".database.azure.com",
            ".database.usgovcloudapi.net",
            ".database.chinacloudapi.cn",
            ".postgres.cosmos.azure.com");

    private static final Map<String, String> AZURE_ROOTS = azureRoots();

    private JdkTrust() {}

    /** SHA-256, and whose it is. */
    private static Map<String, String> azureRoots() {
        Map<String, String> roots = new LinkedHashMap<>();
        roots.put(
                "C741F70F4B2A8D88BF2E71C14122EF53EF10EBA0CFA5E64CFA20F418853073E0",
                "Microsoft RSA Root Certificate Authority 2017");
        roots.put("CB3CCBB76031E5E0138F8DD39A23F9DE47FFC35E43C1144CEA27D46A5AB1CB5F", "DigiCert Global Root G2");
        return roots;
    }

    /** What the JDK trusts by default: {@code javax.net.ssl.trustStore}, or the Java installation's own. */
    static List<X509Certificate> roots() {
        try {
            return List.of(TrustContexts.trusting(null).getAcceptedIssuers());
        } catch (GeneralSecurityException e) {
            // The context that is made next says so.
            return List.of();
        }
    }

    /**
     * What is missing for a host.
     *
     * @param trusted the JDK's roots
     * @return a sentence and what to do, or null if nothing is
     */
    static @Nullable String lacks(List<X509Certificate> trusted, List<String> hosts) {
        if (trusted.isEmpty()) {
            return "the JDK's trust store (" + name() + ") is empty, as in images that come without certificates, so no"
                    + " server can be verified: install them (the package ca-certificates), or write"
                    + " sslrootcert=<PEM file> with the roots of the server's authority";
        }
        if (hosts.stream().noneMatch(JdkTrust::isAzure)) {
            return null;
        }
        Set<String> known = trusted.stream().map(JdkTrust::fingerprint).collect(Collectors.toSet());
        List<String> missing = new ArrayList<>();
        AZURE_ROOTS.forEach((fingerprint, name) -> {
            if (!known.contains(fingerprint)) {
                missing.add("'" + name + "'");
            }
        });
        return missing.isEmpty()
                ? null
                : "the JDK's trust store (" + name() + ") lacks " + String.join(" and ", missing)
                        + ", to which Azure's certificates lead: update to JDK 17.0.8 or newer, 21 or newer, or write"
                        + " sslrootcert=<PEM file> with both 'Microsoft RSA Root Certificate Authority 2017' and 'DigiCert"
                        + " Global Root G2'";
    }

    private static String name() {
        return Stream.of(System.getProperty("javax.net.ssl.trustStore", ""))
                .filter(set -> !set.isEmpty())
                .findFirst()
                .orElse(System.getProperty("java.home") + "/lib/security/cacerts");
    }

    private static boolean isAzure(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        return AZURE.stream().anyMatch(name::endsWith);
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HexFormat.of().withUpperCase().formatHex(digest);
        } catch (CertificateEncodingException | java.security.NoSuchAlgorithmException e) {
            return "";
        }
    }
}
