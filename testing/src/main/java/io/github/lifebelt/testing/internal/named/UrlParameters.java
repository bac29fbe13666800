package io.github.lifebelt.testing.internal.named;

import io.github.lifebelt.testing.TestCertificates;
import io.github.lifebelt.testing.internal.certificates.Pem;
import io.github.lifebelt.testing.internal.certificates.TrustStore;
import io.github.lifebelt.testing.internal.system.Percent;
import io.github.lifebelt.testing.internal.system.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection string's parameters as the JDBC driver reads them. In a JDBC URL they stand like that already.
 *
 * @param all by name, encoded
 * @param plain whether they say that there is to be no TLS
 */
record UrlParameters(Map<String, String> all, boolean plain) {
    // What libpq and PostgreSQL's JDBC driver call the same and mean the same by.
    private static final Set<String> LIBPQ_AND_JDBC =
            Set.of("sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "options");
    private static final String SSL_MODE = "ssl-mode";
    private static final String SSL_CA = "ssl-ca";

    /** PostgreSQL's; what only libpq knows is refused, as the driver would ignore it. */
    static UrlParameters ofPostgres(String source, Map<String, String> query, boolean jdbc) {
        for (String name : query.keySet()) {
            if (!jdbc && !LIBPQ_AND_JDBC.contains(name)) {
                throw new IllegalStateException("The JDBC driver has no parameter " + name + ", which " + source
                        + " has; leave it out, or write it as jdbc:postgresql://");
            }
        }
        return new UrlParameters(query, "disable".equals(query.get("sslmode")));
    }

    /** MySQL's; those of its own clients, which have hyphens, are translated. */
    static UrlParameters ofMySql(String source, Map<String, String> query) {
        Map<String, String> all = new LinkedHashMap<>();
        query.forEach((name, value) -> {
            switch (name) {
                case SSL_MODE -> all.put("sslMode", value);
                case SSL_CA -> {
                    all.put("trustCertificateKeyStoreUrl", "file:" + Percent.encode(trustStore(source, value)));
                    all.put("trustCertificateKeyStoreType", "PKCS12");
                    all.put("trustCertificateKeyStorePassword", TestCertificates.TRUST_STORE_PASSWORD);
                }
                default -> {
                    if (name.contains("-")) {
                        throw new IllegalStateException("The parameter " + name + " that " + source
                                + " has cannot be translated for the JDBC driver");
                    }
                    all.put(name, value);
                }
            }
        });
        boolean plain = "DISABLED".equals(all.getOrDefault("sslMode", "").toUpperCase(Locale.ROOT))
                || "false".equals(all.get("useSSL"));
        return new UrlParameters(all, plain);
    }

    /** The query of a JDBC URL; null for none. */
    @Nullable
    String encoded() {
        StringBuilder text = new StringBuilder();
        all.forEach((name, value) -> text.append(text.length() == 0 ? "" : "&")
                .append(name)
                .append('=')
                .append(value));
        return text.length() == 0 ? null : text.toString();
    }

    /** The driver reads no PEM files. */
    private static Path trustStore(String source, String encodedFile) {
        Path pem = Path.of(NamedUrl.decode(source, SSL_CA, encodedFile, false));
        try {
            return TrustStore.write(Workspace.get().unused("trusted"), Pem.readCertificates(pem));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(
                    "The file " + pem + ", which is " + SSL_CA + " in " + source + ", cannot be read: " + e, e);
        }
    }
}
