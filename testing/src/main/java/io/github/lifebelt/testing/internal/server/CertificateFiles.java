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

    private CertificateFiles() {}

    /** Puts both in place, each at once: the server may read them at any time. */
    public static void install(ServerCertificate certificate, Path folder, RunAs runAs) throws IOException {
        runAs.install(certificate.chain(), folder.resolve(CERTIFICATE));
        runAs.install(certificate.privateKey(), folder.resolve(KEY));
    }
}
