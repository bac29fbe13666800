package io.github.lifebelt.mysql;

import java.util.List;
import java.util.Locale;

/**
 * What a host name tells about the service behind it. Only names that a cloud gives out itself count: who resolves them
 * elsewhere cannot show a certificate for them.
 *
 * <p>Sources: Azure's "Azure Private Endpoint private DNS zone values" (names, also of the sovereign clouds) and its "root
 * certificate rotation" pages for MySQL (DigiCert and Microsoft roots, all of them in the JDK's trust store).
 */
final class ManagedHosts {

    // Private endpoints, virtual endpoints and replicas add labels in front; the suffix stays.
    private static final List<String> AZURE = List.of(
            ".mysql.database.azure.com", ".mysql.database.usgovcloudapi.net", ".mysql.database.chinacloudapi.cn");
    // RDS, Aurora and Cloud SQL sign with roots of their own: they are not here.

    private ManagedHosts() {}

    static boolean isAzure(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        // A trailing dot means "fully qualified" to the resolver, and names the same host.
        String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        return AZURE.stream().anyMatch(suffix -> name.endsWith(suffix) && name.length() > suffix.length());
    }
}
