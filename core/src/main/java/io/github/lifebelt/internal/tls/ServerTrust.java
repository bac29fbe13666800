package io.github.lifebelt.internal.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Leaves the decision to the JDK, or makes none, and remembers what was shown. */
final class ServerTrust extends X509ExtendedTrustManager {

    private final @Nullable X509ExtendedTrustManager judge;
    private final Handshakes handshakes;

    /**
     * Makes one.
     *
     * @param judge null for the modes that encrypt without verifying; the pool warns about them
     */
    ServerTrust(@Nullable X509ExtendedTrustManager judge, Handshakes handshakes) {
        this.judge = judge;
        this.handshakes = handshakes;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        handshakes.shown(chain);
        if (judge != null) {
            judge.checkServerTrusted(chain, type, socket);
        }
        handshakes.accepted(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        handshakes.shown(chain);
        if (judge != null) {
            judge.checkServerTrusted(chain, type, engine);
        }
        handshakes.accepted(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        handshakes.shown(chain);
        if (judge != null) {
            judge.checkServerTrusted(chain, type);
        }
        handshakes.accepted(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge == null ? new X509Certificate[0] : judge.getAcceptedIssuers();
    }

    // There are no clients here.

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw noServer();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw noServer();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw noServer();
    }

    private static CertificateException noServer() {
        return new CertificateException("this context is a client's");
    }
}
