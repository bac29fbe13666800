package io.github.lifebelt.testing.internal.postgres;

import io.github.lifebelt.testing.internal.certificates.TrustsAll;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLSocket;

/** Asks a server which certificate it shows, whatever is to be said against that certificate. */
final class ShownCertificate {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int SSL_REQUEST = 80_877_103;
    private static final int REQUEST_BYTES = 8;

    private ShownCertificate() {}

    /** Whether a new connection is shown the given one now. */
    static boolean is(X509Certificate expected, int port) {
        try (Socket plain = new Socket()) {
            plain.setSoTimeout(TIMEOUT_MILLIS);
            plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            DataOutputStream out = new DataOutputStream(plain.getOutputStream());
            out.writeInt(REQUEST_BYTES);
            out.writeInt(SSL_REQUEST);
            if (plain.getInputStream().read() != 'S') {
                return false;
            }
            try (SSLSocket tls =
                    (SSLSocket) TrustsAll.sockets().createSocket(plain, "localhost", plain.getPort(), true)) {
                tls.startHandshake();
                return tls.getSession().getPeerCertificates()[0].equals(expected);
            }
        } catch (IOException | GeneralSecurityException e) {
            return false;
        }
    }
}
