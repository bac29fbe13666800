package io.github.lifebelt.postgres;

import java.util.List;
import java.util.Locale;

/**
 * What a host name tells about the service behind it. Only names that a cloud gives out itself count: who resolves them
 * elsewhere cannot show a certificate for them.
 *
 * <p>Sources: Azure's "Networking with Private Link" and "Azure Private Endpoint private DNS zone values" (names, also
 * of the sovereign clouds), its "Transport Layer Security" pages (certificates from DigiCert and Microsoft roots), Cosmos
 * DB for PostgreSQL's "TLS" page, Neon's "Connect securely" page.
 */
final class ManagedHosts {

    // Private endpoints, virtual endpoints and elastic clusters add labels in front; the suffix stays.
    private static final List<String> AZURE_FLEXIBLE = List.of(
            ".postgres.database.azure.com",
            ".postgres.database.usgovcloudapi.net",
            ".postgres.database.chinacloudapi.cn");
    private static final String AZURE_COSMOS = ".postgres.cosmos.azure.com";
    private static final String NEON = ".neon.tech";
    // RDS and Cloud SQL sign with roots of their own: they are not here.

    private ManagedHosts() {}

    static boolean hasPubliclyTrustedCertificate(String host) {
        return isAzure(host) || isNeon(host);
    }

    static boolean isAzure(String host) {
        String name = normal(host);
        return AZURE_FLEXIBLE.stream().anyMatch(suffix -> endsWithLabelBefore(name, suffix))
                || endsWithLabelBefore(name, AZURE_COSMOS);
    }

    // Azure, Cloud SQL and RDS stop only when they are told to. Aurora Serverless can pause, but its names are those of
    // clusters that cannot.
    static boolean sleepsWhenIdle(String host) {
        return isNeon(host);
    }

    static boolean isNeon(String host) {
        return endsWithLabelBefore(normal(host), NEON);
    }

    private static boolean endsWithLabelBefore(String name, String suffix) {
        return name.endsWith(suffix) && name.length() > suffix.length();
    }

    private static String normal(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        // A trailing dot means "fully qualified" to the resolver, and names the same host.
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
