package io.github.lifebelt.testing.internal.server;

import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.internal.system.RunAs;
import java.io.IOException;
import java.nio.file.Path;

/** What certificate and key are called where a server looks for them. */
public final class CertificateFiles {
    /** The certificate with its chain. */
    public static final String CERTIFICATE = "server.crt";

    /** The key, which only the server may read. */
    public static final String KEY = "server.key";

    /** The certificate of the authority whose client certificates are accepted. */
    public static final String CLIENT_AUTHORITY = "client-authority.crt";

    private CertificateFiles() {}

    /** Puts all in place that the server is to begin with. */
    public static void install(ServerSpec spec, Path folder, RunAs runAs) throws IOException {
        if (spec.certificate() != null) {
            install(spec.certificate(), folder, runAs);
        }
        if (spec.clientAuthority() != null) {
            runAs.install(spec.clientAuthority(), folder.resolve(CLIENT_AUTHORITY));
        }
    }

    /** Puts both in place, each at once: the server may read them at any time. */
    public static void install(ServerCertificate certificate, Path folder, RunAs runAs) throws IOException {
        runAs.install(certificate.chain(), folder.resolve(CERTIFICATE));
        runAs.install(certificate.privateKey(), folder.resolve(KEY));
    }
}
