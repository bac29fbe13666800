package io.github.lifebelt.testing.internal.postgres;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

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
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
            try (SSLSocket tls =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true)) {
                tls.startHandshake();
                return tls.getSession().getPeerCertificates()[0].equals(expected);
            }
        } catch (IOException | GeneralSecurityException e) {
            return false;
        }
    }

    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
